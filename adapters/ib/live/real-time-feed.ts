import { BarAggregator } from "../../../core/feed/aggregation/bar-aggregator.ts";
import type { BarSink } from "../../../core/feed/bar-source.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import type { Series } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { whatToShow } from "../port/bar-sizes.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbEvent } from "../port/ib-event.ts";
import type { IbQuestion } from "../session/ib-link.ts";
import type { LiveBarReader } from "./live-bar-reader.ts";
import type { LiveFeed, LiveWord } from "./live-feed.ts";
import type { LiveOutput } from "./live-output.ts";

/** What real-time bars are made into. */
interface RealTimeFeedOptions {
  /** The bars to make, and where they lie. */
  readonly series: Series;
  readonly grid: BarGrid;
  /** The same in bars of 5 seconds. */
  readonly base: Series;
  readonly baseGrid: BarGrid;
  readonly contract: IbContract;
  /** Reads bars of the base. */
  readonly reader: LiveBarReader;
}

/**
 * Bars of 5 seconds, each final when it comes, made into larger ones. A larger bar is final with
 * the last of its parts, and comes only if every one of them came: a part that is missing is not
 * always announced, so each must follow on the one before.
 */
export class RealTimeFeed implements LiveFeed {
  readonly question: IbQuestion;
  readonly hasSeed = false;
  readonly #options: RealTimeFeedOptions;
  readonly #output: LiveOutput;
  #target: BarSink;
  /** The opening of the next bar of an unbroken stream; undefined while it is not one. */
  #expected: UnixMs | undefined;

  constructor(options: RealTimeFeedOptions, output: LiveOutput) {
    this.#options = options;
    this.#output = output;
    this.#target = this.#newTarget();
    const { contract, series } = options;
    this.question = {
      kind: "real-time-bars",
      contract,
      whatToShow: whatToShow(series.priceType),
      useRegularHours: series.scope === "regular",
    };
  }

  leave(): void {
    this.#expected = undefined;
    this.#target = this.#newTarget();
  }

  hear(event: IbEvent): LiveWord | undefined {
    if (event.kind !== "real-time-bar") return undefined;
    const reading = this.#options.reader.read(event.bar);
    const { openTime, closeTime } = reading.bar;
    const word: LiveWord = { kind: "talk", isNews: true, openTime };
    this.#output.judge(reading);
    if (reading.kind === "unsound" || reading.kind === "placeholder") {
      // Nobody knows what happened in these 5 seconds, so the larger bar must come from history.
      this.leave();
      return word;
    }
    if (this.#expected !== undefined && openTime < this.#expected) return word;
    if (openTime !== this.#expected) this.leave();
    this.#expected = this.#options.baseGrid.next(openTime)?.openTime;
    if (reading.kind === "bar") {
      const bars = BarColumns.of([reading.bar]);
      const { base: series } = this.#options;
      this.#target.bars({ series, bars, finality: "final", origin: "live", version: 1 });
    }
    this.#target.coverage({ from: openTime, to: closeTime });
    return word;
  }

  #newTarget(): BarSink {
    const { base, baseGrid, grid } = this.#options;
    if (grid.size === base.size) return this.#output;
    // Nothing is ever corrected here, so nothing has to be remembered for it.
    return new BarAggregator({ base, baseGrid, grid, rememberedBars: 1 }, this.#output);
  }
}
