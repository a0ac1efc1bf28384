import { barFault, describeBarFault } from "../../../core/market/bar.ts";
import type { BarColumns } from "../../../core/market/bar-columns.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { StoreReader } from "../port/ordered-store.ts";
import type { OpenSeries, SeriesBook } from "./series-book.ts";
import type { BlockNote } from "./series-index.ts";

/** Something that is wrong with a stored series. */
export interface VerifyFinding {
  /**
   * `damaged-series`: its description or its index is not what was written, and only removing it
   * helps. `damaged-block`: some bars are not what was written, or are missing. `stray-block`:
   * there are bars that the index does not know. `unordered`: bars do not open one after another.
   * `impossible-bar`: see `BarFault`. `off-grid`: its calendar has no such slot on a day that it
   * knows. `contradiction`: it is said to be lost, and it is there.
   */
  readonly kind:
    | "damaged-series"
    | "damaged-block"
    | "stray-block"
    | "unordered"
    | "impossible-bar"
    | "off-grid"
    | "contradiction";
  /** What it is, in one line. */
  readonly problem: string;
  /** What is affected: forgotten and fetched again, it is right. Undefined: all of the series. */
  readonly range: TimeRange | undefined;
}

/** Looks at every bit of a series; throws `unknown-series`, and no `damaged-store`. */
export function verifySeries(
  reader: StoreReader,
  book: SeriesBook,
  seriesKey: string,
  onProgress: (done: number, of: number) => void,
): VerifyFinding[] {
  const number = book.number(reader, seriesKey);
  const opened = attempt(() => {
    const series = book.open(reader, seriesKey, number);
    return { series, grid: book.grid(series.about) };
  });
  if (opened instanceof BarlineError) {
    return [{ kind: "damaged-series", problem: opened.message, range: undefined }];
  }
  return new SeriesCheck(opened.series, opened.grid).run(onProgress);
}

class SeriesCheck {
  readonly #series: OpenSeries;
  readonly #grid: BarGrid;
  readonly #findings: VerifyFinding[] = [];
  #lastOpen: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(series: OpenSeries, grid: BarGrid) {
    this.#series = series;
    this.#grid = grid;
  }

  run(onProgress: (done: number, of: number) => void): VerifyFinding[] {
    const { blocks } = this.#series.index;
    blocks.forEach((note, place) => {
      this.#checkBlock(note);
      onProgress(place + 1, blocks.length);
    });
    this.#findStrays();
    return this.#findings;
  }

  #checkBlock(note: BlockNote): void {
    const { firstOpen, lastOpen } = note;
    const range = { from: firstOpen, to: lastOpen + 1 };
    const block = attempt(() => this.#series.blocks.block(note));
    if (block instanceof BarlineError) {
      this.#findings.push({ kind: "damaged-block", problem: block.message, range });
      this.#lastOpen = lastOpen;
      return;
    }
    const { bars } = block;
    const isAsNoted = bars.openTime[0] === firstOpen && bars.openTime[bars.length - 1] === lastOpen;
    if (!isAsNoted) {
      const problem = `the block of ${formatInstant(firstOpen)} has other bars than its index says`;
      this.#findings.push({ kind: "damaged-block", problem, range });
    }
    this.#checkOrder(bars);
    this.#checkBars(bars);
    this.#checkLost(bars);
  }

  #checkOrder({ openTime, length }: BarColumns): void {
    this.#note("unordered", length, openTime, (index) => {
      const isAfter = openTime[index]! > this.#lastOpen;
      this.#lastOpen = Math.max(this.#lastOpen, openTime[index]!);
      return isAfter ? undefined : "it does not open after the one before it";
    });
  }

  #checkBars(bars: BarColumns): void {
    const { about } = this.#series;
    const { allowsNegativePrice } = about.series.instrument;
    const grid = this.#grid;
    const { openTime, closeTime, length } = bars;
    this.#note("impossible-bar", length, openTime, (index) => {
      const fault = barFault(bars.at(index), allowsNegativePrice);
      return fault === undefined ? undefined : describeBarFault(fault);
    });
    this.#note("off-grid", length, openTime, (index) => {
      const at = openTime[index]!;
      if (grid.opensAt(at)) {
        return grid.closeOf(at) === closeTime[index] ? undefined : "it closes at another time";
      }
      const isKnown = !(attempt(() => grid.calendar.requireKnown(at)) instanceof BarlineError);
      return isKnown ? `no bar of ${grid.calendar.name} opens then` : undefined;
    });
  }

  #checkLost({ openTime, length }: BarColumns): void {
    const { lost } = this.#series.index.coverage;
    if (lost.length === 0) return;
    this.#note("contradiction", length, openTime, (index) => {
      const at = openTime[index]!;
      const isLost = lost.some(({ range }) => range.from <= at && at < range.to);
      return isLost ? "it is said to be lost" : undefined;
    });
  }

  /** One finding for all bars of a block that have the same kind of fault. */
  #note(
    kind: VerifyFinding["kind"],
    count: number,
    openTime: Float64Array,
    faultOf: (index: number) => string | undefined,
  ): void {
    let first: string | undefined;
    let range: TimeRange | undefined;
    let others = -1;
    for (let index = 0; index < count; index += 1) {
      const fault = faultOf(index);
      if (fault === undefined) continue;
      const at = openTime[index]!;
      others += 1;
      first ??= `the bar of ${formatInstant(at)}: ${fault}`;
      range = { from: Math.min(range?.from ?? at, at), to: Math.max(range?.to ?? at, at + 1) };
    }
    if (first === undefined) return;
    const problem = others === 0 ? first : `${first}; and ${others} more within its block`;
    this.#findings.push({ kind, problem, range });
  }

  #findStrays(): void {
    const { index, blocks } = this.#series;
    const known = new Set(index.blocks.map(({ firstOpen }) => firstOpen));
    const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    for (const { firstOpen } of blocks.found(always)) {
      if (known.has(firstOpen)) continue;
      const problem = `its index knows nothing of a block of ${formatInstant(firstOpen)}`;
      const range = { from: firstOpen, to: firstOpen + 1 };
      this.#findings.push({ kind: "stray-block", problem, range });
    }
  }
}

/** What something gives, or the error of the world that it throws. */
function attempt<T>(work: () => T): T | BarlineError {
  try {
    return work();
  } catch (error) {
    if (error instanceof BarlineError) return error;
    throw error;
  }
}
