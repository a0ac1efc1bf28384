import { Buffer } from "node:buffer";
import { fail } from "../../core/time/failure.ts";

/** A message as its fields; the first one is its number. */
export type Message = readonly string[];

/** Bytes of the longest frame that a client may send; its longest request has some hundreds. */
const LONGEST_FRAME = 1_048_576;

const PREFIX_BYTES = 4;

/**
 * Cuts a stream of bytes into frames, wherever the network has split or joined them. What a byte
 * costs does not depend on how the bytes arrive.
 */
export class FrameReader {
  readonly #longest: number;
  #chunks: Buffer[] = [];
  #waiting = 0;
  #frameBytes: number | undefined;

  /** @param longest bytes that a frame may have. */
  constructor(longest: number = LONGEST_FRAME) {
    this.#longest = longest;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
  }

  /** So many bytes without a prefix; undefined until they are there. */
  raw(bytes: number): Buffer | undefined {
    if (this.#waiting < bytes) return undefined;
    if (this.#chunks[0]!.length < bytes) this.#chunks = [Buffer.concat(this.#chunks)];
    const first = this.#chunks[0]!;
    this.#waiting -= bytes;
    if (first.length === bytes) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(bytes);
    return first.subarray(0, bytes);
  }

  /**
   * The content of the next frame; undefined until it is whole. Throws `bad-frame` for one that is
   * empty or longer than allowed, as soon as its prefix is there.
   */
  next(): Buffer | undefined {
    this.#frameBytes ??= this.#readPrefix();
    if (this.#frameBytes === undefined) return undefined;
    const content = this.raw(this.#frameBytes);
    if (content !== undefined) this.#frameBytes = undefined;
    return content;
  }

  #readPrefix(): number | undefined {
    const bytes = this.raw(PREFIX_BYTES)?.readUInt32BE(0);
    if (bytes === undefined || (bytes > 0 && bytes <= this.#longest)) return bytes;
    return fail("bad-frame", `a frame of ${bytes} bytes`, {
      cure: `send 1 to ${this.#longest} after a prefix of ${PREFIX_BYTES} bytes, big-endian`,
    });
  }
}

/** The fields of a frame; throws `bad-frame` where the last one has no end. */
export function fieldsOf(content: Buffer): Message {
  if (content[content.length - 1] !== 0) {
    fail("bad-frame", "the last field of a frame has no end", { cure: "end each field with NUL" });
  }
  return content.toString("utf8", 0, content.length - 1).split("\0");
}

/** A message as it goes over the wire. Its fields hold no NUL. */
export function frame(message: Message): Buffer {
  const text = `${message.join("\0")}\0`;
  const bytes = Buffer.byteLength(text);
  const buffer = Buffer.allocUnsafe(PREFIX_BYTES + bytes);
  buffer.writeUInt32BE(bytes, 0);
  buffer.write(text, PREFIX_BYTES);
  return buffer;
}
