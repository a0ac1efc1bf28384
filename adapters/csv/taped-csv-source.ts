import type { BarQuery, BarSink, BarSource, Subscription } from "../../core/feed/bar-source.ts";
import type { BarColumns } from "../../core/market/bar-columns.ts";
import type { BarPageReading } from "../rows/bar-pages.ts";
import { BarRows, type OpenTimeFilter } from "../rows/bar-rows.ts";
import { openBarFile } from "../rows/file-bar-stream.ts";
import type { RowOptions } from "../rows/row-options.ts";
import type { LeftOutRow } from "../rows/row-tape.ts";
import { placesOf } from "./bar-pages.ts";

/** Something between the bars of a tape. */
export interface TapeMark {
  /** How many bars of its part come before it. */
  readonly after: number;
  /** A row that was left out; undefined where a page ends. */
  readonly row: LeftOutRow | undefined;
}

/** Some rows in a row. */
export interface TapePart {
  readonly bars: BarColumns;
  /** In the order of the file. */
  readonly marks: readonly TapeMark[];
}

/** What the rows of a CSV file came to when they were read. */
export interface RecordedCsv {
  /** The name of the file, for messages. */
  readonly file: string;
  readonly header: readonly string[];
  /** All of it, anew each time. */
  readonly parts: () => Iterable<TapePart>;
}

/** A CSV file that was recorded before, as a source: word for word what `CsvBarSource` says. */
export class TapedCsvSource implements BarSource {
  readonly #recorded: RecordedCsv;
  readonly #options: RowOptions;

  /** @param options those with which it was recorded, but for the names in the series. */
  constructor(recorded: RecordedCsv, options: RowOptions) {
    this.#recorded = recorded;
    this.#options = options;
  }

  open(query: BarQuery, sink: BarSink): Subscription {
    const recorded = this.#recorded;
    const options = this.#options;
    const { file } = recorded;
    const read = (asked: BarQuery) => readTape(recorded, options, asked);
    return openBarFile({ file, series: options.series, read }, query, sink);
  }
}

async function* readTape(
  recorded: RecordedCsv,
  options: RowOptions,
  filter: OpenTimeFilter,
): BarPageReading {
  // No row is found to be out of order now: what was, is told with its column.
  const rows = new BarRows(placesOf(recorded, -1), options, filter);
  let goesOn = true;
  for (const part of recorded.parts()) {
    let at = 0;
    for (const { after, row } of part.marks) {
      goesOn = takeBars(rows, part.bars, at, after);
      at = after;
      if (!goesOn) break;
      if (row === undefined) yield* rows.takePages();
      else takeLeftOut(rows, row);
    }
    goesOn &&= takeBars(rows, part.bars, at, part.bars.length);
    if (!goesOn) break;
  }
  yield* rows.takePages();
  return { report: rows.report, holes: rows.holes, failure: rows.failure };
}

/** Takes some bars; false when nothing after them matters. */
function takeBars(rows: BarRows, bars: BarColumns, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) {
    const { bar } = rows;
    bar.openTime = bars.openTime[index]!;
    bar.closeTime = bars.closeTime[index]!;
    bar.open = bars.open[index]!;
    bar.high = bars.high[index]!;
    bar.low = bars.low[index]!;
    bar.close = bars.close[index]!;
    bar.volume = bars.volume[index]!;
    if (!rows.take(undefined, 0)) return false;
  }
  return true;
}

function takeLeftOut(rows: BarRows, { fault, bar, number }: LeftOutRow): void {
  Object.assign(rows.bar, bar);
  rows.take(fault, number);
}
