import type { UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";

/**
 * What a file may claim to be all there is: between its first and its last bar every bar there was,
 * but for what was declared lost. That is not claimed: whoever listens to claims alone would take
 * it for a time without trades.
 */
export class CoverageClaims {
  readonly #from: UnixMs;
  readonly #to: UnixMs;
  /** Where the stretch not yet claimed begins; undefined before the first bar and after the end. */
  #start: UnixMs | undefined;
  #lastClose: UnixMs = Number.NEGATIVE_INFINITY;
  #claimed: TimeRange[] = [];

  /** Only what lies in `[from, to)` is claimed, and beyond `to` the rest of its last bar. */
  constructor(from: UnixMs, to: UnixMs) {
    this.#from = from;
    this.#to = to;
  }

  /** A sound bar that opens before the end of the range. */
  bar(openTime: UnixMs, closeTime: UnixMs): void {
    this.#start ??= openTime;
    this.#lastClose = closeTime;
  }

  /** What lies between the last bar and the next one is lost. */
  lose(range: TimeRange): void {
    if (this.#start !== undefined) this.#claim(this.#start, range.from);
    this.#start = range.to;
  }

  /** The file goes on with a bar at or after the end of the range. */
  end(): void {
    if (this.#start === undefined) return;
    this.#claim(this.#start, Math.max(this.#to, this.#lastClose));
    this.#start = undefined;
  }

  /** The ranges that can be claimed by now and were not before. */
  take(): readonly TimeRange[] {
    if (this.#start !== undefined && this.#lastClose > this.#start) {
      this.#claim(this.#start, this.#lastClose);
      this.#start = this.#lastClose;
    }
    const claimed = this.#claimed;
    this.#claimed = [];
    return claimed;
  }

  #claim(from: UnixMs, to: UnixMs): void {
    const start = Math.max(from, this.#from);
    if (to > start) this.#claimed.push({ from: start, to });
  }
}
