import type { Bar } from "../../core/market/bar.ts";
import type { RowFault } from "./row-bar.ts";

/** A row that was left out: what is wrong with it, and as much of its bar as could be read. */
export interface LeftOutRow {
  readonly fault: RowFault;
  readonly bar: Bar;
  readonly number: number;
}

/** Keeps what the rows of a file came to, so that they can be taken again without being read. */
export interface RowTape {
  /** A sound row; the bar is filled anew afterwards. */
  bar(bar: Bar): void;
  leftOut(row: LeftOutRow): void;
  /** What the rows since the last page came to is told together. */
  page(): void;
}
