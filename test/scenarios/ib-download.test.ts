import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { SimDisk } from "../../sim/disk/index.ts";
import type { HistoryFault, IbGatewayFault } from "../../sim/ib/index.ts";
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
import type { LaterFault } from "../support/ib-world.ts";

// Goal: whatever goes wrong between a gateway and a store, a download ends with every bar of the
// truth in the store once, its coverage says so, and nothing that was covered is asked for again.

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
