import type { BarColumns } from "../market/bar-columns.ts";
import type { Portfolio } from "../trading/portfolio.ts";

const CHUNK_LENGTH = 16_384;

/** Equity at each close of the main series, as columns. */
export class EquityCurve {
  /** Columns in chunks: growing never copies what is there. */
  readonly #at: Float64Array[] = [];
  readonly #equity: Float64Array[] = [];
  /** The chunks that are being filled. */
  #lastAt = new Float64Array(0);
  #lastEquity = new Float64Array(0);
  #used = 0;

  get length(): number {
    return Math.max(0, this.#at.length - 1) * CHUNK_LENGTH + this.#used;
  }

  /** Instants, ascending; a copy. */
  get at(): Float64Array {
    return this.#column(this.#at);
  }

  /** Equity in the account's currency at those instants; a copy. */
  get equity(): Float64Array {
    return this.#column(this.#equity);
  }

  /** Takes the equity of a portfolio at the close of a bar. */
  push(bars: BarColumns, index: number, portfolio: Portfolio): void {
    if (this.#used === this.#lastAt.length) this.#extend();
    const used = this.#used;
    this.#lastAt[used] = bars.closeTime[index]!;
    portfolio.writeEquity(this.#lastEquity, used);
    this.#used = used + 1;
  }

  #extend(): void {
    this.#lastAt = new Float64Array(CHUNK_LENGTH);
    this.#lastEquity = new Float64Array(CHUNK_LENGTH);
    this.#at.push(this.#lastAt);
    this.#equity.push(this.#lastEquity);
    this.#used = 0;
  }

  #column(chunks: readonly Float64Array[]): Float64Array {
    const column = new Float64Array(this.length);
    chunks.forEach((chunk, index) => {
      const start = index * CHUNK_LENGTH;
      column.set(chunk.subarray(0, this.length - start), start);
    });
    return column;
  }
}
