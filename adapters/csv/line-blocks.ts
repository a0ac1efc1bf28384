import { isUtf8 } from "node:buffer";
import { BarlineError } from "../../core/time/failure.ts";

/** The longest line, and the longest record, that is read: 1 MiB. A bar has about 50 bytes. */
export const MAX_RECORD_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A piece of a file that ends where a line ends. */
export interface LineBlock {
  readonly bytes: Buffer;
  /** What is wrong with the bytes that follow, to be thrown once these were read. */
  readonly problem?: BarlineError;
}

/**
 * Cuts a stream of bytes at the ends of lines and checks what every text must be before a parser
 * sees it: lines of bounded length (so that memory stays flat), no NUL, sound UTF-8. At most one
 * line is held back.
 */
export class LineBlocks {
  readonly #file: string;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #lines = 0;
  #lineEnd: number | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Whether the lines end with a carriage return alone, as on the Macintosh of old. */
  get endsWithReturn(): boolean {
    return this.#lineEnd === CARRIAGE_RETURN;
  }

  /** The whole lines up to and including those of the chunk; undefined while none has ended. */
  add(chunk: Buffer): LineBlock | undefined {
    const bytes = this.#lineEnd === undefined ? this.#join(chunk) : chunk;
    this.#lineEnd ??= lineEndOf(bytes);
    const end = this.#lineEnd === undefined ? 0 : bytes.lastIndexOf(this.#lineEnd) + 1;
    const firstEnd = end === 0 ? bytes.length : bytes.indexOf(this.#lineEnd!);
    if (this.#heldBytes + firstEnd > MAX_RECORD_BYTES) return this.#tooLong();
    const whole = end === 0 ? undefined : this.#join(bytes.subarray(0, end));
    if (end < bytes.length) this.#hold(bytes.subarray(end));
    return whole === undefined ? undefined : this.#check(whole);
  }

  /** The last line, where the file does not end with the end of one. */
  finish(): LineBlock | undefined {
    if (this.#heldBytes === 0) return undefined;
    const bytes = this.#join(Buffer.alloc(0));
    this.#lineEnd ??= bytes.includes(CARRIAGE_RETURN) ? CARRIAGE_RETURN : LINE_FEED;
    return this.#check(bytes);
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #join(tail: Buffer): Buffer {
    if (this.#heldBytes === 0) return tail;
    const joined = Buffer.concat([...this.#held, tail]);
    this.#held = [];
    this.#heldBytes = 0;
    return joined;
  }

  #check(bytes: Buffer): LineBlock {
    const nul = bytes.indexOf(0);
    if (nul < 0 && isUtf8(bytes)) {
      this.#lines += this.#count(bytes);
      return { bytes };
    }
    // Rows before the trouble still count: what is wrong with them is said first.
    const end = nul < 0 ? this.#firstInvalidLine(bytes) : nul;
    const sound = bytes.subarray(0, end === 0 ? 0 : bytes.lastIndexOf(this.#lineEnd!, end - 1) + 1);
    const where = `${this.#file}:${this.#lines + this.#count(sound) + 1}`;
    const problem =
      nul < 0
        ? new BarlineError("not-utf-8", "the line is not UTF-8 text", {
            where,
            cure: "save the file as UTF-8",
          })
        : new BarlineError("binary-data", "the line has a NUL byte, so it is no text", {
            where,
            cure: "name a CSV file, or repair the line",
          });
    return { bytes: sound, problem };
  }

  #tooLong(): LineBlock {
    const problem = new BarlineError("line-too-long", "the line is longer than 1 MiB", {
      where: `${this.#file}:${this.#lines + 1}`,
      cure: "check that it is a CSV file with one bar a line",
    });
    return { bytes: Buffer.alloc(0), problem };
  }

  /** Where the first line begins that is no UTF-8; there is one. */
  #firstInvalidLine(bytes: Buffer): number {
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(this.#lineEnd!, start) + 1;
      if (end === 0 || !isUtf8(bytes.subarray(start, end))) return start;
      start = end;
    }
  }

  #count(bytes: Buffer): number {
    const lineEnd = this.#lineEnd;
    let lines = 0;
    for (let index = 0; index < bytes.length; index += 1) if (bytes[index] === lineEnd) lines += 1;
    return lines;
  }
}

/** What the first line ends with; undefined while a line feed may follow its carriage return. */
function lineEndOf(bytes: Buffer): number | undefined {
  if (bytes.includes(LINE_FEED)) return LINE_FEED;
  const at = bytes.indexOf(CARRIAGE_RETURN);
  return at >= 0 && at < bytes.length - 1 ? CARRIAGE_RETURN : undefined;
}
