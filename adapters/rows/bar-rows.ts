import type { FeedEvent } from "../../core/feed/feed-event.ts";
import { BarlineError } from "../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../core/time/instant.ts";
import { type BarPage, BarPages } from "./bar-page.ts";
import { CoverageClaims } from "./coverage-claims.ts";
import { FileHoles, type Hole } from "./file-holes.ts";
import type { RowUnit } from "./left-out-rows.ts";
import { cureOf, type FormatCures, REJECTED_AS } from "./rejection.ts";
import { emptyBar, type RowBar, type RowFault, sameValues } from "./row-bar.ts";
import { FaultTally, type RowReport } from "./row-fault.ts";
import { faultPolicy, type RowOptions } from "./row-options.ts";
import type { RowTape } from "./row-tape.ts";

/** How a format speaks of its rows. */
export interface RowPlaces {
  /** What a row's number counts. */
  readonly unit: RowUnit;
  /** The index of the column that has the time. */
  readonly timeColumn: number;
  /** Where a field stands, for a person. */
  readonly placeOf: (number: number, column: number) => string;
  readonly cures: FormatCures;
}

/** Which of a file's bars are wanted: those that open in `[from, to)`. */
export interface OpenTimeFilter {
  /** Default: from the first. */
  readonly from?: UnixMs | undefined;
  /** Default: to the last. */
  readonly to?: UnixMs | undefined;
}

/**
 * Turns rows into bars: one after another, in the file's order, each checked before it counts. Rows
 * before the wanted range are checked like all others; nothing is read beyond its end. Whoever
 * reads the file fills `bar`, says what is wrong with it as far as one row can show, and calls
 * `take`; the order of the rows is seen to here.
 */
export class BarRows {
  /** What ended the reading, if something did. */
  failure: BarlineError | undefined;
  readonly #tally = new FaultTally();
  readonly #claims: CoverageClaims;
  readonly #holes: FileHoles;
  readonly #pages = new BarPages();
  readonly #places: RowPlaces;
  readonly #options: RowOptions;
  readonly #tape: RowTape | undefined;
  readonly #from: UnixMs;
  readonly #to: UnixMs;
  /** The row being read, and the last one that was sound: they take turns. */
  #bar: RowBar = emptyBar();
  #last: RowBar = emptyBar();
  #rows = 0;
  #bars = 0;

  /** @param tape is told of every row what it came to. */
  constructor(places: RowPlaces, options: RowOptions, filter: OpenTimeFilter, tape?: RowTape) {
    this.#places = places;
    this.#options = options;
    this.#tape = tape;
    this.#from = filter.from ?? Number.NEGATIVE_INFINITY;
    this.#to = filter.to ?? Number.POSITIVE_INFINITY;
    this.#claims = new CoverageClaims(this.#from, this.#to);
    this.#holes = new FileHoles(this.#from, this.#to, options.grid, places.unit);
  }

  get report(): RowReport {
    const { counts, total } = this.#tally;
    return { rows: this.#rows, bars: this.#bars, skipped: total, faults: counts };
  }

  /** Set where rows left out may have been wanted bars: their kinds and numbers in one line. */
  get holes(): string | undefined {
    return this.#holes.areAny ? this.#tally.summary() : undefined;
  }

  /** What the rows since the last call came to. */
  takePages(): readonly BarPage[] {
    this.#declareLate();
    this.#pages.end(this.#claims.take());
    return this.#pages.take();
  }

  /** To be filled from the next row; what it held before is of no use. */
  get bar(): RowBar {
    return this.#bar;
  }

  /**
   * Takes `bar` as the row of that number, or what is wrong with it; false when nothing after it
   * matters: the range is over or `failure` is set.
   */
  take(ownFault: RowFault | undefined, number: number): boolean {
    this.#rows += 1;
    const bar = this.#bar;
    const fault = ownFault ?? this.#orderFault(bar);
    if (fault !== undefined) {
      this.#reject(fault, number);
      return this.failure === undefined;
    }
    this.#tape?.bar(bar);
    this.#bar = this.#last;
    this.#last = bar;
    if (this.#holes.isOpen) this.#declareHoles(bar.openTime);
    if (bar.openTime >= this.#to) {
      this.#claims.end();
      return false;
    }
    this.#holes.bar(bar.openTime, bar.closeTime);
    this.#claims.bar(bar.openTime, bar.closeTime);
    if (bar.openTime >= this.#from) {
      this.#pages.bar(bar);
      this.#bars += 1;
    }
    return true;
  }

  /** Says what is missing before the next sound bar, which opens at `nextOpen`. */
  #declareHoles(nextOpen: UnixMs): void {
    this.#declareLate();
    const hole = this.#holes.takeBefore(nextOpen);
    if (hole === undefined) return;
    this.#claims.lose(hole.range);
    this.#declare(hole);
  }

  #declareLate(): void {
    for (const hole of this.#holes.takeLate()) this.#declare(hole);
  }

  #declare({ range, reason }: Hole): void {
    this.#tell({ type: "gap", series: this.#options.series, range, outcome: "lost", reason });
  }

  /** After the bars of the rows before. */
  #tell(event: FeedEvent): void {
    if (this.#pages.hasBars) this.#pages.end(this.#claims.take());
    this.#pages.event(event);
  }

  #orderFault(bar: RowBar): RowFault | undefined {
    const last = this.#last;
    // Before the first sound row stands NaN, than which nothing is earlier.
    if (!(bar.openTime < last.closeTime)) return undefined;
    const column = this.#places.timeColumn;
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
  #reject(rowFault: RowFault, number: number): void {
    const { kind, column, problem } = rowFault;
    const error = new BarlineError(kind, problem, {
      where: this.#places.placeOf(number, column),
      cure: cureOf(kind, this.#places.cures),
    });
    if (faultPolicy(this.#options, kind) === "fail") {
      this.failure = error;
      return;
    }
    this.#tally.add(kind, error.message);
    const bar = Object.freeze({ ...this.#bar });
    this.#tape?.leftOut({ fault: rowFault, bar, number });
    const { openTime, closeTime } = bar;
    this.#holes.leaveOut(openTime, closeTime, kind, number);
    if (openTime < this.#from || openTime >= this.#to) return;
    const { series } = this.#options;
    this.#tell({
      type: "rejection",
      series,
      bar,
      fault: REJECTED_AS[kind].fault,
      reason: error.message,
    });
  }
}
