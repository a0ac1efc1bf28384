import { TZDate } from "@date-fns/tz";
import { formatDuration } from "date-fns/formatDuration";
import { intervalToDuration } from "date-fns/intervalToDuration";

const UNITS = ["years", "months", "days", "hours", "minutes", "seconds"] as const;

/**
 * A length of time in words: `22 days 1 hour`, its two largest units; in milliseconds below a
 * second. Counted in UTC, so that it does not depend on the machine's time zone.
 */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const end = new TZDate(Math.round(ms / 1_000) * 1_000, "UTC");
  const duration = intervalToDuration({ start: new TZDate(0, "UTC"), end });
  const format = UNITS.filter((unit) => duration[unit] !== undefined).slice(0, 2);
  return formatDuration(duration, { format });
}
