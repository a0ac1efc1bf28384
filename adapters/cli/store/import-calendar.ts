import { BarGrid } from "../../../core/time/bar-grid.ts";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import type { Session } from "../../../core/time/trading-calendar.ts";
import { type StoredCalendar, tradingCalendar } from "../../store/bars/stored-calendar.ts";
import { systemZone } from "../../system/zone.ts";

/**
 * The calendar of a series to which the bars of a file are added. One that is stored stays; a file
 * whose calendar was made of its bars adds its sessions to one of the same kind, and any file those
 * of days that the stored one does not know.
 *
 * @param span from the first to the last bar of the file.
 */
export function calendarWith(
  stored: StoredCalendar | undefined,
  told: StoredCalendar,
  span: TimeRange,
): StoredCalendar {
  if (stored === undefined) return told;
  const sessions = stored.sessions;
  if (sessions === undefined) return stored;
  const added = told.sessions ?? sessionsOf(told, span);
  if (stored.name === told.name) return { ...stored, sessions: joined(sessions, added) };
  const first = sessions[0]!.day;
  const last = sessions.at(-1)!.day;
  const before = added.filter(({ day }) => day < first);
  const behind = added.filter(({ day }) => day > last);
  return { ...stored, sessions: [...before, ...sessions, ...behind] };
}

/** Refuses bars that have no place on a calendar; those of days that it does not know do. */
export class PlaceCheck {
  readonly #grid: BarGrid;
  readonly #where: string;

  constructor(grid: BarGrid, where: string) {
    this.#grid = grid;
    this.#where = where;
  }

  /** Throws `other-calendar`. */
  require(openTime: UnixMs, closeTime: UnixMs): void {
    const grid = this.#grid;
    const { calendar } = grid;
    if (grid.opensAt(openTime)) {
      if (grid.closeOf(openTime) === closeTime) return;
    } else if (!isKnown(grid, openTime)) return;
    const when = formatInstant(openTime);
    fail("other-calendar", `its bar of ${when} has no place on the stored ${calendar.name}`, {
      where: this.#where,
      cure: "name the instrument otherwise (--symbol, --exchange), or remove the stored series",
    });
  }
}

function isKnown({ calendar }: BarGrid, at: UnixMs): boolean {
  const { firstDay, lastDay } = calendar;
  const first = calendar.sessionOn(firstDay)?.segments[0]?.from ?? Number.POSITIVE_INFINITY;
  const last = calendar.sessionOn(lastDay)?.segments.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
  return at >= first && at < last;
}

/** The sessions of a named calendar that a span touches. */
function sessionsOf(of: StoredCalendar, span: TimeRange): readonly Session[] {
  const calendar = tradingCalendar(of, systemZone);
  const sessions: Session[] = [];
  let segment = calendar.segmentAtOrAfter(span.from);
  while (segment !== undefined && segment.from < span.to) {
    const session = calendar.sessionOn(segment.day)!;
    sessions.push(session);
    segment = calendar.segmentAtOrAfter(session.segments.at(-1)!.to);
  }
  return sessions;
}

/** All sessions of both; of a day that both have, the hours of either. */
function joined(known: readonly Session[], added: readonly Session[]): readonly Session[] {
  const byDay = new Map(known.map((session) => [session.day, session]));
  for (const session of added) {
    const hours = new RangeSet();
    for (const segment of byDay.get(session.day)?.segments ?? []) hours.add(segment);
    for (const segment of session.segments) hours.add(segment);
    byDay.set(session.day, { day: session.day, segments: hours.ranges });
  }
  return [...byDay.values()].sort((a, b) => a.day - b.day);
}

/** Where bars lie on a calendar as it is stored. */
export function gridOn(calendar: StoredCalendar, size: BarGrid["size"]): BarGrid {
  return new BarGrid(tradingCalendar(calendar, systemZone), size, calendar.alignment);
}
