import type { TimeRange } from "../../../core/time/range.ts";
import type { Session } from "../../../core/time/trading-calendar.ts";
import { hoursOf, sessionAt, type WallClock, type WallHours } from "./session-spans.ts";

/**
 * Puts breaks, which schedules leave out at times, into the sessions that a schedule reported.
 *
 * A session takes the breaks of the latest one told in words that begins or ends at the same time
 * of day, as far as they lie inside it. A break that the schedule tells on any day is left to the
 * schedule: it may have been introduced or given up meanwhile. Hours that are told in words without
 * a break have none.
 *
 * @param sessions ascending.
 * @param inWords the sessions that were told in words, where breaks are never left out.
 */
export function withBreaks(
  sessions: readonly Session[],
  inWords: ReadonlySet<Session>,
  clock: WallClock,
): Session[] {
  const told = sessions.map((session) => ({ session, hours: clock.hours(session) }));
  const words = told.filter(({ session }) => inWords.has(session)).map(({ hours }) => hours);
  const patterns = words.filter(({ spans }) => spans.length > 1).reverse();
  if (patterns.length === 0) return [...sessions];
  const scheduled = told.filter(({ session }) => !inWords.has(session));
  const known = new Set(scheduled.flatMap(({ hours }) => gapsOf(hours).map(keyOf)));
  const sure = new Set(words.map(({ key }) => key));
  return told.map(({ session, hours }) => {
    if (inWords.has(session) || sure.has(hours.key)) return session;
    const pattern = patterns.find((each) => meets(each, hours));
    if (pattern === undefined) return session;
    const gaps = gapsOf(pattern).filter((gap) => !known.has(keyOf(gap)));
    return sessionAt(session.day, hoursOf(divided(hours.spans, gaps)), clock.zone) ?? session;
  });
}

/** Whether two days begin or end at the same time. */
function meets(a: WallHours, b: WallHours): boolean {
  return a.spans[0]!.from === b.spans[0]!.from || a.spans.at(-1)!.to === b.spans.at(-1)!.to;
}

function gapsOf({ spans }: WallHours): TimeRange[] {
  return spans.slice(1).map(({ from }, index) => ({ from: spans[index]!.to, to: from }));
}

function keyOf({ from, to }: TimeRange): string {
  return `${from}-${to}`;
}

/** Spans with the gaps taken out that lie inside one of them. */
function divided(spans: readonly TimeRange[], gaps: readonly TimeRange[]): TimeRange[] {
  return spans.flatMap(({ from, to }) => {
    const pieces: TimeRange[] = [];
    let start = from;
    for (const gap of gaps) {
      if (gap.from <= start || gap.to >= to) continue;
      pieces.push({ from: start, to: gap.from });
      start = gap.to;
    }
    return [...pieces, { from: start, to }];
  });
}
