import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import type { BarOrigin } from "../feed/bar-source.ts";
import type { Bar } from "../market/bar.ts";
import type { Series } from "../market/series.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Fill, OrderEvent } from "../trading/order.ts";
import type { StateChange } from "../trading/readiness.ts";

/**
 * Two numbers of 32 bits over everything that a run decides and computes, in order: every bar,
 * every value of an indicator, every state, signal, order and fill. Two runs that differ in
 * anything differ in it, but for a chance of 2^-64; equal runs never do. It is no protection from
 * people. (The mixing is that of MurmurHash3 by A. Appleby, 2011, with two sets of constants.)
 *
 * That a run was stopped is not part of it: a run that is taken up again was never stopped.
 */
export class RunDigest {
  #high = 0x2545f491;
  #low = 0x4f6cdd1d;
  readonly #view = new DataView(new ArrayBuffer(8));

  /** The present digest as 16 hexadecimal digits. */
  get text(): string {
    return hexOf(this.#high) + hexOf(this.#low);
  }

  save(to: ByteWriter): void {
    to.uint32(this.#high >>> 0).uint32(this.#low >>> 0);
  }

  load(from: ByteReader): void {
    this.#high = from.uint32() | 0;
    this.#low = from.uint32() | 0;
  }

  bar(seq: number, of: Series, bar: Bar, origin: BarOrigin, version: number): void {
    this.#text(of.key);
    this.#text(origin);
    for (const each of [seq, version, bar.openTime, bar.closeTime]) this.#number(each);
    for (const each of [bar.open, bar.high, bar.low, bar.close, bar.volume]) this.#number(each);
  }

  indicator(name: string, value: number): void {
    this.#text(name);
    this.#number(value);
  }

  state({ at, from, to, reason, bars, required }: StateChange): void {
    if (to === "STOPPED") return;
    for (const each of [from, to, reason]) this.#text(each);
    for (const each of [at, bars, required]) this.#number(each);
  }

  signal(at: UnixMs, seq: number, name: string): void {
    this.#number(at);
    this.#number(seq);
    this.#text(name);
  }

  order({ order, status, at, reason }: OrderEvent): void {
    for (const each of [order.side, status, reason]) this.#text(each);
    for (const each of [order.id, order.quantity, order.submittedAt, at]) this.#number(each);
  }

  fill({ orderId, side, quantity, price, fee, at }: Fill): void {
    this.#text(side);
    for (const each of [orderId, quantity, price, fee, at]) this.#number(each);
  }

  #number(value: number): void {
    this.#view.setFloat64(0, value);
    this.#mix(this.#view.getInt32(0));
    this.#mix(this.#view.getInt32(4));
  }

  #text(text: string): void {
    this.#mix(text.length);
    for (let index = 0; index < text.length; index += 1) this.#mix(text.charCodeAt(index));
  }

  #mix(word: number): void {
    let part = Math.imul(word, 0xcc9e2d51);
    part = Math.imul((part << 15) | (part >>> 17), 0x1b873593);
    const high = this.#high ^ part;
    this.#high = (Math.imul((high << 13) | (high >>> 19), 5) + 0xe6546b64) | 0;
    part = Math.imul(word, 0x239b961b);
    part = Math.imul((part << 16) | (part >>> 16), 0xab0e9789);
    const low = this.#low ^ part;
    this.#low = (Math.imul((low << 17) | (low >>> 15), 5) + 0x561ccd1b) | 0;
  }
}

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
