import { DAY_MS, type DayNumber, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { Session } from "../../../core/time/trading-calendar.ts";
import { localDay, wallTime, type Zone } from "../../../core/time/zone.ts";

/** A stretch of trading and the trading day that it belongs to. */
export interface SessionSpan extends TimeRange {
  readonly day: DayNumber;
}

/** The session hours of one trading day on the wall clock, in milliseconds after its midnight. */
export interface WallHours {
  /** Ascending and disjoint; a start is negative where trading begins before the trading day. */
  readonly spans: readonly TimeRange[];
  /** Equal for equal hours. */
  readonly key: string;
  /** All spans together. */
  readonly totalMs: number;
}

/** A trading calendar takes no session that begins or ends further from its day than this. */
const LEAD_DAYS = 3;
const LAG_DAYS = 1;

/**
 * Sessions out of spans in any order: spans of one day that touch or overlap become one, what lies
 * too far from its day is left out, and a session ends before the one of the next day begins.
 */
export function sessionsOf(spans: readonly SessionSpan[], zone: Zone): Session[] {
  const byDay = new Map<DayNumber, SessionSpan[]>();
  for (const span of spans) {
    const isNear =
      span.day - localDay(zone, span.from) <= LEAD_DAYS &&
      localDay(zone, span.to - 1) - span.day <= LAG_DAYS;
    if (span.to <= span.from || !isNear) continue;
    const others = byDay.get(span.day);
    if (others === undefined) byDay.set(span.day, [span]);
    else others.push(span);
  }
  const days = [...byDay.keys()].sort((a, b) => a - b);
  return disjoint(days.map((day) => ({ day, segments: joined(byDay.get(day)!) })));
}

/** Sessions, ascending by day, each cut so that it begins no earlier than the last one ended. */
export function disjoint(sessions: readonly Session[]): Session[] {
  const kept: Session[] = [];
  let last: UnixMs = Number.NEGATIVE_INFINITY;
  for (const session of sessions) {
    const { day, segments } = session;
    const isCut = (segments[0]?.from ?? Number.NEGATIVE_INFINITY) < last;
    const free = isCut
      ? segments.flatMap(({ from, to }) => (to <= last ? [] : [{ from: Math.max(from, last), to }]))
      : segments;
    if (free.length === 0) continue;
    kept.push(isCut ? { day, segments: free } : session);
    last = free[free.length - 1]!.to;
  }
  return kept;
}

/** Sessions as hours on one zone's wall clock, each worked out once. */
export class WallClock {
  readonly zone: Zone;
  readonly #known = new WeakMap<Session, WallHours>();

  constructor(zone: Zone) {
    this.zone = zone;
  }

  hours(session: Session): WallHours {
    let hours = this.#known.get(session);
    if (hours === undefined) {
      hours = wallHours(session, this.zone);
      this.#known.set(session, hours);
    }
    return hours;
  }
}

function wallHours({ day, segments }: Session, zone: Zone): WallHours {
  const wall = (at: UnixMs): number => at + zone.offsetMsAt(at) - day * DAY_MS;
  // The end is the first instant after: on the wall clock of the last one before it.
  const end = (at: UnixMs): number => wall(at - 1) + 1;
  const spans = segments.map(({ from, to }) => ({ from: wall(from), to: end(to) }));
  return hoursOf(spans);
}

/** Wall-clock spans, with what they are compared by. */
export function hoursOf(spans: readonly TimeRange[]): WallHours {
  return {
    spans,
    key: spans.map(({ from, to }) => `${from}-${to}`).join(" "),
    totalMs: spans.reduce((total, { from, to }) => total + to - from, 0),
  };
}

/** Wall-clock hours on a trading day; undefined where the clocks skip all of them. */
export function sessionAt(day: DayNumber, hours: WallHours, zone: Zone): Session | undefined {
  const segments = hours.spans
    .map(({ from, to }) => ({ from: wallTime(zone, day, from), to: wallTime(zone, day, to) }))
    .filter(({ from, to }) => from < to);
  return segments.length === 0 ? undefined : { day, segments };
}

function joined(spans: readonly SessionSpan[]): TimeRange[] {
  const segments: { from: UnixMs; to: UnixMs }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = segments.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else segments.push({ from, to });
  }
  return segments;
}
