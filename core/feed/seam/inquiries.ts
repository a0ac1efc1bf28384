import type { TimeRange } from "../../time/range.ts";

/** What history is to be asked for: each range once, until its fetch is over. */
export class Inquiries {
  #open: TimeRange[] = [];
  #untold: TimeRange[] = [];

  /** Whether something was asked for and its fetch is not over. */
  get areOpen(): boolean {
    return this.#open.length > 0;
  }

  ask(range: TimeRange): void {
    this.#open.push(range);
    this.#untold.push(range);
  }

  /** What was asked for since the last call. */
  take(): TimeRange[] {
    const untold = this.#untold;
    this.#untold = [];
    return untold;
  }

  /** The fetch of a range is over; one that was not asked for changes nothing. */
  ended(range: TimeRange): void {
    this.#open = this.#open.filter(({ from, to }) => from !== range.from || to !== range.to);
  }
}
