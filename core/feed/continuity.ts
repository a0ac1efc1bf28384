import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Bar } from "../market/bar.ts";
import type { Series } from "../market/series.ts";
import { formatInstant, type UnixMs } from "../time/instant.ts";
import type { ContinuityCertificate } from "./feed-event.ts";

/** The line of a bar that a certificate hashes: `openTime,open,high,low,close,volume` and LF. */
export function continuityLine(bar: Bar): string {
  const { openTime, open, high, low, close, volume } = bar;
  return `${formatInstant(openTime)},${open},${high},${low},${close},${volume}\n`;
}

/** Characters gathered before they are hashed. */
const LINES_AT_ONCE = 4_096;

/** Adds up bars into a certificate: SHA-256 over their lines, in order. */
export class ContinuityHash {
  readonly #hash = sha256.create();
  /** Lines not hashed yet: hashing many at once costs half of hashing each. */
  #lines = "";
  #count = 0;
  #first: UnixMs = 0;
  #last: UnixMs = 0;

  get count(): number {
    return this.#count;
  }

  add(bar: Bar): void {
    if (this.#count === 0) this.#first = bar.openTime;
    this.#last = bar.openTime;
    this.#count += 1;
    this.#lines += continuityLine(bar);
    if (this.#lines.length > LINES_AT_ONCE) this.#absorb();
  }

  /** The certificate of what was added so far; undefined before the first bar. */
  certificate(series: Series): ContinuityCertificate | undefined {
    if (this.#count === 0) return undefined;
    this.#absorb();
    return {
      type: "continuity",
      series,
      count: this.#count,
      first: this.#first,
      last: this.#last,
      hash: bytesToHex(this.#hash.clone().digest()),
    };
  }

  #absorb(): void {
    this.#hash.update(utf8ToBytes(this.#lines));
    this.#lines = "";
  }
}
