import type { UnixMs } from "../time/instant.ts";

/** Equity at each close of the main series, as columns. */
export class EquityCurve {
  #at = new Float64Array(1_024);
  #equity = new Float64Array(1_024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Instants, ascending. */
  get at(): Float64Array {
    return this.#at.subarray(0, this.#length);
  }

  /** Equity in the account's currency at those instants. */
  get equity(): Float64Array {
    return this.#equity.subarray(0, this.#length);
  }

  push(at: UnixMs, equity: number): void {
    const index = this.#length;
    if (index === this.#at.length) {
      this.#at = doubled(this.#at);
      this.#equity = doubled(this.#equity);
    }
    this.#at[index] = at;
    this.#equity[index] = equity;
    this.#length = index + 1;
  }
}

function doubled(column: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(column.length * 2);
  wider.set(column);
  return wider;
}
