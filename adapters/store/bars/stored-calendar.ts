import type { ByteReader } from "../../../core/codec/byte-reader.ts";
import type { ByteWriter } from "../../../core/codec/byte-writer.ts";
import type { GridAlignment } from "../../../core/time/bar-grid.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import {
  calendarOfSessions,
  type Session,
  type TradingCalendar,
} from "../../../core/time/trading-calendar.ts";
import type { Zone } from "../../../core/time/zone.ts";
import { readNumbers, refuse, writeNumbers } from "./block/number-column.ts";

/** The calendar of a series, and where its bars lie on it. */
export interface StoredCalendar {
  readonly name: string;
  /** Name of the exchange's time zone, as in the IANA database. */
  readonly zone: string;
  readonly alignment: GridAlignment;
  /** Ascending. Absent: those of the catalog's calendar of that name. */
  readonly sessions?: readonly Session[];
}

/** The calendar that is meant; throws `unknown-calendar`, `unknown-zone` or `invalid-calendar`. */
export function tradingCalendar(
  { name, zone, sessions }: StoredCalendar,
  zoneNamed: (name: string) => Zone,
): TradingCalendar {
  return sessions === undefined
    ? calendarByName(name)
    : calendarOfSessions(name, zoneNamed(zone), sessions);
}

/**
 * What is known of a calendar that was told once more. A gateway tells some months: what is known
 * of the time before and behind them stays, and in between the new word counts.
 */
export function joinedCalendar(before: StoredCalendar, told: StoredCalendar): StoredCalendar {
  const isSame =
    before.name === told.name && before.zone === told.zone && before.alignment === told.alignment;
  const first = told.sessions?.[0];
  const last = told.sessions?.at(-1);
  if (!isSame || first === undefined || last === undefined || before.sessions === undefined) {
    return told;
  }
  const earlier = before.sessions.filter((session) => session.day < first.day);
  const later = before.sessions.filter((session) => session.day > last.day);
  return { ...told, sessions: [...earlier, ...told.sessions!, ...later] };
}

/** Writes a calendar for `readCalendar`. */
export function writeCalendar(writer: ByteWriter, calendar: StoredCalendar): void {
  const { name, zone, alignment, sessions } = calendar;
  writer
    .text(name)
    .text(zone)
    .bool(alignment === "clock")
    .bool(sessions !== undefined);
  if (sessions === undefined) return;
  const segments = sessions.flatMap((session) => session.segments);
  writer.uint32(sessions.length).uint32(segments.length);
  const differences = (values: readonly number[]): Float64Array =>
    Float64Array.from(values, (value, index) => value - (values[index - 1] ?? 0));
  // Days and openings follow each other in few kinds of steps.
  writeNumbers(writer, differences(sessions.map(({ day }) => day)));
  writeNumbers(
    writer,
    Float64Array.from(sessions, (session) => session.segments.length),
    true,
  );
  writeNumbers(writer, differences(segments.map(({ from }) => from)));
  writeNumbers(
    writer,
    Float64Array.from(segments, ({ from, to }) => to - from),
    true,
  );
}

/** Reads what `writeCalendar` wrote; throws `damaged-bytes`. */
export function readCalendar(reader: ByteReader): StoredCalendar {
  const name = reader.text();
  const zone = reader.text();
  const alignment = reader.bool() ? "clock" : "session";
  if (!reader.bool()) return { name, zone, alignment };
  const days = reader.uint32();
  const spans = reader.uint32();
  const dayColumn = column(reader, days);
  const counts = column(reader, days);
  const openings = column(reader, spans);
  const lengths = column(reader, spans);
  const sessions: Session[] = [];
  let day = 0;
  let from = 0;
  let span = 0;
  for (let index = 0; index < days; index += 1) {
    day += dayColumn[index]!;
    const segments: TimeRange[] = [];
    for (let left = counts[index]!; left > 0; left -= 1, span += 1) {
      from += openings[span] ?? refuse("more segments than there are");
      segments.push({ from, to: from + lengths[span]! });
    }
    sessions.push({ day, segments });
  }
  return { name, zone, alignment, sessions };
}

function column(reader: ByteReader, length: number): Float64Array {
  const values = new Float64Array(length);
  readNumbers(reader, values, 0, length);
  return values;
}
