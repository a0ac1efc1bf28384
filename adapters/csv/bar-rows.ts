import type { RejectionEvent } from "../../core/feed/feed-event.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { BarlineError } from "../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../core/time/instant.ts";
import { CoverageClaims } from "./coverage-claims.ts";
import { type CsvReport, FaultTally } from "./csv-fault.ts";
import { type CsvLayout, placeOf } from "./csv-layout.ts";
import { type CsvOptions, faultPolicy } from "./csv-options.ts";
import { REJECTED_AS } from "./rejection.ts";
import { type RowBar, type RowFault, RowReader } from "./row-reader.ts";

/** Which of a file's bars are wanted: those that open in `[from, to)`. */
export interface OpenTimeFilter {
  /** Default: from the first. */
  readonly from?: UnixMs | undefined;
  /** Default: to the last. */
  readonly to?: UnixMs | undefined;
}

/** Room for the bars of one block of the file; it grows by itself. */
const BATCH_ROOM = 4_096;

/**
 * Turns rows into bars: one after another, in the file's order, each checked before it counts. Rows
 * before the wanted range are checked like all others; nothing is read beyond its end.
 */
export class BarRows {
  readonly tally = new FaultTally();
  readonly claims: CoverageClaims;
  /** What ended the reading, if something did. */
  failure: BarlineError | undefined;
  readonly #layout: CsvLayout;
  readonly #options: CsvOptions;
  readonly #reader: RowReader;
  readonly #from: UnixMs;
  readonly #to: UnixMs;
  /** The row being read, and the last one that was sound: they take turns. */
  #bar: RowBar = emptyBar();
  #last: RowBar = emptyBar();
  #batch: BarColumns | undefined;
  #rejections: RejectionEvent[] = [];
  #rows = 0;
  #bars = 0;

  constructor(layout: CsvLayout, options: CsvOptions, filter: OpenTimeFilter) {
    this.#layout = layout;
    this.#options = options;
    this.#reader = new RowReader(layout, options);
    this.#from = filter.from ?? Number.NEGATIVE_INFINITY;
    this.#to = filter.to ?? Number.POSITIVE_INFINITY;
    this.claims = new CoverageClaims(this.#from, this.#to);
  }

  get report(): CsvReport {
    const { counts, total } = this.tally;
    return { rows: this.#rows, bars: this.#bars, skipped: total, faults: counts };
  }

  /** The wanted bars since the last call; undefined for none. The columns are the caller's. */
  takeBatch(): BarColumns | undefined {
    const batch = this.#batch;
    this.#batch = undefined;
    return batch;
  }

  /** The rows left out since the last call, but for those known to lie outside the range. */
  takeRejections(): readonly RejectionEvent[] {
    const rejections = this.#rejections;
    this.#rejections = [];
    return rejections;
  }

  /** Reads one row; false when nothing after it matters: the range is over or `failure` is set. */
  take(row: readonly string[], line: number): boolean {
    this.#rows += 1;
    const bar = this.#bar;
    const fault = this.#reader.read(row, bar) ?? this.#orderFault(bar);
    if (fault !== undefined) {
      this.#reject(fault, line);
      return this.failure === undefined;
    }
    this.#bar = this.#last;
    this.#last = bar;
    if (bar.openTime >= this.#to) {
      this.claims.end(bar.openTime);
      return false;
    }
    this.claims.bar(bar.openTime, bar.closeTime);
    if (bar.openTime >= this.#from) {
      this.#batch ??= new BarColumns(BATCH_ROOM);
      this.#batch.push(bar);
      this.#bars += 1;
    }
    return true;
  }

  #orderFault(bar: RowBar): RowFault | undefined {
    const last = this.#last;
    // Before the first sound row stands NaN, than which nothing is earlier.
    if (!(bar.openTime < last.closeTime)) return undefined;
    const column = this.#layout.columns.time;
    const when = formatInstant(bar.openTime);
    if (bar.openTime < last.openTime) {
      const problem = `the bar of ${when} comes after that of ${formatInstant(last.openTime)}`;
      return { kind: "unsorted", column, problem };
    }
    if (bar.openTime > last.openTime) {
      const problem = `the bar of ${when} opens before the one before it closes`;
      return { kind: "overlap", column, problem };
    }
    if (sameValues(bar, last)) {
      return { kind: "duplicate", column, problem: `the bar of ${when} is there twice` };
    }
    const problem = `the bar of ${when} is there twice, with different values`;
    return { kind: "conflict", column, problem };
  }

  /** Ends the reading, or leaves the row out and counts it, as the options say. */
  #reject({ kind, column, problem }: RowFault, line: number): void {
    const { fault, cure } = REJECTED_AS[kind];
    const error = new BarlineError(kind, problem, {
      where: placeOf(this.#layout, line, column),
      cure,
    });
    if (faultPolicy(this.#options, kind) === "fail") {
      this.failure = error;
      return;
    }
    this.tally.add(kind, error.message);
    // A second row for a bar that was taken leaves no hole; every other row left out does.
    if (kind !== "duplicate" && kind !== "conflict") this.claims.hole();
    const bar = Object.freeze({ ...this.#bar });
    if (bar.openTime < this.#from || bar.openTime >= this.#to) return;
    const { series } = this.#options;
    this.#rejections.push({ type: "rejection", series, bar, fault, reason: error.message });
  }
}

function emptyBar(): RowBar {
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

function sameValues(a: RowBar, b: RowBar): boolean {
  return (
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.volume === b.volume
  );
}
