import type { BarQuery, BarSink, BarSource, Subscription } from "../../../core/feed/bar-source.ts";
import type { Series } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbLink } from "../session/ib-link.ts";
import { HistoryMemory } from "./history-memory.ts";
import { type HistoryOptions, historyOptions } from "./history-options.ts";
import { HistoryStream } from "./history-stream.ts";

/** What a source of history is made of. */
export interface IbHistoricalSourceOptions {
  readonly link: IbLink;
  /** Whose bars these are; with its `conId`. */
  readonly contract: IbContract;
  /** The bars that must exist. */
  readonly grid: (series: Series) => BarGrid;
  readonly options?: Partial<HistoryOptions>;
}

/**
 * The history of one contract: final bars, page by page, the newest page first, each followed by
 * the coverage that it proves. It can be opened many times at once; `open` says nothing before it
 * returns. A stream cannot be paused.
 */
export class IbHistoricalSource implements BarSource {
  readonly #made: IbHistoricalSourceOptions;
  readonly #options: HistoryOptions;
  readonly #memory = new HistoryMemory();

  constructor(made: IbHistoricalSourceOptions) {
    this.#made = made;
    this.#options = historyOptions(made.options);
  }

  open(query: BarQuery, sink: BarSink): Subscription {
    const { link, contract, grid } = this.#made;
    const memory = this.#memory;
    const options = this.#options;
    const stream = new HistoryStream(query, sink, {
      link,
      contract,
      grid: grid(query.series),
      options,
      memory,
    });
    stream.start();
    return stream;
  }
}
