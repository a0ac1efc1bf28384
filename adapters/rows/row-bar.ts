import { type Bar, type BarFault, barFault, describeBarFault } from "../../core/market/bar.ts";
import type { RowFaultKind } from "./row-fault.ts";

/** A bar that is filled anew for every row, so that no row makes an object. */
export type RowBar = { -readonly [Field in keyof Bar]: Bar[Field] };

/** What is wrong with a row, in which of its columns (an index), as a sentence without its end. */
export interface RowFault {
  readonly kind: RowFaultKind;
  readonly column: number;
  readonly problem: string;
}

/** Where the values of a bar stand, as indexes of columns from 0. */
export interface ValueColumns {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** -1 where there is none. */
  readonly volume: number;
}

export function emptyBar(): RowBar {
  return {
    openTime: Number.NaN,
    closeTime: Number.NaN,
    open: Number.NaN,
    high: Number.NaN,
    low: Number.NaN,
    close: Number.NaN,
    volume: Number.NaN,
  };
}

export function clearBar(bar: RowBar): void {
  bar.openTime = Number.NaN;
  bar.closeTime = Number.NaN;
  bar.open = Number.NaN;
  bar.high = Number.NaN;
  bar.low = Number.NaN;
  bar.close = Number.NaN;
  bar.volume = Number.NaN;
}

/** Whether two bars have the same values. */
export function sameValues(a: RowBar, b: RowBar): boolean {
  return (
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.volume === b.volume
  );
}

/** The field that shows an impossible bar; the high where nothing points to another. */
const CULPRIT: Partial<Record<BarFault, keyof ValueColumns>> = {
  "open-outside-range": "open",
  "close-outside-range": "close",
  "price-not-positive": "low",
  "volume-negative": "volume",
};

/** What is impossible about a bar whose times and values could be read. */
export function impossibility(
  bar: RowBar,
  columns: ValueColumns,
  allowsNegativePrice: boolean,
): RowFault | undefined {
  const fault = barFault(bar, allowsNegativePrice);
  if (fault === undefined) return undefined;
  const sentinel = sentinelColumn(bar, columns, allowsNegativePrice);
  if (sentinel !== undefined) {
    const problem = "-1 stands for a value that does not exist";
    return { kind: "sentinel", column: sentinel, problem };
  }
  return {
    kind: fault === "price-not-positive" ? fault : "impossible-bar",
    column: columns[CULPRIT[fault] ?? "high"],
    problem: describeBarFault(fault),
  };
}

function sentinelColumn(
  bar: RowBar,
  columns: ValueColumns,
  allowsNegativePrice: boolean,
): number | undefined {
  if (bar.volume === -1) return columns.volume;
  if (allowsNegativePrice) return undefined;
  if (bar.open === -1) return columns.open;
  if (bar.high === -1) return columns.high;
  if (bar.low === -1) return columns.low;
  return bar.close === -1 ? columns.close : undefined;
}
