import { BarlineError } from "../time/failure.ts";

/** Reads what a `ByteWriter` wrote. Throws `damaged-bytes` where the bytes cannot be that. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  bool(): boolean {
    const value = this.uint8();
    if (value > 1) throw damaged(`${value} where there is yes or no`);
    return value === 1;
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  float64s(): Float64Array {
    const count = this.uint32();
    let at = this.#take(8 * count);
    const values = new Float64Array(count);
    for (let index = 0; index < count; index += 1, at += 8) {
      values[index] = this.#view.getFloat64(at, true);
    }
    return values;
  }

  text(): string {
    const isNarrow = this.bool();
    const length = this.uint32();
    let at = this.#take(isNarrow ? length : 2 * length);
    let value = "";
    for (let index = 0; index < length; index += 1) {
      const code = isNarrow ? this.#bytes[at]! : this.#view.getUint16(at, true);
      value += String.fromCharCode(code);
      at += isNarrow ? 1 : 2;
    }
    return value;
  }

  /** Bytes with their count: a view of those that are read, not a copy. */
  blob(): Uint8Array {
    return this.raw(this.uint32());
  }

  /** So many bytes: a view, not a copy. */
  raw(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.left > 0) throw damaged(`${this.left} bytes too many`);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.left) throw damaged(`${this.left} bytes where ${count} should follow`);
    this.#at = at + count;
    return at;
  }
}

function damaged(what: string): BarlineError {
  return new BarlineError("damaged-bytes", `these bytes are not what was written: ${what}`);
}
