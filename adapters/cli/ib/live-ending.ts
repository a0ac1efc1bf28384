import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant, MINUTE_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { LiveIbFlags } from "./live-ib-options.ts";

/** When a run ends by itself. */
export interface LiveEnding {
  /** The close of its last bar; absent where none closes before the end. */
  readonly to?: UnixMs;
  /** When it ends in any case, also when its last bar never comes. */
  readonly by: UnixMs;
}

/** How long the last bar is waited for, in milliseconds. */
const LATE_MS = 5 * MINUTE_MS;

/** The end that options ask for, from the market's present; undefined for a run without one. */
export function endingOf(
  { until, bars }: Pick<LiveIbFlags, "until" | "bars">,
  grid: BarGrid,
  present: UnixMs,
): LiveEnding | undefined {
  const last = bars === undefined ? undefined : closeOfBar(grid, present, bars);
  const at = until?.kind === "after" ? present + until.ms : until?.at;
  if (at !== undefined && at <= present) {
    fail("invalid-option", `${formatInstant(at)} is past: it is ${formatInstant(present)} there`, {
      where: "--until",
      cure: "give a later instant of the gateway's time, or a duration",
    });
  }
  const ends = [last, at].filter((each) => each !== undefined);
  if (ends.length === 0) return undefined;
  const end = Math.min(...ends);
  const to = grid.slotClosedBy(end)?.closeTime;
  // Before the first bar is over there is nothing to wait for.
  return to === undefined || to <= present ? { by: end } : { to, by: end + LATE_MS };
}

/** The close of the bar that is so many bars on, the one in progress being the first. */
function closeOfBar(grid: BarGrid, present: UnixMs, bars: number): UnixMs | undefined {
  const current = grid.slotAt(present);
  if (current === undefined) return grid.nthForward(present, bars)?.closeTime;
  return bars === 1 ? current.closeTime : grid.nthForward(current.closeTime, bars - 1)?.closeTime;
}
