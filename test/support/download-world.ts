import { Download, type DownloadEnd } from "../../adapters/cli/store/download.ts";
import { knownSince, wantedHistory } from "../../adapters/cli/store/wanted-history.ts";
import type { IbFeed } from "../../adapters/ib/ib-feed.ts";
import type { IbFeedSettings } from "../../adapters/ib/ib-feed-settings.ts";
import type { IbRequest } from "../../adapters/ib/port/ib-request.ts";
import { parseIbTime } from "../../adapters/ib/port/ib-time.ts";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import { missingSlots } from "../../adapters/store/fetch/missing-slots.ts";
import type { OrderedStore } from "../../adapters/store/port/ordered-store.ts";
import { assert } from "../../core/time/failure.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { RangeSet, type TimeRange } from "../../core/time/range.ts";
import { pinnedZone } from "../../core/time/zone.ts";
import type { Truth } from "../../sim/index.ts";
import { IbWorld, type IbWorldOptions } from "./ib-world.ts";

/** One request for bars, and what was known to be complete when it came to the gateway. */
export interface AskedPage {
  /** The instant up to which bars were asked for; that of the request where it named none. */
  readonly end: UnixMs;
  readonly known: readonly TimeRange[];
}

/** A process that downloads a market into a store: it can be stopped at any moment. */
export class DownloadWorld {
  readonly world: IbWorld;
  readonly bars: BarStore;
  readonly asked: AskedPage[] = [];
  readonly waits: string[] = [];
  end: DownloadEnd | undefined;
  error: unknown;
  isOver = false;
  readonly #store: OrderedStore;
  readonly #onStored: (download: DownloadWorld) => void;
  readonly #settings: Partial<IbFeedSettings>;
  #download: Download | undefined;

  /** @param onStored is called after each page that was stored. */
  constructor(
    truth: Truth,
    start: UnixMs,
    store: OrderedStore,
    options: IbWorldOptions = {},
    onStored: (download: DownloadWorld) => void = () => {},
  ) {
    this.#store = store;
    this.#settings = options.feed ?? {};
    this.#onStored = onStored;
    this.bars = new BarStore(store);
    this.world = new IbWorld(truth, start, {
      ...options,
      gateway: {
        ...options.gateway,
        onTalk: (talk) => {
          options.gateway?.onTalk?.(talk);
          if (talk.kind === "asked") this.#note(talk.request);
        },
      },
    });
  }

  /** The key of the series that comes of it. */
  get key(): string {
    return this.world.truth.series.key;
  }

  /** Begins to fetch what is missing of a range. */
  fetch(range: TimeRange): this {
    return this.begin((feed) =>
      missingSlots(
        feed.grid(feed.series),
        this.bars.find(feed.series.key) ?? { complete: [], lost: [] },
        range,
      ),
    );
  }

  /** Begins to fetch ranges. */
  begin(ranges: (feed: IbFeed) => readonly TimeRange[]): this {
    const { size, priceType, scope, instrument } = this.world.truth.series;
    const { session, truth } = this.world;
    const ended = (end: DownloadEnd | undefined, error?: unknown): void => {
      assert(!this.isOver, "a download ends once");
      this.isOver = true;
      this.end = end;
      this.error = error;
    };
    const download = new Download(
      {
        session,
        settings: this.#settings,
        speed: 1,
        store: this.#store,
        bars: this.bars,
        listener: {
          begins: () => {},
          stored: () => this.#onStored(this),
          waits: (reason) => this.waits.push(reason),
        },
      },
      ended,
      (error) => ended(undefined, error),
    );
    this.#download = download;
    const since = ({ key }: { readonly key: string }): UnixMs =>
      Math.min(truth.bars.openTime[0]!, knownSince(this.bars, key) ?? Number.POSITIVE_INFINITY);
    const contract = { symbol: instrument.symbol };
    download.start({ contract, size, priceType, scope, since }, (feed) =>
      wantedHistory(this.bars, feed, ranges(feed)),
    );
    session.start();
    return this;
  }

  /** Lets all happen until it is over, or for so long. */
  play(ms: number): this {
    const { time } = this.world;
    const to = time.now() + ms;
    while (!this.isOver && (time.nextAt ?? Number.POSITIVE_INFINITY) <= to) time.step();
    return this;
  }

  stop(): void {
    this.#download!.stop();
  }

  close(): void {
    if (!this.isOver) this.stop();
    this.world.close();
  }

  /** Pages that were asked for although all of their newest bar was known. */
  get askedAgain(): readonly AskedPage[] {
    return this.asked.filter(({ end, known }) => {
      const all = new RangeSet();
      for (const range of known) all.add(range);
      return all.covers({ from: end - 1, to: end });
    });
  }

  #note(request: IbRequest): void {
    if (request.kind !== "history") return;
    const { now } = this.world.gateway;
    const told = parseIbTime(request.end, () => pinnedZone("UTC"));
    this.asked.push({
      end: told?.kind === "instant" ? told.at : now,
      known: this.#known(),
    });
  }

  #known(): readonly TimeRange[] {
    try {
      return this.bars.find(this.key)?.complete ?? [];
    } catch {
      return [];
    }
  }
}
