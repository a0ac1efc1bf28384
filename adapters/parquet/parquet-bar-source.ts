import type { BarQuery, BarSink, BarSource, Subscription } from "../../core/feed/bar-source.ts";
import { openBarFile } from "../rows/file-bar-stream.ts";
import { checkRowOptions } from "../rows/row-options.ts";
import { readBarPages } from "./bar-pages.ts";
import type { ParquetOptions } from "./parquet-options.ts";

/**
 * The bars of a Parquet file as a source: in batches of some thousand, one row group in memory,
 * each time it is opened from the beginning of the file. It claims to be complete between the
 * first bar and the last. What becomes of rows left out is the same as for `CsvBarSource`.
 */
export class ParquetBarSource implements BarSource {
  readonly #file: string;
  readonly #options: ParquetOptions;

  /** Throws `grid-mismatch` or `unknown-fault-kind`; everything about the file comes with `end`. */
  constructor(file: string, options: ParquetOptions) {
    checkRowOptions(options);
    this.#file = file;
    this.#options = options;
  }

  /** Delivers after it has returned. What the sink throws is not caught: it halts the process. */
  open(query: BarQuery, sink: BarSink): Subscription {
    const file = this.#file;
    const options = this.#options;
    return openBarFile(
      {
        file,
        series: options.series,
        read: (asked, signal) => readBarPages(file, options, asked, signal),
      },
      query,
      sink,
    );
  }
}
