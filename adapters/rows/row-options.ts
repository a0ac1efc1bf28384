import type { Series } from "../../core/market/series.ts";
import type { BarGrid } from "../../core/time/bar-grid.ts";
import { fail } from "../../core/time/failure.ts";
import { ROW_FAULT_KINDS, type RowFaultKind, type RowFaultPolicy } from "./row-fault.ts";

/** What the reader of a file must know of its bars, whatever the format. */
export interface RowOptions {
  /** What the bars are of; its size gives their length, its instrument the sign of prices. */
  readonly series: Series;
  /**
   * The bars that can exist. It gives each bar its true close and a date the session of its trading
   * day; a time at which no bar begins is a fault. Default: a bar closes one size after its open.
   */
  readonly grid?: BarGrid;
  /** For every kind of fault, or for each; kinds not named fail. Default: `fail`. */
  readonly onFault?: RowFaultPolicy | Partial<Readonly<Record<RowFaultKind, RowFaultPolicy>>>;
}

/** Refuses options that contradict each other before any file is opened. */
export function checkRowOptions(options: RowOptions): void {
  const { grid, series, onFault } = options;
  if (grid !== undefined && grid.size !== series.size) {
    fail(
      "grid-mismatch",
      `the grid has ${grid.size.label} bars, the series ${series.key} ${series.size.label} bars`,
      { cure: "build the grid with the size of the series" },
    );
  }
  if (typeof onFault === "object") {
    for (const kind of Object.keys(onFault)) {
      if ((ROW_FAULT_KINDS as readonly string[]).includes(kind)) continue;
      fail("unknown-fault-kind", `there is no kind of fault called "${kind}"`, {
        cure: `use ${ROW_FAULT_KINDS.join(", ")}`,
      });
    }
  }
}

/** What the options say about one kind of fault. */
export function faultPolicy({ onFault }: RowOptions, kind: RowFaultKind): RowFaultPolicy {
  return (typeof onFault === "object" ? onFault[kind] : onFault) ?? "fail";
}
