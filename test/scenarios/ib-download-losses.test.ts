import { describe, expect, it, test } from "vitest";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import {
  forgetFaulty,
  planRepair,
  type RepairItem,
  repairRanges,
} from "../../adapters/store/fetch/repair-plan.ts";
import { createBar } from "../../core/market/bar.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { DAY_MS } from "../../core/time/instant.ts";
import { pinnedZone } from "../../core/time/zone.ts";
import { SimDisk } from "../../sim/disk/index.ts";
import { Truth } from "../../sim/index.ts";
import {
  expectThrough,
  expectWhole,
  MID_PAGE_MS,
  OPTIONS,
  PAGES,
  RANGE,
  START,
  truth,
  withFaults,
} from "../support/download-market.ts";
import { DownloadWorld } from "../support/download-world.ts";
import { expectNothingLeft } from "../support/ib-outcome.ts";
import { barsOf, plain } from "../support/market.ts";

// Goal: what a gateway denies for good, what was adjusted and what was damaged is noted as lost
// with its reason, and nothing else is; fetched again, all of it is there.

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

describe("a store that was damaged", () => {
  const seen = (bars: BarStore, key: string): readonly RepairItem[] => {
    const plan = planRepair(bars, key, pinnedZone);
    return plan.kind === "plan" ? plan.items : [];
  };

  it("is whole again, also when the repair dies after each page", () => {
    const disk = new SimDisk();
    const first = new DownloadWorld(truth, START, disk.open(), OPTIONS).fetch(RANGE).play(DAY_MS);
    first.close();
    const { key } = first;
    const bars = new BarStore(disk.open());
    for (let bit = disk.bits - 1_000; seen(bars, key).length === 0; bit -= 10_007) {
      disk.flipBit(bit);
    }
    expect(seen(bars, key)).toMatchObject([{ kind: "damaged-block" }]);
    let processes = 0;
    for (let items = seen(bars, key); items.length > 0; items = seen(bars, key)) {
      const store = disk.open();
      const repair = new DownloadWorld(truth, START, store, OPTIONS, (stored) => stored.stop());
      const before = repair.bars.find(key)!;
      repair.begin((feed) => {
        forgetFaulty(store, repair.bars, before, items, feed.clock.now());
        return repairRanges(feed.grid(feed.series), items);
      });
      repair.play(DAY_MS);
      expect(repair.error).toBeUndefined();
      expect(repair.askedAgain).toEqual([]);
      expectNothingLeft(repair.world);
      processes += 1;
    }
    expect(processes).toBe(PAGES);
    expectWhole(disk.open());
  });
});
