import { BarlineError } from "../../../core/time/failure.ts";
import { DAY_MS, type UnixMs } from "../../../core/time/instant.ts";
import { UTC } from "../../../core/time/zone.ts";
import { CsvBarSource, type CsvOptions } from "../../csv/index.ts";

/** A sample has so many bars at least, and two weekends, which tell calendars apart. */
const SAMPLE_BARS = 5_000;
const SAMPLE_MS = 14 * DAY_MS;

/**
 * The times of a file's bars as the file labels them, ascending, without regard to any calendar:
 * of its first bars or of all. Throws what the rows are faulted for, unless the policy leaves them
 * out.
 * @param isDated whether they are dates, which are days in any zone.
 */
export function readTimes(
  file: string,
  options: CsvOptions,
  isDated: boolean,
  extent: "sample" | "all",
): Promise<readonly UnixMs[]> {
  const { onFault } = options;
  const asLabelled: CsvOptions = {
    ...options,
    label: "open",
    ...(isDated ? { zone: UTC } : {}),
    // Without a calendar a bar that a session's end cuts short seems to overlap the next one.
    onFault: onFault === "skip" ? "skip" : { overlap: "skip" },
  };
  return new Promise((resolve, reject) => {
    const times: UnixMs[] = [];
    const finish = (): void => resolve(times.sort((a, b) => a - b));
    const subscription = new CsvBarSource(file, asLabelled).open(
      { series: options.series },
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
