import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { readRange, writeRange } from "../feed/words/value-codec.ts";
import type { DayNumber, UnixMs } from "../time/instant.ts";
import type { TimeRange } from "../time/range.ts";
import { type Session, TradingCalendar } from "../time/trading-calendar.ts";
import { localDay, type Zone } from "../time/zone.ts";

/** What was known of a calendar at some moment, as far as a run can ask for it. */
export interface KnownCalendar {
  readonly name: string;
  /** The name of its zone. */
  readonly zone: string;
  readonly firstDay: DayNumber;
  readonly lastDay: DayNumber;
  readonly sessions: readonly Session[];
}

/** How far around the present sessions are kept: well beyond any warm-up, and its natural end. */
const DAYS_BEFORE = 800;
const DAYS_AFTER = 1_000;
/** When so few days are left ahead, they are kept anew. */
const DAYS_LEFT = 500;

/** What a calendar says at an instant of the days around it. */
export function knownCalendar(calendar: TradingCalendar, at: UnixMs): KnownCalendar {
  const { name, zone } = calendar;
  const today = localDay(zone, at);
  const firstDay = Math.max(calendar.firstDay, today - DAYS_BEFORE);
  const lastDay = Math.min(calendar.lastDay, today + DAYS_AFTER);
  const sessions: Session[] = [];
  for (let day = firstDay; day <= lastDay; day += 1) {
    const session = calendar.sessionOn(day);
    if (session !== undefined) sessions.push(session);
  }
  return { name, zone: zone.name, firstDay, lastDay, sessions };
}

/** Whether something is known by now that was not when sessions were kept. */
export function isOutdated(known: KnownCalendar, calendar: TradingCalendar, at: UnixMs): boolean {
  const ahead = localDay(calendar.zone, at) + DAYS_LEFT;
  return known.lastDay < Math.min(ahead, calendar.lastDay);
}

/** A calendar that knows what was known then; `zone` must be the one that it names. */
export function calendarOfKnown(known: KnownCalendar, zone: Zone): TradingCalendar {
  const { name, firstDay, lastDay, sessions } = known;
  const byDay = new Map(sessions.map((session) => [session.day, session]));
  return new TradingCalendar({ name, zone, firstDay, lastDay, sessionOn: (day) => byDay.get(day) });
}

/** Writes all of it, in order. */
export function writeKnownCalendar(to: ByteWriter, known: KnownCalendar): void {
  const { name, zone, firstDay, lastDay, sessions } = known;
  to.text(name).text(zone).float64(firstDay).float64(lastDay).uint32(sessions.length);
  for (const { day, segments } of sessions) {
    to.float64(day).uint8(segments.length);
    for (const segment of segments) writeRange(to, segment);
  }
}

/** Reads what `writeKnownCalendar` wrote; throws `damaged-bytes`. */
export function readKnownCalendar(from: ByteReader): KnownCalendar {
  const name = from.text();
  const zone = from.text();
  const firstDay = from.float64();
  const lastDay = from.float64();
  const sessions: Session[] = [];
  for (let left = from.uint32(); left > 0; left -= 1) {
    const day = from.float64();
    const segments: TimeRange[] = [];
    for (let rest = from.uint8(); rest > 0; rest -= 1) segments.push(readRange(from));
    sessions.push({ day, segments });
  }
  return { name, zone, firstDay, lastDay, sessions };
}
