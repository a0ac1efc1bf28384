import type { BarQuery, BarSink, BarSource, Subscription } from "../../core/feed/bar-source.ts";
import { openBarFile } from "../rows/file-bar-stream.ts";
import { checkRowOptions } from "../rows/row-options.ts";
import { readBarPages } from "./bar-pages.ts";
import type { CsvOptions } from "./csv-options.ts";

/**
 * The bars of a CSV file as a source: in batches of some thousand, in constant memory, each time it
 * is opened from the beginning of the file. It claims to be complete between the first bar and the
 * last. Rows left out by the policy are `rejection` events. Where one could have been a wanted bar
 * between two others, that is a `gap` with the outcome `lost`, from the close of the one to the
 * opening of the other (with a grid: its whole slots between them), which no coverage claims; and
 * the outcome is `partial` (`failed` without any bar) with the code `rows-skipped`. A row that
 * comes after later ones is a gap of its own time, told when it is met, unless that bar was taken.
 */
export class CsvBarSource implements BarSource {
  readonly #file: string;
  readonly #options: CsvOptions;

  /** Throws `grid-mismatch` or `unknown-fault-kind`; everything about the file comes with `end`. */
  constructor(file: string, options: CsvOptions) {
    checkRowOptions(options);
    this.#file = file;
    this.#options = options;
  }

  /** Delivers after it has returned. What the sink throws is not caught: it halts the process. */
  open(query: BarQuery, sink: BarSink): Subscription {
    const file = this.#file;
    const options = this.#options;
    const read = readBarPages.bind(undefined, file, options);
    return openBarFile({ file, series: options.series, read }, query, sink);
  }
}
