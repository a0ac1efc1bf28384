import { requireAtLeast } from "../time/requirement.ts";

/** Texts are held in one byte a character as long as none is above this, else in two. */
const LAST_NARROW = 0x7f;

/**
 * Gathers values as bytes, the same on every machine: little-endian, doubles in full. What it wrote
 * is read back by `ByteReader`, in the same order.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** @param capacity bytes to make room for, 1 or more; it grows by itself. */
  constructor(capacity = 256) {
    requireAtLeast("capacity", capacity, 1);
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** What was written, without copying it: good until the next write. */
  get view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins anew and keeps the room. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  /** An integer of 0 to 255. */
  uint8(value: number): this {
    const at = this.#take(1);
    this.#view.setUint8(at, value);
    return this;
  }

  /** An integer of 0 to 2^32 - 1. */
  uint32(value: number): this {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  bool(value: boolean): this {
    return this.uint8(value ? 1 : 0);
  }

  /** Any number, bit for bit but for the kinds of NaN: an instant, a price, a count. */
  float64(value: number): this {
    const at = this.#take(8);
    this.#view.setFloat64(at, value, true);
    return this;
  }

  /** All numbers of a column, or `from` to `to` (exclusive) of it, with their count. */
  float64s(values: Float64Array, from = 0, to = values.length): this {
    this.uint32(to - from);
    let at = this.#take(8 * (to - from));
    for (let index = from; index < to; index += 1, at += 8) {
      this.#view.setFloat64(at, values[index]!, true);
    }
    return this;
  }

  /** Any text, with its length. */
  text(value: string): this {
    let isNarrow = true;
    for (let index = 0; index < value.length && isNarrow; index += 1) {
      isNarrow = value.charCodeAt(index) <= LAST_NARROW;
    }
    this.bool(isNarrow).uint32(value.length);
    let at = this.#take(isNarrow ? value.length : 2 * value.length);
    for (let index = 0; index < value.length; index += 1) {
      if (isNarrow) this.#bytes[at] = value.charCodeAt(index);
      else this.#view.setUint16(at, value.charCodeAt(index), true);
      at += isNarrow ? 1 : 2;
    }
    return this;
  }

  /** Any bytes, with their count. */
  blob(value: Uint8Array): this {
    this.uint32(value.length);
    return this.raw(value);
  }

  /** Bytes alone: whoever reads them must know how many they are. */
  raw(value: Uint8Array): this {
    const at = this.#take(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  #take(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const wider = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      wider.set(this.#bytes.subarray(0, at));
      this.#bytes = wider;
      this.#view = new DataView(wider.buffer);
    }
    this.#length = needed;
    return at;
  }
}
