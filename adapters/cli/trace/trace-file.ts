import { closeSync, constants, openSync, writeSync } from "node:fs";
import { BarlineError } from "../../../core/time/failure.ts";

const BUFFER_CHARACTERS = 1 << 16;
/** How long to wait for a slow reader before trying again, in milliseconds. */
const WAIT_MS = 5;
const STANDARD_OUTPUT = 1;

/**
 * A trace on its way into a file, or to standard output when the file is `-`. The first thing that
 * goes wrong ends the writing, and `close` says it again: so whatever else happens, it is heard.
 * What was not written when the program ends otherwise is written then.
 */
export class TraceFile {
  readonly #file: string;
  readonly #descriptor: number;
  #buffer = "";
  #failure: BarlineError | undefined;
  #isOpen = true;

  /** Throws `cannot-write`. */
  constructor(file: string) {
    this.#file = file === "-" ? "standard output" : file;
    this.#descriptor = file === "-" ? STANDARD_OUTPUT : openTrace(file);
    process.once("exit", this.#atExit);
  }

  /** Takes a line, without its line feed. Throws `cannot-write`. */
  readonly write = (line: string): void => {
    if (this.#failure !== undefined) return;
    this.#buffer += `${line}\n`;
    if (this.#buffer.length >= BUFFER_CHARACTERS) this.#flush();
  };

  /** Writes what is left. Throws `cannot-write`, also for what went wrong before. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off("exit", this.#atExit);
    try {
      if (this.#failure === undefined) this.#flush();
    } finally {
      if (this.#descriptor !== STANDARD_OUTPUT) closeSync(this.#descriptor);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  readonly #atExit = (): void => {
    try {
      this.close();
    } catch {
      // The program ends for another reason, which was said.
    }
  };

  #flush(): void {
    let bytes = Buffer.from(this.#buffer);
    this.#buffer = "";
    while (bytes.length > 0) bytes = bytes.subarray(this.#writeSome(bytes));
  }

  #writeSome(bytes: Buffer): number {
    try {
      return writeSync(this.#descriptor, bytes);
    } catch (error) {
      const code = String((error as NodeJS.ErrnoException).code);
      if (code === "EAGAIN") {
        // A pipe whose reader is slow.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
        return 0;
      }
      this.#failure =
        code === "EPIPE" ? new ReaderGone() : cannotWrite(this.#file, `(${code})`, error);
      throw this.#failure;
    }
  }
}

/** Whoever read standard output, such as `head`, has had enough: no fault of anyone. */
export class ReaderGone extends BarlineError {
  constructor() {
    super("reader-gone", "nobody reads any more", { where: "standard output" });
  }
}

function openTrace(file: string): number {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK } = constants;
  try {
    // Without O_NONBLOCK the opening of a pipe would wait, perhaps for ever, for a reader.
    return openSync(file, O_WRONLY | O_CREAT | O_TRUNC | (O_NONBLOCK ?? 0), 0o666);
  } catch (error) {
    throw cannotWrite(file, `(${String((error as NodeJS.ErrnoException).code)})`, error);
  }
}

function cannotWrite(file: string, reason: string, cause: unknown): BarlineError {
  const cure = /ENOSPC|EDQUOT/.test(reason)
    ? "make room on the disk"
    : "name a file in a folder that exists and that you may write to";
  const where = file === "" ? "--trace" : file;
  return new BarlineError("cannot-write", `the trace cannot be written ${reason}`, {
    where,
    cure,
    cause,
  });
}
