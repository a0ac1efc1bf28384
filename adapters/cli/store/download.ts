import type { FeedFault } from "../../../core/feed/bar-source.ts";
import type { Series } from "../../../core/market/series.ts";
import { DAY_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { planDownload } from "../../ib/download-plan.ts";
import {
  type IbFeed,
  type IbFeedRequest,
  type IbFeedResult,
  openIbFeed,
} from "../../ib/ib-feed.ts";
import type { IbFeedSettings } from "../../ib/ib-feed-settings.ts";
import { planRequests } from "../../ib/pacing/plan.ts";
import type { IbSession } from "../../ib/session/ib-session.ts";
import type { BarStore } from "../../store/bars/bar-store.ts";
import type { SeriesAbout } from "../../store/bars/series-about.ts";
import {
  HistoryFetch,
  type HistoryFetchEnd,
  type HistoryFetchFigures,
} from "../../store/fetch/history-fetch.ts";
import type { OrderedStore } from "../../store/port/ordered-store.ts";
import { refusal } from "../ib/refusal.ts";
import type { WarmUpForecast } from "../ib/warm-up-forecast.ts";
import { downloadFaults } from "./download-faults.ts";

/** What a download from a gateway into a store is made of. */
export interface DownloadParts {
  readonly session: IbSession;
  readonly settings: Partial<IbFeedSettings>;
  /** How fast the gateway's time passes. */
  readonly speed: number;
  readonly store: OrderedStore;
  readonly bars: BarStore;
  readonly listener: DownloadListener;
}

/** Hears how a download goes. */
export interface DownloadListener {
  /** Contract and hours are known, and it begins. */
  begins(feed: IbFeed, forecast: WarmUpForecast): void;
  stored(figures: HistoryFetchFigures): void;
  /** It is tried again. */
  waits(reason: string): void;
}

/** What is to be had of a series, once it is known. */
export interface WantedHistory {
  /** Whole slots, ascending and disjoint. */
  readonly ranges: readonly TimeRange[];
  /** What the series is, by all that its calendar has learned. */
  readonly about: () => SeriesAbout;
}

/** A download that is over. */
export interface DownloadEnd {
  readonly feed: IbFeed;
  readonly figures: HistoryFetchFigures;
  /** Why it ended before all was settled; undefined where it is, or was stopped. */
  readonly fault: FeedFault | undefined;
}

/** How hard history is tried for: its source has deadlines of its own and always ends. */
const PATIENCE = { silenceMs: DAY_MS, attempts: 12 };

/** History of one series on its way from a gateway into a store. */
export class Download {
  readonly #parts: DownloadParts;
  readonly #done: (end: DownloadEnd | undefined) => void;
  readonly #failed: (error: unknown) => void;
  #opening: { close(): void } | undefined;
  #feed: IbFeed | undefined;
  #fetch: HistoryFetch | undefined;
  #isOver = false;

  /**
   * @param done gets what came of it, or nothing where it was stopped before it began.
   * @param failed gets what kept it from beginning, or from storing.
   */
  constructor(
    parts: DownloadParts,
    done: (end: DownloadEnd | undefined) => void,
    failed: (error: unknown) => void,
  ) {
    this.#parts = parts;
    this.#done = done;
    this.#failed = failed;
  }

  /** @param wanted says what is to be fetched, once; what it throws ends the download. */
  start(request: IbFeedRequest, wanted: (feed: IbFeed) => WantedHistory): void {
    const { session, settings, listener } = this.#parts;
    let told = "";
    const wait = (reason: string): void => {
      if (reason !== told && session.state === "up") listener.waits(reason);
      told = reason;
    };
    const since = (series: Series): UnixMs => {
      let at = Number.POSITIVE_INFINITY;
      this.#guarded(() => {
        at = request.since?.(series) ?? at;
      });
      return at;
    };
    const done = (result: IbFeedResult): void => {
      if (this.#isOver) {
        if (result.kind === "open") result.feed.close();
      } else if (result.kind === "open") this.#guarded(() => this.#begin(result.feed, wanted));
      else this.#end(() => this.#failed(refusal(result.fault, result.cure)));
    };
    this.#opening = openIbFeed(session, { ...request, since }, settings, done, wait);
  }

  /** Ends it in good order, wherever it is. What came is stored. */
  stop(): void {
    this.#through(undefined);
  }

  #begin(feed: IbFeed, wanted: (feed: IbFeed) => WantedHistory): void {
    const { session, store, bars, listener } = this.#parts;
    this.#feed = feed;
    const { ranges, about } = wanted(feed);
    const fetch = new HistoryFetch(
      {
        store,
        bars,
        about,
        grid: feed.grid(feed.series),
        history: feed.history,
        clock: feed.clock,
        source: "ib",
        meaning: downloadFaults(session),
        options: PATIENCE,
      },
      ranges,
      {
        stored: () => listener.stored(fetch.figures),
        waits: ({ message }) => listener.waits(message),
        done: (end) => this.#fetched(end),
      },
    );
    this.#fetch = fetch;
    listener.begins(feed, this.#forecast(feed, ranges));
    fetch.start();
  }

  #forecast(feed: IbFeed, ranges: readonly TimeRange[]): WarmUpForecast {
    const { session, speed } = this.#parts;
    const { series, details } = feed;
    const grid = feed.grid(series);
    const now = session.clock.now();
    const requests = planDownload(series, details.contract, grid, now, ranges);
    const plan = planRequests(requests, session.limits, session.latency);
    const bars = requests.reduce((sum, request) => sum + request.bars, 0);
    return { ...plan, bars, pages: requests.length, durationMs: plan.durationMs / speed };
  }

  #fetched(end: HistoryFetchEnd): void {
    if (end.kind === "failed") this.#end(() => this.#failed(end.error));
    else this.#through(end.kind === "refused" ? end.fault : undefined);
  }

  #through(fault: FeedFault | undefined): void {
    const feed = this.#feed;
    const fetch = this.#fetch;
    this.#end(() => {
      this.#done(feed && fetch && { feed, figures: fetch.figures, fault });
    });
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#end(() => this.#failed(error));
    }
  }

  /** Lets go of everything but the session, once, and then tells. */
  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#opening?.close();
    this.#fetch?.close();
    this.#feed?.close();
    tell();
  }
}
