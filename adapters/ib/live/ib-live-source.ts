import type { BarQuery, BarSink, BarSource, Subscription } from "../../../core/feed/bar-source.ts";
import { type Series, series as seriesOf } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";
import { SlidingWindow } from "../pacing/sliding-window.ts";
import { ibBarSize } from "../port/bar-sizes.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbLink } from "../session/ib-link.ts";
import { Fence } from "./fence.ts";
import { KeepUpToDateFeed } from "./keep-up-to-date-feed.ts";
import { LiveBarReader } from "./live-bar-reader.ts";
import type { LiveFeed } from "./live-feed.ts";
import { type LiveMode, type LiveOptions, liveOptions } from "./live-options.ts";
import { LiveOutput } from "./live-output.ts";
import { LiveStream } from "./live-stream.ts";
import { RealTimeFeed } from "./real-time-feed.ts";
import { keepUpToDatePatience, realTimePatience, StreamWatch } from "./stream-watch.ts";

/** What a live source of Interactive Brokers needs. */
export interface IbLiveSourceOptions {
  readonly link: IbLink;
  /** Names exactly one contract: that of every series it is asked for. */
  readonly contract: IbContract;
  /** The bars that must exist. */
  readonly grid: (series: Series) => BarGrid;
  /** Default `keep-up-to-date`. */
  readonly mode?: LiveMode;
  readonly options?: Partial<LiveOptions>;
}

const REAL_TIME_SIZE = barSize("5s");

/** How long after the close of the last bar of a query its last word is waited for. */
const LAST_WORD_MS = 5 * SECOND_MS;

/** A gateway allows 60 new streams of real-time bars in 10 minutes; needless ones leave some. */
const BUDGET_WINDOW_MS = 10 * MINUTE_MS;
const NEEDLESS_SUBSCRIPTIONS = 45;

/**
 * Live bars of one contract. Every `open` is a stream of its own that heals itself: it tells by
 * `live` and `interrupted` when bars may have been missed, and history has to give those.
 *
 * Kept up to date, it restates the bar in progress and calls nothing final. Of real-time bars it
 * makes bars that are final with their last 5 seconds; one that it did not hear all of, it leaves
 * out. It ends by itself at `query.to`, and with `failed` when asking again cannot help.
 */
export class IbLiveSource implements BarSource {
  readonly impliesFinals: boolean;
  readonly #source: IbLiveSourceOptions;
  readonly #mode: LiveMode;
  readonly #options: LiveOptions;
  readonly #subscriptions = new SlidingWindow(BUDGET_WINDOW_MS);

  /** Throws `invalid-option` for options that make no sense. */
  constructor(source: IbLiveSourceOptions) {
    this.#source = source;
    this.#mode = source.mode ?? "keep-up-to-date";
    this.#options = liveOptions(source.options);
    this.impliesFinals = this.#mode === "keep-up-to-date";
  }

  open(query: BarQuery, sink: BarSink): Subscription {
    const output = new LiveOutput(query, sink);
    const problem = this.#problemOf(query.series);
    if (problem !== undefined) {
      output.fail({ code: "not-live", message: problem, retry: "never" });
      return { close() {}, pause() {}, resume() {} };
    }
    const { link } = this.#source;
    const grid = this.#source.grid(query.series);
    const options = this.#options;
    const isRealTime = this.#mode === "real-time-bars";
    const patience = isRealTime ? realTimePatience(options) : keepUpToDatePatience(grid, options);
    const endsAt = query.to === undefined ? undefined : lastWordAt(grid, query, query.to);
    const budget = { window: this.#subscriptions, limit: NEEDLESS_SUBSCRIPTIONS };
    const stream = new LiveStream({
      link,
      query,
      feed: this.#feed(query.series, grid, output),
      output,
      watch: new StreamWatch(grid, patience, options.longestSilenceMs),
      options,
      ...(endsAt === undefined ? {} : { endsAt }),
      ...(isRealTime ? { budget } : {}),
    });
    stream.start();
    return stream;
  }

  #feed(series: Series, grid: BarGrid, output: LiveOutput): LiveFeed {
    const { contract } = this.#source;
    if (this.#mode === "keep-up-to-date") {
      const reader = new LiveBarReader(series, grid, contract);
      return new KeepUpToDateFeed(series, contract, reader, output, new Fence(this.#source.link));
    }
    const { instrument, priceType, scope } = series;
    const base = seriesOf(instrument, REAL_TIME_SIZE, priceType, scope);
    const baseGrid = this.#source.grid(base);
    const reader = new LiveBarReader(base, baseGrid, contract);
    return new RealTimeFeed({ series, grid, base, baseGrid, contract, reader }, output);
  }

  /** Why a series cannot be had live, and what to do; undefined when it can. */
  #problemOf({ key, priceType, size }: Series): string | undefined {
    if (priceType === "adjusted") {
      return `${key}: Interactive Brokers has no live bars of adjusted prices; choose trades`;
    }
    if (this.#mode === "real-time-bars") {
      if (size.ms % REAL_TIME_SIZE.ms === 0 || size.ms === DAY_MS) return undefined;
      return `${key}: bars of 5 seconds do not add up to it; choose a multiple of 5s`;
    }
    if (size.ms < REAL_TIME_SIZE.ms) {
      return `${key}: Interactive Brokers keeps bars from 5 seconds on up to date; choose 5s`;
    }
    return problemOfSize(key, () => ibBarSize(size));
  }
}

function problemOfSize(key: string, attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof BarlineError) return `${key}: ${error.message}`;
    throw error;
  }
}

/** When the last bar that opens before `to` has had its last word. */
function lastWordAt(grid: BarGrid, { from }: BarQuery, to: UnixMs): UnixMs {
  const last = grid.slotAt(to - 1) ?? grid.slotClosedBy(to);
  const isEmpty = last === undefined || (from !== undefined && last.openTime < from);
  return isEmpty ? Number.NEGATIVE_INFINITY : last.closeTime + LAST_WORD_MS;
}
