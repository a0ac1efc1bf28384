import { describe, expect, it, test } from "vitest";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import type { OrderedStore } from "../../adapters/store/port/ordered-store.ts";
import { createBar } from "../../core/market/bar.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { SimDisk } from "../../sim/disk/index.ts";
import type { HistoryFault, IbGatewayFault } from "../../sim/ib/index.ts";
import { Truth } from "../../sim/index.ts";
import { DownloadWorld } from "../support/download-world.ts";
import { expectNothingLeft } from "../support/ib-outcome.ts";
import type { IbWorldOptions, LaterFault } from "../support/ib-world.ts";
import { barsOf, market, plain } from "../support/market.ts";

// Goal: whatever goes wrong between a gateway and a store, a download ends with every bar of the
// truth in the store once, its coverage says so, and nothing that was covered is asked for again;
// what a gateway denies for good is noted as lost, and can be fetched once it gives in.

/** Eight days of New York with quiet slots, over a weekend and the change to daylight saving. */
const truth = market({
  calendar: calendarByName("XNYS"),
  size: "5m",
  from: "2024-03-05T00:00:00Z",
  bars: 8 * 75,
  emptyShare: 0.02,
});
const START = instant("2024-03-14T23:00:00Z");
const RANGE: TimeRange = { from: instant("2024-03-05T00:00:00Z"), to: START };
/** So many requests bring all of it: the shortest duration that holds 40 slots is two sessions. */
const PAGES = 5;
/** The third page is on its way; each is of two days. */
const MID_PAGE_MS = 200;
const OPTIONS: IbWorldOptions = { feed: { history: { pageBars: 40 } } };

const withFaults = (faults: readonly LaterFault[]): IbWorldOptions => ({ ...OPTIONS, faults });

/** Every bar of the truth, and that there are no others. */
function expectWhole(store: OrderedStore): void {
  const bars = new BarStore(store);
  const [series] = bars.list();
  const read = [...bars.read(series!.key)].map(plain);
  expect(read).toEqual(barsOf(truth));
  expect(series!.count).toBe(truth.bars.length);
  expect(series!.lost).toEqual([]);
  expect(series!.complete).toHaveLength(1);
  expect(series!.complete[0]!.from).toBeLessThanOrEqual(truth.bars.openTime[0]!);
  expect(series!.complete[0]!.to).toBeGreaterThanOrEqual(
    truth.bars.closeTime[truth.bars.length - 1]!,
  );
  expect(bars.verify(series!.key)).toEqual([]);
}

function expectThrough(download: DownloadWorld): void {
  expect(download.error).toBeUndefined();
  expect(download.end).toMatchObject({ fault: undefined, figures: { lost: [] } });
  const { slots, settled } = download.end!.figures;
  expect(settled).toBe(slots);
  expect(download.askedAgain).toEqual([]);
}

describe("a download from a gateway in order", () => {
  const store = new SimDisk().open();
  const download = new DownloadWorld(truth, START, store, OPTIONS).fetch(RANGE).play(DAY_MS);

  it("brings all, with one request a page", () => {
    expectThrough(download);
    expectWhole(store);
    const { slots, settled, bars } = download.end!.figures;
    expect(settled).toBe(slots);
    expect(download.asked).toHaveLength(PAGES);
    expect(bars).toBe(truth.bars.length);
  });

  it("says where each bar came from, and when it was received", () => {
    const { openTime } = truth.bars.at(7);
    const provenance = download.bars.provenance(download.key, openTime)!;
    expect(provenance).toMatchObject({ source: "ib", version: 1 });
    expect(provenance.receivedAt).toBeGreaterThan(START);
    expect(provenance.receivedAt).toBeLessThan(START + MINUTE_MS);
  });

  it("stores the sessions of the gateway from before the first bar on", () => {
    const { calendar } = download.bars.find(download.key)!;
    expect(calendar).toMatchObject({ zone: "America/New_York", alignment: "clock" });
    const days = calendar.sessions!.map(({ day }) => day * DAY_MS);
    expect(days[0]).toBeLessThan(RANGE.from);
    expect(days.at(-1)).toBeGreaterThan(START - DAY_MS);
  });

  it("leaves nothing behind", () => {
    expectNothingLeft(download.world);
  });

  it("asks for nothing when it is begun again", () => {
    const again = new DownloadWorld(truth, START, store, OPTIONS).fetch(RANGE).play(DAY_MS);
    expectThrough(again);
    expect(again.asked).toEqual([]);
    expect(again.end!.figures.slots).toBe(0);
    again.close();
  });

  it("asks only for what came since when it is begun on another day", () => {
    const part = new SimDisk().open();
    const early = START - 3 * DAY_MS;
    const first = new DownloadWorld(truth, early, part, OPTIONS);
    first.fetch({ from: RANGE.from, to: early }).play(DAY_MS).close();
    const before = first.bars.find(first.key)!;
    const second = new DownloadWorld(truth, START, part, OPTIONS).fetch(RANGE).play(DAY_MS);
    expectThrough(second);
    expectWhole(part);
    expect(second.end!.figures.bars).toBe(truth.bars.length - before.count);
    second.close();
  });
});

describe("a download is whole in spite of", () => {
  const history = (what: HistoryFault, count: number): LaterFault => [
    MID_PAGE_MS,
    { kind: "history", what, count },
  ];
  const once = (fault: IbGatewayFault): LaterFault => [MID_PAGE_MS, fault];

  it.each<readonly [string, readonly LaterFault[]]>([
    ["a pacing violation", [history({ kind: "pacing" }, 1)]],
    ["pacing violations, one after the other", [history({ kind: "pacing" }, 5)]],
    ["errors", [history({ kind: "fail" }, 3)]],
    ["a gateway that lies once and calls a page empty", [history({ kind: "empty" }, 1)]],
    ["a gateway that calls three pages empty", [history({ kind: "empty" }, 3)]],
    ["answers of which half is missing", [history({ kind: "partial" }, 4)]],
    ["a page that is never answered", [history({ kind: "never" }, 1)]],
    ["slow answers", [history({ kind: "slow", byMs: 15_000 }, 3)]],
    ["a disconnection in the middle of a page", [once({ kind: "down", forMs: 90 * SECOND_MS })]],
    ["an outage of six hours", [once({ kind: "down", forMs: 6 * HOUR_MS })]],
    ["a connection that is half open", [once({ kind: "half-open", forMs: 5 * MINUTE_MS })]],
    ["1100, then 1101", [once({ kind: "link", forMs: 20 * MINUTE_MS, ending: "1101" })]],
    ["farms that are gone for an hour", [once({ kind: "farm", forMs: HOUR_MS, kills: false })]],
    ["another port", [once({ kind: "port" })]],
    [
      "all of it",
      [
        history({ kind: "empty" }, 1),
        [MID_PAGE_MS + 1, { kind: "down", forMs: MINUTE_MS }],
        [2 * MINUTE_MS, { kind: "history", what: { kind: "pacing" }, count: 2 }],
        [3 * MINUTE_MS, { kind: "history", what: { kind: "partial" }, count: 2 }],
      ],
    ],
  ])("%s", (_name, faults) => {
    const store = new SimDisk().open();
    const download = new DownloadWorld(truth, START, store, withFaults(faults));
    download.fetch(RANGE).play(DAY_MS);
    expectThrough(download);
    expectWhole(store);
    expect([...download.world.gateway.violations]).toEqual([]);
    expectNothingLeft(download.world);
  });
});

describe("a download that is stopped and begun anew", () => {
  it("goes on where it was, after every single page", () => {
    const store = new SimDisk().open();
    let asked = 0;
    let processes = 0;
    for (let isThrough = false; !isThrough; processes += 1) {
      const download = new DownloadWorld(truth, START, store, OPTIONS, (stored) => stored.stop());
      download.fetch(RANGE).play(DAY_MS);
      expect(download.error).toBeUndefined();
      expect(download.askedAgain).toEqual([]);
      asked += download.asked.length;
      const { figures } = download.end!;
      isThrough = figures.settled === figures.slots;
      expectNothingLeft(download.world);
    }
    expectWhole(store);
    expect(processes).toBe(PAGES);
    expect(asked).toBe(PAGES);
  });

  it("goes on where it was, stopped amid pages, whatever came of them", () => {
    const store = new SimDisk().open();
    for (let afterMs = 20; ; afterMs += 37) {
      const download = new DownloadWorld(truth, START, store, OPTIONS).fetch(RANGE).play(afterMs);
      const isThrough = download.isOver;
      expect(download.askedAgain).toEqual([]);
      download.close();
      if (isThrough) break;
    }
    expectWhole(store);
  });

  it("goes on after a death at any write", () => {
    const sound = new SimDisk();
    new DownloadWorld(truth, START, sound.open(), OPTIONS).fetch(RANGE).play(DAY_MS).close();
    for (let call = 1; call <= sound.calls; call += 3) {
      for (const moment of ["before", "torn", "after"] as const) {
        const disk = new SimDisk([{ kind: "kill", call, moment }]);
        const killed = new DownloadWorld(truth, START, disk.open(), OPTIONS);
        killed.fetch(RANGE).play(DAY_MS);
        expect(killed.error).toMatchObject({ name: "ProcessKilled" });
        killed.world.close();
        const store = disk.open();
        const download = new DownloadWorld(truth, START, store, OPTIONS).fetch(RANGE).play(DAY_MS);
        expectThrough(download);
        expectWhole(store);
        download.close();
      }
    }
  });

  it("ends with the fault of a disk that is full, and keeps what came before", () => {
    const disk = new SimDisk([{ kind: "full", call: 8 }]);
    const download = new DownloadWorld(truth, START, disk.open(), OPTIONS);
    download.fetch(RANGE).play(DAY_MS);
    expect(download.error).toMatchObject({ code: "disk-full" });
    expect(download.bars.find(download.key)!.count).toBeGreaterThan(0);
    expectNothingLeft(download.world);
  });
});

describe("what a gateway denies for good", () => {
  const denials = withFaults([
    [MID_PAGE_MS, { kind: "history", what: { kind: "empty" }, count: 1_000_000 }],
  ]);

  it("is lost with the reason, and had once the gateway gives in", () => {
    const store = new SimDisk().open();
    const download = new DownloadWorld(truth, START, store, denials).fetch(RANGE).play(7 * DAY_MS);
    expect(download.error).toBeUndefined();
    const { lost, settled, slots } = download.end!.figures;
    expect(settled).toBe(slots);
    expect(lost.map(({ reason }) => reason)).toEqual([expect.stringMatching(/says there is no/)]);
    expect(download.bars.find(download.key)!.lost).toEqual(lost);
    expectNothingLeft(download.world);
    const again = new DownloadWorld(truth, START, store, OPTIONS);
    again.begin(() => lost.map(({ range }) => range)).play(DAY_MS);
    expectThrough(again);
    expectWhole(store);
    again.close();
  });

  it("ends it where it is everything, and nothing is taken for lost", () => {
    const store = new SimDisk().open();
    const download = new DownloadWorld(
      truth,
      START,
      store,
      withFaults([[0, { kind: "deny", code: 10187, of: ["history"] }]]),
    );
    download.fetch(RANGE).play(DAY_MS);
    expect(download.end!.fault).toMatchObject({ code: "no-permission" });
    expect(download.bars.list()).toEqual([]);
    expectNothingLeft(download.world);
  });
});

test("prices that were adjusted meanwhile make lost what was stored before", () => {
  const store = new SimDisk().open();
  const halved = new BarColumns();
  for (const { openTime, closeTime, open, high, low, close, volume } of truth.bars) {
    const prices = { open: open / 2, high: high / 2, low: low / 2, close: close / 2 };
    halved.push(createBar({ openTime, closeTime, ...prices, volume: volume * 2 }));
  }
  const split = new Truth(truth.series, truth.grid, halved, 7);
  const early = START - 3 * DAY_MS;
  const first = new DownloadWorld(truth, early, store, OPTIONS);
  first.fetch({ from: RANGE.from, to: early }).play(DAY_MS).close();
  const second = new DownloadWorld(split, START, store, OPTIONS).fetch(RANGE).play(DAY_MS);
  const { lost } = second.end!.figures;
  expect(lost).toEqual([
    { range: expect.anything(), reason: "all prices were multiplied by 0.5 since, as by a split" },
  ]);
  second.close();
  const third = new DownloadWorld(split, START, store, OPTIONS);
  third.begin(() => lost.map(({ range }) => range)).play(DAY_MS);
  expect([...third.bars.read(third.key)].map(plain)).toEqual(barsOf(split));
  expect(third.bars.find(third.key)).toMatchObject({ lost: [], complete: [expect.anything()] });
  expect(third.bars.verify(third.key)).toEqual([]);
  third.close();
});
