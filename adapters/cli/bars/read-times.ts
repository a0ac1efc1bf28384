import type { BarSource } from "../../../core/feed/bar-source.ts";
import type { Series } from "../../../core/market/series.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { DAY_MS, type UnixMs } from "../../../core/time/instant.ts";

/** A sample has so many bars at least, and two weekends, which tell calendars apart. */
const SAMPLE_BARS = 5_000;
const SAMPLE_MS = 14 * DAY_MS;

/**
 * The times of bars as their source gives them, ascending: of the first ones or of all. Throws what
 * the source ends with, but for rows that were left out.
 */
export function readTimes(
  source: BarSource,
  of: Series,
  extent: "sample" | "all",
): Promise<readonly UnixMs[]> {
  return new Promise((resolve, reject) => {
    const times: UnixMs[] = [];
    const finish = (): void => resolve(times.sort((a, b) => a - b));
    const subscription = source.open(
      { series: of },
      {
        bars: ({ bars }) => {
          for (let index = 0; index < bars.length; index += 1) times.push(bars.openTime[index]!);
          if (extent === "all" || times.length < SAMPLE_BARS) return;
          if (times[times.length - 1]! - times[0]! < SAMPLE_MS) return;
          subscription.close();
          finish();
        },
        coverage: () => {},
        event: (event) => {
          if (event.type === "rejection" && event.fault === "off-grid") {
            times.push(event.bar.openTime);
          }
        },
        end: (outcome) => {
          const fault = "fault" in outcome ? outcome.fault : undefined;
          if (fault === undefined || fault.code === "rows-skipped") finish();
          else reject(new BarlineError(fault.code, fault.message));
        },
      },
    );
  });
}
