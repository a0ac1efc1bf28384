import { describe, expect, it } from "vitest";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import type { SeriesAbout } from "../../../../adapters/store/bars/series-about.ts";
import {
  HistoryFetch,
  type HistoryFetchEnd,
  type HistoryFetchParts,
} from "../../../../adapters/store/fetch/history-fetch.ts";
import { ENTRY } from "../../../../adapters/store/keys.ts";
import type { OrderedStore, StoreReader } from "../../../../adapters/store/port/ordered-store.ts";
import type { BarQuery, BarSource, FeedFault } from "../../../../core/feed/bar-source.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { MINUTE_MS, type UnixMs } from "../../../../core/time/instant.ts";
import type { TimeRange } from "../../../../core/time/range.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import { barsOf, changed, market, plain } from "../../../support/market.ts";
import { readyHistory, ScriptedSource } from "../../../support/scripted-source.ts";

// Goal: a fetch stores what history confirms, page by page, waits for what heals, tries what does
// not so often as it is told, and then loses as little as it can: what is denied, and nothing else.

const truth = market({ size: "1m", from: "2024-03-05T00:00:00Z", bars: 6_000 });
const { openTime, closeTime, length } = truth.bars;
const ALL: TimeRange = { from: openTime[0]!, to: closeTime[length - 1]! };
const slots = (from: number, to: number): TimeRange => ({
  from: openTime[from]!,
  to: closeTime[to - 1]!,
});

const DENIED: FeedFault = { code: "denied", message: "there is nothing", retry: "later" };
const LINK: FeedFault = { code: "link", message: "no link", retry: "later" };
const REFUSED: FeedFault = { code: "refused", message: "not for you", retry: "never" };

class Scene {
  readonly time = new VirtualTime(ALL.to + 1);
  readonly bars: BarStore;
  readonly waits: string[] = [];
  readonly fetch: HistoryFetch;
  end: HistoryFetchEnd | undefined;
  stored = 0;

  constructor(
    history: BarSource,
    ranges: readonly TimeRange[] = [ALL],
    store: OrderedStore = new SimDisk().open(),
    { isPlayed = true, ...more }: Partial<HistoryFetchParts> & { isPlayed?: boolean } = {},
  ) {
    this.bars = new BarStore(store);
    const calendar = { name: "24/7", zone: "UTC", alignment: "clock" } as const;
    const about = { series: truth.series, calendar };
    this.fetch = new HistoryFetch(
      {
        store,
        bars: this.bars,
        about: () => about,
        grid: truth.grid,
        history,
        clock: this.time,
        source: "test",
        meaning: {
          isWaitedFor: ({ code }) => code === "link",
          isAboutBars: ({ code }) => code === "denied",
        },
        options: { attempts: 3, silenceMs: 1_000 },
        ...more,
      },
      ranges,
      {
        stored: () => {
          this.stored += 1;
        },
        waits: ({ code }) => this.waits.push(code),
        done: (end) => {
          expect(this.end).toBeUndefined();
          this.end = end;
        },
      },
    );
    this.fetch.start();
    while (isPlayed && this.time.step());
  }

  get read() {
    return [...this.bars.read(truth.series.key)].map(plain);
  }

  get known() {
    return this.bars.find(truth.series.key)!;
  }
}

/** A history that answers the newest 1,000 bars first, as far as it is not stopped by a fault. */
function pagedHistory(stop: (page: TimeRange) => FeedFault | undefined): ScriptedSource {
  return new ScriptedSource(truth.series, {
    onOpen: (source, query: BarQuery) => {
      const from = query.from!;
      let told = false;
      for (let to = query.to!; to > from; ) {
        const page = { from: Math.max(from, to - 1_000 * 60_000), to };
        const fault = stop(page);
        if (fault !== undefined) {
          source.end({ kind: told ? "partial" : "failed", fault });
          return;
        }
        source.say(barsOf(truth, page.from, page.to), { origin: "backfill" });
        source.cover(page.from, page.to);
        told = true;
        to = page.from;
      }
      source.end({ kind: "complete" });
    },
  });
}

const touches = (page: TimeRange, at: UnixMs): boolean => page.from <= at && at < page.to;

describe("a fetch", () => {
  it("stores all of some ranges, the newest first, and ends once", () => {
    const history = readyHistory(truth);
    const ranges = [slots(0, 100), slots(200, 300), slots(5_000, 6_000)];
    const scene = new Scene(history, ranges);
    expect(scene.end).toEqual({ kind: "through" });
    expect(history.queries.map(({ from }) => from)).toEqual(
      ranges.toReversed().map(({ from }) => from),
    );
    expect(scene.read).toEqual(ranges.flatMap(({ from, to }) => barsOf(truth, from, to)));
    expect(scene.known.complete).toEqual(ranges);
    expect(scene.fetch.figures).toMatchObject({ slots: 1_200, settled: 1_200, bars: 1_200 });
  });

  it("is through at once where nothing is wanted, and declares nothing", () => {
    const scene = new Scene(readyHistory(truth), []);
    expect(scene.end).toEqual({ kind: "through" });
    expect(scene.bars.list()).toEqual([]);
  });

  it("stores each page with what it proves in one transaction", () => {
    const disk = new SimDisk();
    const counts: number[] = [];
    const store = disk.open();
    const scene = new Scene(
      pagedHistory(() => {
        const { count = 0, complete = [] } = new BarStore(store).find(truth.series.key) ?? {};
        counts.push(count);
        expect(count).toBe(complete.reduce((sum, range) => sum + truth.grid.count(range), 0));
        return undefined;
      }),
      [ALL],
      store,
    );
    expect(scene.stored).toBe(6);
    expect(counts).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000]);
  });

  it("puts the batches of one confirmation in order", () => {
    const history = new ScriptedSource(truth.series, {
      onOpen: (source, { from, to }) => {
        source.say(barsOf(truth, openTime[50]!, to));
        source.say(barsOf(truth, from, openTime[51]!));
        source.cover(from!, to!);
        source.end({ kind: "complete" });
      },
    });
    expect(new Scene(history, [slots(0, 100)]).read).toEqual(
      barsOf(truth, ALL.from, openTime[100]),
    );
  });

  it("counts rows that were left out", () => {
    const { series, bars } = truth;
    const rejecting: BarSource = {
      open: ({ from, to }, sink) => {
        const [fault, reason] = ["off-grid", "no bar opens then"] as const;
        sink.event({ type: "rejection", series, bar: bars.at(0), fault, reason });
        sink.coverage({ from: from!, to: to! });
        sink.end({ kind: "empty" });
        return { close: () => {}, pause: () => {}, resume: () => {} };
      },
    };
    const { figures } = new Scene(rejecting, [slots(0, 100)]).fetch;
    expect(figures).toMatchObject({ rejected: 1, bars: 0, settled: 100 });
  });

  it("says nothing any more once it is closed, and has kept what came", () => {
    const history = new ScriptedSource(truth.series);
    const scene = new Scene(history, [slots(0, 100)], new SimDisk().open(), { isPlayed: false });
    history.say(barsOf(truth, openTime[50], openTime[100]));
    history.cover(openTime[50]!, openTime[100]!);
    scene.fetch.close();
    while (scene.time.step());
    expect(scene.end).toBeUndefined();
    expect(history.queries).toHaveLength(1);
    expect(scene.known).toMatchObject({ count: 50, complete: [slots(50, 100)], lost: [] });
  });

  it("tells the store anew what the series is when its calendar has learned", () => {
    const first = { name: "24/7", zone: "UTC", alignment: "clock" } as const;
    let about: SeriesAbout = { series: truth.series, calendar: first };
    const history = pagedHistory(({ to }) => {
      if (to < ALL.to)
        about = { series: truth.series, calendar: { ...first, alignment: "session" } };
      return undefined;
    });
    const scene = new Scene(history, [ALL], new SimDisk().open(), { about: () => about });
    expect(scene.end).toEqual({ kind: "through" });
    expect(scene.known.calendar.alignment).toBe("session");
  });
});

describe("a fetch whose history fails", () => {
  it("waits for what only time can mend, however long it takes", () => {
    let left = 50;
    const scene = new Scene(
      pagedHistory(({ to }) => {
        if (to > openTime[3_000]! || left === 0) return undefined;
        left -= 1;
        return LINK;
      }),
    );
    expect(scene.end).toEqual({ kind: "through" });
    expect(scene.waits).toEqual(Array(50).fill("link"));
    expect(scene.read).toEqual(barsOf(truth));
    expect(scene.time.now()).toBeGreaterThan(ALL.to + 40 * MINUTE_MS);
  });

  it("does not ask again for what came before", () => {
    let isBroken = true;
    const history = pagedHistory(({ to }) => {
      const fault = isBroken && to <= openTime[3_000]! ? LINK : undefined;
      if (fault !== undefined) isBroken = false;
      return fault;
    });
    const scene = new Scene(history);
    expect(scene.read).toEqual(barsOf(truth));
    expect(history.queries.map(({ from, to }) => ({ from, to }))).toEqual([ALL, slots(0, 3_000)]);
  });

  it("loses the slot that is denied, and no other", () => {
    const bad = openTime[2_345]!;
    const history = pagedHistory((page) => {
      // What it is asked for alone can be had all the same.
      const isAlone = page.to - page.from === MINUTE_MS;
      return touches(page, bad) && !isAlone ? DENIED : undefined;
    });
    const whole = new Scene(history);
    expect(whole.end).toEqual({ kind: "through" });
    const { lost } = whole.fetch.figures;
    expect(lost).toHaveLength(1);
    expect(touches(lost[0]!.range, bad)).toBe(true);
    expect(truth.grid.count(lost[0]!.range)).toBeLessThanOrEqual(2_000);
    expect(lost[0]!.reason).toBe("there is nothing");
    const had = barsOf(truth).filter((bar) => !touches(lost[0]!.range, bar.openTime));
    expect(whole.read).toEqual(had);
    expect(whole.known.lost).toEqual(lost);
    expect(whole.fetch.figures).toMatchObject({ slots: 6_000, settled: 6_000 });
  });

  it("loses all where all is denied, and comes to an end", () => {
    const scene = new Scene(pagedHistory(() => DENIED));
    expect(scene.end).toEqual({ kind: "through" });
    expect(scene.known).toMatchObject({
      count: 0,
      complete: [],
      lost: [{ range: ALL, reason: "there is nothing" }],
    });
  });

  it("tries what is denied so often as it is told, and once more alone", () => {
    let tries = 0;
    const history = pagedHistory(({ to }) => {
      if (to !== ALL.to) return undefined;
      tries += 1;
      return tries < 5 ? DENIED : undefined;
    });
    const scene = new Scene(history);
    expect(scene.fetch.figures.lost).toEqual([]);
    expect(scene.read).toEqual(barsOf(truth));
    expect(tries).toBe(5);
  });

  it("ends where it is refused, takes nothing for lost, and keeps what came", () => {
    const scene = new Scene(
      pagedHistory(({ to }) => (to > openTime[3_000]! ? undefined : REFUSED)),
    );
    expect(scene.end).toEqual({ kind: "refused", fault: REFUSED });
    expect(scene.waits).toEqual([]);
    expect(scene.known).toMatchObject({ complete: [slots(3_000, 6_000)], lost: [] });
  });

  it("ends where history is silent", () => {
    const scene = new Scene(new ScriptedSource(truth.series));
    expect(scene.end).toMatchObject({ kind: "refused", fault: { code: "timeout" } });
    expect(scene.bars.list()).toEqual([]);
  });
});

describe("a fetch whose store fails", () => {
  it("ends with the fault of the disk", () => {
    const scene = new Scene(
      pagedHistory(() => undefined),
      [ALL],
      new SimDisk([{ kind: "full", call: 5, count: 100 }]).open(),
    );
    expect(scene.end).toMatchObject({ kind: "failed", error: { code: "disk-full" } });
    expect(scene.known.count).toBeGreaterThan(0);
  });

  it("ends where a lost slot cannot be noted", () => {
    const store = new SimDisk([{ kind: "full", call: 1, count: 100 }]).open();
    const scene = new Scene(
      pagedHistory(() => DENIED),
      [ALL],
      store,
    );
    expect(scene.end).toMatchObject({ kind: "failed", error: { code: "disk-full" } });
    expect(scene.fetch.figures.lost).toEqual([]);
  });
});

describe("a fetch behind bars that are known", () => {
  const stored = (bars: readonly Bar[]): OrderedStore => {
    const store = new SimDisk().open();
    const at = new BarStore(store);
    const calendar = { name: "24/7", zone: "UTC", alignment: "clock" } as const;
    store.write((writer) => {
      at.declare(writer, { series: truth.series, calendar });
      at.update(writer, truth.series.key, {
        bars: BarColumns.of(bars),
        source: "csv",
        receivedAt: 1,
        covered: [slots(0, 1_000)],
      });
    });
    return store;
  };
  const times = (factor: number): Bar[] =>
    barsOf(truth, ALL.from, openTime[1_000]).map((bar) => {
      const { open, high, low, close } = bar;
      const prices = { open: open * factor, high: high * factor, low: low * factor };
      return changed(bar, { ...prices, close: close * factor });
    });

  it("sees that their prices are still the same", () => {
    const scene = new Scene(readyHistory(truth), [slots(1_000, 2_000)], stored(times(1)));
    expect(scene.known).toMatchObject({ lost: [], complete: [slots(0, 2_000)] });
  });

  it("loses them where all prices were multiplied since", () => {
    const scene = new Scene(readyHistory(truth), [slots(1_000, 2_000)], stored(times(4)));
    const reason = "all prices were multiplied by 0.25 since, as by a split";
    expect(scene.known).toMatchObject({
      complete: [slots(1_000, 2_000)],
      lost: [{ range: slots(0, 1_000), reason }],
    });
    expect(scene.fetch.figures.lost).toEqual(scene.known.lost);
    expect(scene.end).toEqual({ kind: "through" });
  });

  it("ends with what is wrong with them where they cannot be read", () => {
    const disk = new SimDisk();
    const store = disk.open();
    const broken: OrderedStore = {
      read: (work) =>
        store.read((reader) =>
          work({ ...views(reader), get: (key) => (isBlock(key) ? undefined : reader.get(key)) }),
        ),
      write: (work) => store.write(work),
      close: () => {},
    };
    const at = new BarStore(store);
    const calendar = { name: "24/7", zone: "UTC", alignment: "clock" } as const;
    store.write((writer) => {
      at.declare(writer, { series: truth.series, calendar });
      at.update(writer, truth.series.key, {
        bars: BarColumns.of(times(1)),
        source: "csv",
        receivedAt: 1,
      });
    });
    const scene = new Scene(readyHistory(truth), [slots(1_000, 2_000)], broken);
    expect(scene.end).toMatchObject({ kind: "failed", error: { code: "damaged-store" } });
  });
});

const isBlock = (key: Uint8Array): boolean => key[0] === ENTRY.block;

function views(reader: StoreReader): StoreReader {
  return {
    get: (key) => reader.get(key),
    range: (range) => reader.range(range),
    last: (range) => reader.last(range),
  };
}
