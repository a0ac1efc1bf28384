import {
  type Bar,
  type BarColumns,
  BarGrid,
  type BarSink,
  type BarSource,
  barSize,
  calendarByName,
  instant,
  instrument,
  MemorySource,
  type Series,
  type Subscription,
  series,
  splice,
  VirtualTime,
} from "../../core/index.ts";
import { generateBars } from "../../sim/index.ts";

/** One market, told by a history up to an instant and bar by bar from there on. */
export interface Feeds {
  readonly series: Series;
  readonly grid: BarGrid;
  readonly history: BarColumns;
  /** Final bars, a batch each, as a gateway sends them. */
  readonly live: readonly BarColumns[];
}

export function feeds(historyBars: number, liveBars: number): Feeds {
  const grid = new BarGrid(calendarByName("24/7"), barSize("1m"));
  const from = instant("2020-01-01T00:00:00Z");
  const all = generateBars(grid, { seed: 7, bars: historyBars + liveBars, from, price: 1_000 });
  const history = all.slice(0, historyBars);
  const live: BarColumns[] = [];
  for (let i = historyBars; i < all.length; i += 1) live.push(all.slice(i, i + 1));
  return { series: series(instrument("BENCH"), grid.size), grid, history, live };
}

/** How many bars came through, and a sum that depends on each of them. */
export interface Received {
  readonly bars: number;
  readonly sum: number;
}

/** Bars on their way through `splice`: first the backfill, then the live ones, one by one. */
export class SplicedFeeds {
  readonly #feeds: Feeds;
  readonly #time: VirtualTime;
  #sink: BarSink | undefined;
  #bars = 0;
  #sum = 0;

  constructor(given: Feeds) {
    this.#feeds = given;
    const { closeTime, length } = given.history;
    this.#time = new VirtualTime(closeTime[length - 1]!);
  }

  get received(): Received {
    return { bars: this.#bars, sum: this.#sum };
  }

  /** Fetches and releases the whole history. */
  backfill(): void {
    const { grid, history, series: of } = this.#feeds;
    const live: BarSource = {
      open: (_query, sink): Subscription => {
        this.#sink = sink;
        return { close: () => {}, pause: () => {}, resume: () => {} };
      },
    };
    const source = splice({
      history: new MemorySource(history, { covers: "query", origin: "backfill" }),
      live,
      grid: () => grid,
      clock: this.#time,
    });
    const query = { series: of, warmUpBars: history.length };
    source.open(query, {
      bars: ({ bars }) => {
        for (let i = 0; i < bars.length; i += 1) this.#sum += bars.close[i]!;
        this.#bars += bars.length;
      },
      coverage: () => {},
      event: () => {},
      end: () => {},
    });
    this.#time.advanceTo(this.#time.now());
  }

  /** Delivers every live bar at its close. */
  live(): void {
    const { live, series: of } = this.#feeds;
    for (const bars of live) {
      this.#time.advanceTo(bars.closeTime[0]!);
      this.#sink!.bars({ series: of, bars, finality: "final", origin: "live", version: 1 });
    }
  }
}

/** The same as one writes it for oneself: bars by open time in a map, and each only once. */
export class MappedFeeds {
  readonly #feeds: Feeds;
  readonly #known = new Map<number, Bar>();
  #bars = 0;
  #sum = 0;

  constructor(given: Feeds) {
    this.#feeds = given;
  }

  get received(): Received {
    return { bars: this.#bars, sum: this.#sum };
  }

  backfill(): void {
    for (const bar of this.#feeds.history) this.#known.set(bar.openTime, bar);
    const openTimes = [...this.#known.keys()].sort((a, b) => a - b);
    for (const openTime of openTimes) this.#take(this.#known.get(openTime)!);
  }

  live(): void {
    for (const bars of this.#feeds.live) {
      const bar = bars.at(0);
      if (this.#known.has(bar.openTime)) continue;
      this.#known.set(bar.openTime, bar);
      this.#take(bar);
    }
  }

  #take(bar: Bar): void {
    this.#sum += bar.close;
    this.#bars += 1;
  }
}
