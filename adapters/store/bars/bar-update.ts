import { barFault, describeBarFault } from "../../../core/market/bar.ts";
import type { BarColumns } from "../../../core/market/bar-columns.ts";
import type { Series } from "../../../core/market/series.ts";
import { assert, fail } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { StoredBars } from "./bar-block.ts";
import { ProvenanceColumns } from "./block/provenance-columns.ts";
import type { LostRange } from "./coverage.ts";
import { LAST_INSTANT } from "./stored-blocks.ts";

/** What becomes known of a series. */
export interface BarUpdate {
  /** Final bars, ascending. One that is stored already with the same opening is replaced. */
  readonly bars?: BarColumns;
  /** Where they came from: `ib`, `csv`, `parquet`, `live`, or whatever else names it. */
  readonly source: string;
  readonly receivedAt: UnixMs;
  /** Of these bars, 1 or more; default 1: what was said first. */
  readonly version?: number;
  /** Every slot in it is a stored bar, is known to have none, or is lost. */
  readonly covered?: readonly TimeRange[];
  /** Slots whose bars cannot be had. */
  readonly lost?: readonly LostRange[];
}

/** The bars of an update with where they came from; throws where one of them cannot be true. */
export function barsOf(update: BarUpdate, of: Series): StoredBars | undefined {
  const { bars, source, receivedAt, version = 1 } = update;
  assert(Number.isSafeInteger(version) && version >= 1, "the version of a bar is 1 or more");
  assert(isInstant(receivedAt), "bars were received at an instant");
  if (bars === undefined || bars.length === 0) return undefined;
  requireSound(bars, of);
  const provenance = ProvenanceColumns.same(bars.length, { source, receivedAt, version });
  return { bars, provenance };
}

function requireSound(bars: BarColumns, of: Series): void {
  let before = -LAST_INSTANT;
  for (let index = 0; index < bars.length; index += 1) {
    const bar = bars.at(index);
    const fault = barFault(bar, of.instrument.allowsNegativePrice);
    if (fault !== undefined) {
      refuse(bar.openTime, of, fault, `is impossible: ${describeBarFault(fault)}`);
    }
    if (!(isInstant(bar.openTime) && isInstant(bar.closeTime))) {
      refuse(bar.openTime, of, "time-not-possible", "is too far from our time");
    }
    if (bar.openTime <= before) {
      refuse(bar.openTime, of, "unsorted-bars", "does not open after the one before it");
    }
    before = bar.openTime;
  }
}

function isInstant(at: number): boolean {
  return Number.isSafeInteger(at) && Math.abs(at) < LAST_INSTANT;
}

function refuse(openTime: number, of: Series, code: string, problem: string): never {
  const when = Number.isSafeInteger(openTime) ? formatInstant(openTime) : openTime;
  return fail(code, `the bar of ${when} ${problem}`, { where: of.key });
}
