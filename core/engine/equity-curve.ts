import type { BarColumns } from "../market/bar-columns.ts";
import type { Portfolio } from "../trading/portfolio.ts";

const CHUNK_LENGTH = 65_536;

/** Equity at each close of the main series, as columns. */
export class EquityCurve {
  /** Pairs of instant and equity, in chunks: growing never copies what is there. */
  readonly #chunks: Float64Array[] = [];
  #chunk = new Float64Array(0);
  #used = 0;

  get length(): number {
    const full = Math.max(0, this.#chunks.length - 1);
    return (full * CHUNK_LENGTH + this.#used) / 2;
  }

  /** Instants, ascending; a copy. */
  get at(): Float64Array {
    return this.#column(0);
  }

  /** Equity in the account's currency at those instants; a copy. */
  get equity(): Float64Array {
    return this.#column(1);
  }

  /** Takes the equity of a portfolio at the close of a bar. */
  push(bars: BarColumns, index: number, portfolio: Portfolio): void {
    if (this.#used === this.#chunk.length) this.#extend();
    const used = this.#used;
    this.#chunk[used] = bars.closeTime[index]!;
    this.#chunk[used + 1] = portfolio.equity;
    this.#used = used + 2;
  }

  #extend(): void {
    this.#chunk = new Float64Array(CHUNK_LENGTH);
    this.#chunks.push(this.#chunk);
    this.#used = 0;
  }

  #column(offset: 0 | 1): Float64Array {
    const { length } = this;
    const column = new Float64Array(length);
    for (let index = 0; index < length; index += 1) {
      const place = index * 2 + offset;
      const chunk = this.#chunks[Math.floor(place / CHUNK_LENGTH)]!;
      column[index] = chunk[place % CHUNK_LENGTH]!;
    }
    return column;
  }
}
