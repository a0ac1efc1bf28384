import { type CsvError, type Options, Parser } from "csv-parse";
import { BarlineError, fail } from "../../core/time/failure.ts";
import { MAX_RECORD_BYTES } from "./line-blocks.ts";

/** Hears the records of a file with the line each begins on; false ends the hearing. */
export type RecordListener = (fields: string[], line: number) => boolean;

const LINE_ENDS = /\r\n|\n|\r/g;

/**
 * The parser of csv-parse with its records taken at the moment they are recognized, not queued as
 * stream objects: only then does its line count belong to the record. The count is corrected where
 * a quoted field spans lines (csv-parse counts CR LF inside quotes twice).
 */
class ListeningParser extends Parser {
  readonly #listener: RecordListener;
  #lastLine = 0;
  #emptyLines = 0;
  #overcount = 0;
  #isDone = false;

  constructor(options: Options, listener: RecordListener) {
    super(options);
    this.#listener = listener;
  }

  /** The line on which the record after the last one begins. */
  get nextLine(): number {
    return this.#lastLine + this.info.empty_lines - this.#emptyLines + 1;
  }

  override push(record: string[] | null): boolean {
    if (record === null) return super.push(null);
    const line = this.nextLine;
    this.#emptyLines = this.info.empty_lines;
    this.#lastLine = line;
    if (this.info.lines - this.#overcount !== line) this.#spanLines(record);
    if (!this.#isDone && !this.#listener(record, line)) this.#isDone = true;
    return true;
  }

  #spanLines(record: readonly string[]): void {
    for (const field of record) this.#lastLine += field.match(LINE_ENDS)?.length ?? 0;
    this.#overcount = this.info.lines - this.#lastLine;
  }
}

/** Feeds blocks of lines to csv-parse and turns its complaints into ours. */
export class RecordParser {
  readonly #file: string;
  readonly #parser: ListeningParser;
  /** How far the parser had come, and what it was given since without coming any further. */
  #lastLine = 0;
  #bytesSince = 0;

  constructor(file: string, delimiter: string, endsWithReturn: boolean, listener: RecordListener) {
    this.#file = file;
    this.#parser = new ListeningParser(
      {
        bom: true,
        delimiter,
        record_delimiter: endsWithReturn ? ["\r"] : ["\r\n", "\n"],
        relax_column_count: true,
        skip_empty_lines: true,
      },
      listener,
    );
    // The callbacks of write and end report the error; without a listener it would be thrown too.
    this.#parser.on("error", () => {});
  }

  /** Resolves once every record of the block was heard, but the last few bytes may wait. */
  async write(block: Buffer): Promise<void> {
    await this.#settled((done) => this.#parser.write(block, done));
    const line = this.#parser.nextLine;
    this.#bytesSince = line === this.#lastLine ? this.#bytesSince + block.length : 0;
    this.#lastLine = line;
    if (this.#bytesSince > MAX_RECORD_BYTES) this.#tooLong();
  }

  /** Resolves once the last record was heard. */
  async end(): Promise<void> {
    await this.#settled((done) => this.#parser.end(done));
  }

  /**
   * Lines are bounded, but a quoted field can span any number of them. csv-parse could bound
   * records too, by a check at every byte, which costs noticeably more.
   */
  #tooLong(): never {
    fail("record-too-long", "the row that begins here exceeds 1 MiB", {
      where: `${this.#file}:${this.#lastLine}`,
      cure: "check for a quotation mark that is never closed",
    });
  }

  #settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      start((error) => (error ? reject(this.#explain(error)) : resolve()));
    });
  }

  #explain(error: Error): BarlineError {
    const { code } = error as CsvError;
    const where = `${this.#file}:${this.#parser.nextLine}`;
    const problem =
      code === "CSV_QUOTE_NOT_CLOSED"
        ? "a quotation mark is opened here and never closed"
        : "a quotation mark stands in the middle of a field";
    return new BarlineError("bad-quotes", problem, {
      where,
      cure: 'enclose the whole field in quotes and write a quote inside it as ""',
      cause: error,
    });
  }
}
