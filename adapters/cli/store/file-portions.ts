import type { BarSource } from "../../../core/feed/bar-source.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import type { Series } from "../../../core/market/series.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { LostRange } from "../../store/bars/coverage.ts";

/** Bars that are handled together, and go into a store in one transaction. */
const PORTION_BARS = 65_536;

/** Some bars in a row, and what is known to be complete with them. */
export interface FilePortion {
  readonly bars: BarColumns;
  readonly covered: readonly TimeRange[];
}

/** What a file had beside its bars. */
export interface FileRest {
  readonly lost: readonly LostRange[];
  /** Why rows were left out, the first ones, and how many they were. */
  readonly reasons: readonly string[];
  readonly leftOut: number;
}

const REASONS_KEPT = 5;

/**
 * Reads a source to its end, portion by portion. Throws what it ends with, but for rows that were
 * left out; and what `take` throws.
 */
export function readPortions(
  source: BarSource,
  of: Series,
  take: (portion: FilePortion) => void,
): Promise<FileRest> {
  return new Promise((resolve, reject) => {
    let bars = new BarColumns(PORTION_BARS);
    let covered: TimeRange[] = [];
    const lost: LostRange[] = [];
    const reasons: string[] = [];
    let leftOut = 0;
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        subscription.close();
        reject(error);
      }
    };
    const end = (): void => {
      const portion = { bars, covered };
      bars = new BarColumns(PORTION_BARS);
      covered = [];
      take(portion);
    };
    const subscription = source.open(
      { series: of },
      {
        bars: ({ bars: batch }) =>
          attempt(() => {
            for (let index = 0; index < batch.length; index += 1) {
              // Here what is covered reaches no further than the bars, so it goes with them.
              if (bars.length >= PORTION_BARS) end();
              bars.push(batch.at(index));
            }
          }),
        coverage: (range) => covered.push(range),
        event: (event) => {
          if (event.type === "rejection") {
            leftOut += 1;
            if (reasons.length < REASONS_KEPT) reasons.push(event.reason);
          } else if (event.type === "gap" && event.outcome === "lost") {
            lost.push({ range: event.range, reason: event.reason });
          }
        },
        end: (outcome) =>
          attempt(() => {
            const fault = "fault" in outcome ? outcome.fault : undefined;
            if (fault !== undefined && fault.code !== "rows-skipped") {
              throw new BarlineError(fault.code, fault.message);
            }
            if (bars.length > 0 || covered.length > 0) end();
            resolve({ lost, reasons, leftOut });
          }),
      },
    );
  });
}
