import { fail } from "../failure.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../instant.ts";

/** A stretch of trading on the wall clock, in milliseconds after midnight of its trading day. */
export interface WallSpan {
  /** Negative when trading begins on the evening before the trading day. */
  readonly fromMs: number;
  /** Later than `fromMs`, at most 24 h. */
  readonly toMs: number;
}

const SPAN_PATTERN = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/**
 * Reads the hours of one trading day, such as `09:30-11:30 13:00-15:00`: spans on the wall clock,
 * ascending, separated by a space. A first span that does not begin before it ends begins on the
 * day before: `17:00-16:00` is 23 hours, `17:00-17:00` a whole day. `24:00` is midnight at the end.
 */
export function parseHours(text: string): readonly WallSpan[] {
  const spans: WallSpan[] = [];
  for (const part of text.split(" ")) {
    const match = SPAN_PATTERN.exec(part) ?? unreadable(text);
    const start = Number(match[1]) * HOUR_MS + Number(match[2]) * MINUTE_MS;
    const toMs =
      match[3] === undefined ? DAY_MS : Number(match[3]) * HOUR_MS + Number(match[4]) * MINUTE_MS;
    const previous = spans.at(-1);
    const fromMs = previous === undefined && start >= toMs ? start - DAY_MS : start;
    if (fromMs >= toMs || (previous !== undefined && fromMs < previous.toMs)) unreadable(text);
    spans.push({ fromMs, toMs });
  }
  return spans;
}

function unreadable(text: string): never {
  return fail("invalid-calendar", `"${text}" are not trading hours`, {
    cure: 'write ascending spans such as "09:30-11:30 13:00-15:00", or "17:00-16:00" overnight',
  });
}
