import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import type { CsvTape } from "../../../csv/bar-pages.ts";
import type { TapeMark } from "../../../csv/taped-csv-source.ts";
import type { LeftOutRow } from "../../../rows/row-tape.ts";
import { BLOCK_BARS } from "../../../store/bars/bar-block.ts";
import { encodePart } from "./tape-part.ts";

/** Of marks a part has no more than this, so that no part grows without bound. */
const MARKS_A_PART = 1_024;

/** Keeps what the rows of a file came to, some thousand at a time, as bytes. */
export class TapeRecorder implements CsvTape {
  readonly #parts: Uint8Array[] = [];
  #names: readonly string[] = [];
  #bars = new BarColumns(BLOCK_BARS);
  #marks: TapeMark[] = [];
  #bytes = 0;

  get names(): readonly string[] {
    return this.#names;
  }

  /** Bytes of the parts that are full. */
  get bytes(): number {
    return this.#bytes;
  }

  header(names: readonly string[]): void {
    this.#names = names;
  }

  bar(bar: Bar): void {
    this.#bars.push(bar);
    if (this.#bars.length === BLOCK_BARS) this.#end();
  }

  leftOut(row: LeftOutRow): void {
    this.#mark(row);
  }

  page(): void {
    this.#mark(undefined);
  }

  /** All of it, once everything was told. */
  finish(): readonly Uint8Array[] {
    if (this.#bars.length > 0 || this.#marks.length > 0) this.#end();
    return this.#parts;
  }

  #mark(row: LeftOutRow | undefined): void {
    this.#marks.push({ after: this.#bars.length, row });
    if (this.#marks.length === MARKS_A_PART) this.#end();
  }

  #end(): void {
    const part = encodePart({ bars: this.#bars, marks: this.#marks });
    this.#parts.push(part);
    this.#bytes += part.length;
    this.#bars = new BarColumns(BLOCK_BARS);
    this.#marks = [];
  }
}
