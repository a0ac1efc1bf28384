import { closeSync, openSync, writeSync } from "node:fs";
import { BarlineError, fail } from "../../core/time/failure.ts";

const BUFFER_CHARACTERS = 1 << 16;

/** A trace on its way into a file, or to standard output when the file is `-`. */
export class TraceFile {
  readonly #file: string;
  readonly #descriptor: number;
  #buffer = "";

  constructor(file: string) {
    this.#file = file;
    try {
      this.#descriptor = file === "-" ? 1 : openSync(file, "w");
    } catch (error) {
      fail("cannot-write", "the trace cannot be written", {
        where: file,
        cure: "name a file in a folder that exists and that you may write to",
        cause: error,
      });
    }
  }

  /** Takes a line, without its line feed. */
  readonly write = (line: string): void => {
    this.#buffer += `${line}\n`;
    if (this.#buffer.length >= BUFFER_CHARACTERS) this.#flush();
  };

  close(): void {
    this.#flush();
    if (this.#file !== "-") closeSync(this.#descriptor);
  }

  #flush(): void {
    let bytes = Buffer.from(this.#buffer);
    this.#buffer = "";
    while (bytes.length > 0) bytes = bytes.subarray(this.#writeSome(bytes));
  }

  #writeSome(bytes: Buffer): number {
    try {
      return writeSync(this.#descriptor, bytes);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // A pipe whose reader is slow: try again.
      if (code === "EAGAIN") return 0;
      throw new BarlineError("cannot-write", `the trace cannot be written (${code})`, {
        where: this.#file,
        cure: code === "ENOSPC" ? "make room on the disk" : "check the place it is written to",
        cause: error,
      });
    }
  }
}
