import type { BarBatch } from "../../../core/feed/bar-source.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";

/** The bars of several batches in the order of their openings; of one opening the last to come. */
export function joinedBatches(batches: readonly BarBatch[]): BarColumns {
  const [first] = batches;
  if (first !== undefined && batches.length === 1) return first.bars;
  const byOpening = new Map<number, Bar>();
  for (const { bars } of batches) for (const bar of bars) byOpening.set(bar.openTime, bar);
  const joined = new BarColumns(byOpening.size);
  for (const openTime of [...byOpening.keys()].sort((a, b) => a - b)) {
    joined.push(byOpening.get(openTime)!);
  }
  return joined;
}
