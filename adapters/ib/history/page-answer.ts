import { type Bar, sameBar } from "../../../core/market/bar.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { IbBar } from "../port/ib-event.ts";
import type { ReadRow, RowReader } from "./row-reader.ts";

export type RejectedRow = Extract<ReadRow, { kind: "rejected" }>;

/** What an answer shows. */
export interface PageAnswer {
  /** Sound bars, ascending, one a slot: also those outside of what was asked. */
  readonly bars: readonly Bar[];
  /** The opening of the first and the last slot it speaks of; undefined when it shows nothing. */
  readonly first: UnixMs | undefined;
  readonly last: UnixMs | undefined;
  /** Slots of which it says something that cannot be. */
  readonly doubted: ReadonlySet<UnixMs>;
  /** Whether some row names no time at all: it could speak of any slot without a bar. */
  readonly isGarbled: boolean;
  readonly rejected: readonly RejectedRow[];
}

/**
 * Reads an answer. Rows may come in any order; one that cannot be, and two that differ, cast doubt
 * on their slot. One that opens inside a slot does so only where the slot has no bar of its own.
 */
export function readAnswer(rows: readonly IbBar[], reader: RowReader): PageAnswer {
  const bars = new Map<UnixMs, Bar>();
  const doubted = new Set<UnixMs>();
  const rejected: RejectedRow[] = [];
  const spokenOf: UnixMs[] = [];
  for (const row of rows) {
    const read = reader.read(row);
    const openTime = read.kind === "bar" ? read.bar.openTime : read.openTime;
    if (openTime !== undefined) spokenOf.push(openTime);
    if (read.kind === "rejected") rejected.push(read);
    if (read.kind !== "bar") continue;
    const before = bars.get(read.bar.openTime);
    bars.set(read.bar.openTime, read.bar);
    if (before !== undefined && !sameBar(before, read.bar)) rejected.push(conflict(before));
  }
  for (const { openTime, fault } of rejected) {
    if (openTime === undefined || (fault === "off-grid" && bars.has(openTime))) continue;
    doubted.add(openTime);
  }
  for (const openTime of doubted) bars.delete(openTime);
  return {
    bars: [...bars.values()].sort((a, b) => a.openTime - b.openTime),
    first: spokenOf.reduce<UnixMs | undefined>(
      (a, b) => (a === undefined || b < a ? b : a),
      undefined,
    ),
    last: spokenOf.reduce<UnixMs | undefined>(
      (a, b) => (a === undefined || b > a ? b : a),
      undefined,
    ),
    doubted,
    isGarbled: rejected.some(({ bar }) => Number.isNaN(bar.openTime)),
    rejected,
  };
}

function conflict(bar: Bar): RejectedRow {
  const reason = "the answer tells the bar twice, and not the same";
  return { kind: "rejected", openTime: bar.openTime, bar, fault: "conflict", reason };
}

/** What an answer proves of a range that was asked for. */
export interface Proof {
  /** Where all is told: the bars that open there are all there are. Ascending. */
  readonly covered: readonly TimeRange[];
  /** Slots that may or may not have a bar. */
  readonly doubted: readonly TimeRange[];
  /** Slots that closed too recently for their absence to mean anything. */
  readonly unsettled: readonly TimeRange[];
}

/**
 * What an answer proves of a range: everything from the first slot that it speaks of on, and before
 * that nothing.
 *
 * A slot without a bar had none if the answer shows a later one, or if it closed before
 * `settledBy`.
 *
 * @param range begins and ends where slots do.
 */
export function proofOf(
  { bars, first, last, doubted, isGarbled }: PageAnswer,
  grid: BarGrid,
  range: TimeRange,
  settledBy: UnixMs,
): Proof {
  const covered: TimeRange[] = [];
  const doubtful: TimeRange[] = [];
  const unsettled: TimeRange[] = [];
  if (first === undefined || last === undefined) return { covered, doubted: [], unsettled };
  const told = new Set(bars.map(({ openTime }) => openTime));
  let from = Math.max(range.from, first);
  for (const { openTime, closeTime } of grid.slots({ from, to: range.to })) {
    if (told.has(openTime)) continue;
    const isDoubted = isGarbled || doubted.has(openTime);
    if (!isDoubted && (openTime < last || closeTime <= settledBy)) continue;
    (isDoubted ? doubtful : unsettled).push({ from: openTime, to: closeTime });
    if (openTime > from) covered.push({ from, to: openTime });
    from = closeTime;
  }
  if (from < range.to) covered.push({ from, to: range.to });
  return { covered, doubted: doubtful, unsettled };
}
