import { beforeEach, describe, expect, it } from "vitest";
import { series } from "../../../../core/market/series.ts";
import type { Strategy } from "../../../../core/trading/strategy.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import { busy, fillOf, OutsideBroker } from "../../../core/engine/journaled-fixture.ts";
import { close, open, SERIES } from "../../../core/feed/seam/seam-fixture.ts";
import { entries, type LifeOptions, processes, StoredLife } from "./journal-fixture.ts";

let disk: SimDisk;

beforeEach(() => {
  disk = new SimDisk();
});

const life = (at: number, options?: LifeOptions): StoredLife => new StoredLife(disk, at, options);

const whole = new StoredLife(new SimDisk(), open(0)).live(16);

/** Turns a bit of the newest entry of a kind. */
function hurt(kind: number): void {
  const store = disk.open();
  const found = [...entries(store)].filter(([key]) => key.startsWith(`${kind},`)).at(-1)!;
  const key = Uint8Array.from(found[0].split(",").map(Number));
  store.write((writer) => writer.put(key, found[1].with(-1, found[1].at(-1)! ^ 1)));
}

// Goal: a run of a name is gone on with where it can be, bit for bit, and where it cannot, its
// account is.
describe("taking up a run", () => {
  it("begins one where there is none", () => {
    const { taken, runs } = life(open(0));
    expect(taken).toMatchObject({ how: "new", notes: [] });
    expect(taken.journaled.run.state).toBe("INITIALIZING");
    expect(runs.list().map(({ about }) => about.name)).toEqual(["mine"]);
  });

  it.each([1, 5, 1_000])("goes on where it was, with a snapshot every %s bars", (snapshotBars) => {
    life(open(0), { snapshotBars }).live(9);
    const again = life(close(8), { snapshotBars });
    expect(again.taken.how).toBe("resumed");
    const from = snapshotBars < 100 ? "snapshot" : "beginning";
    expect(again.taken).toMatchObject({ from, notes: [] });
    expect(again.runs.list()).toHaveLength(1);
    again.live(16);
    expect(again.taken.journaled.digest).toBe(whole.taken.journaled.digest);
    expect(again.taken.journaled.run.summary()).toEqual(whole.taken.journaled.run.summary());
  });

  it("begins anew a run that had decided nothing, and keeps its account", () => {
    life(open(0)).live(3);
    const again = life(close(3));
    expect(again.taken).toMatchObject({ how: "new", notes: [] });
    expect(again.runs.list()).toHaveLength(2);
  });

  it("begins anew when it is told to, with a new account", () => {
    life(open(0)).live(12);
    const again = life(close(11), { isAnew: true });
    expect(again.taken.how).toBe("new");
    expect(again.taken.journaled.run.summary()).toMatchObject({ fills: 0, position: 0 });
    expect(again.taken.journal.run.head.lastOrderId).toBeGreaterThan(0);
  });

  it("does not take a run that another process has", () => {
    life(open(0)).live(9);
    const options: LifeOptions[] = [
      {},
      { isAnew: true },
      { about: { code: "2" } },
      { readjusted: 0.5 },
    ];
    const before = entries(disk.open());
    for (const each of options.slice(0, 3)) {
      const claim = () => life(close(8), { ...each, processes: processes(2, "alive") });
      expect(claim).toThrow(expect.objectContaining({ code: "run-in-use" }));
      expect(entries(disk.open())).toEqual(before);
    }
  });

  it.each([
    ["its code", { code: "2" }, "the strategy's code has changed"],
    [
      "a parameter",
      { parameters: { length: 4, mode: "long", eager: true } },
      "its parameter length is 4 now",
    ],
    ["its cash", { cash: "5" }, "its cash is 5 now"],
    ["its commission", { commission: "1" }, "its commission is 1 now"],
    ["its slippage", { slippage: "1" }, "its slippage is 1 now"],
    ["what a lost bar means", { lostBars: "continue" as const }, "its lostBars is continue now"],
  ])("warms up once more, with its account, when %s has changed", (_what, about, note) => {
    const before = life(open(0)).live(12).taken.journaled.run.summary();
    expect(before.fills).toBeGreaterThan(1);
    const again = life(close(11), { about });
    expect(again.taken).toMatchObject({ how: "warmed-again", notes: [note] });
    const { position, fills, readyAt } = again.taken.journaled.run.summary();
    expect({ position, fills }).toEqual({ position: before.position, fills: before.fills });
    expect(readyAt).toBeUndefined();
    // And once more after that: nothing of the account is lost or counted twice.
    again.live(16);
    const third = life(close(15), { about: { ...about, code: "3" } });
    expect(third.taken.journaled.run.summary()).toMatchObject({
      position: again.taken.journaled.run.summary().position,
      fills: again.taken.journaled.run.summary().fills,
    });
    const played = life(close(15), { about: { ...about, code: "3" } });
    expect(played.taken.journaled.run.summary().fills).toBe(
      again.taken.journaled.run.summary().fills,
    );
  });

  it("refuses a name whose run is on another series", () => {
    life(open(0)).live(9);
    const other = series(SERIES.instrument, SERIES.size, "midpoint");
    expect(() => life(close(8), { about: { series: other } })).toThrow(
      expect.objectContaining({ code: "other-series" }),
    );
  });

  it("plays from its beginning under another version of the program, and passes over snapshots", () => {
    life(open(0), { snapshotBars: 2 }).live(9);
    const again = life(close(8), { about: { barline: "1.1" } });
    expect(again.taken).toMatchObject({ how: "resumed", from: "beginning", notes: [] });
  });

  it("passes over snapshots that are damaged, and says so", () => {
    life(open(0), { snapshotBars: 2 }).live(9);
    hurt(18);
    const again = life(close(8));
    expect(again.taken).toMatchObject({ how: "resumed", from: "snapshot" });
    expect(again.taken.notes).toEqual([expect.stringContaining("a snapshot was passed over")]);
  });

  it("passes over a snapshot that was sound and is none of this run", () => {
    life(open(0), { snapshotBars: 2 }).live(9);
    const again = life(close(8), { options: { broker: new OutsideBroker() } });
    expect(again.taken.how).toBe("warmed-again");
    expect(again.taken.notes[0]).toContain("it was saved with another kind of broker");
  });

  it("names a commit that is damaged, and does nothing more", () => {
    life(open(0)).live(9);
    hurt(17);
    const before = entries(disk.open());
    expect(() => life(close(8))).toThrow(expect.objectContaining({ code: "damaged-store" }));
    expect([...entries(disk.open()).keys()]).toEqual([...before.keys()]);
  });

  it("warms up once more where it would decide otherwise than it did", () => {
    life(open(0)).live(12);
    const other: Strategy = {
      ...busy(),
      setup: (declare) => {
        const rules = busy().setup(declare, {});
        return {
          onBar: (bar, trade) => {
            if (bar.closeTime < close(9)) rules.onBar(bar, trade);
          },
        };
      },
    };
    const again = life(close(11), { options: { strategy: other } });
    expect(again.taken.how).toBe("warmed-again");
    expect(again.taken.notes.at(-1)).toMatch(
      /^on what it saw at .* it decides otherwise \(\w+ then, \w+ now\) than it did$/,
    );
  });

  it("warms up once more where it computes otherwise than it did", () => {
    life(open(0)).live(12);
    // As if indicators of the same strategy were made in another way.
    const strategy: Strategy = {
      ...busy(),
      setup: (declare, parameters) =>
        busy().setup(
          Object.assign(Object.create(declare), {
            indicator: (indicator: never, options: never) =>
              declare.indicator(indicator, { ...(options as object), of: "high" }),
            memory: declare.memory.bind(declare),
            series: declare.series.bind(declare),
          }),
          parameters,
        ),
    };
    const again = life(close(11), { options: { strategy } });
    expect(again.taken.how).toBe("warmed-again");
    expect(again.taken.notes.at(-1)).toContain("it computes other values");
  });
});

describe("taking up a run whose prices were readjusted", () => {
  it.each([
    ["a split in two", 0.5, 2],
    ["a split in three, a little off", 0.33335, 3],
    ["three for two", 2 / 3, 1.5],
    ["a reverse split", 10, 0.1],
  ])("goes on in new prices after %s", (_what, readjusted, units) => {
    const before = life(open(0)).live(12).taken.journaled.run.summary();
    expect(before.position).not.toBe(0);
    const again = life(close(11), { readjusted });
    expect(again.taken.how).toBe("warmed-again");
    expect(again.taken.notes).toEqual([
      `all prices were multiplied by ${readjusted} since they were stored`,
    ]);
    const after = again.taken.journaled.run.summary();
    expect(after.position).toBeCloseTo(before.position * units, 9);
    expect(after.cash.toNumber()).toBeCloseTo(before.cash.toNumber(), 6);
    expect(again.bars.read(SERIES.key)).toHaveLength(0);
    const { complete } = again.bars.coverage(SERIES.key);
    const isCovered = (at: number) => complete.some(({ from, to }) => from <= at && at < to);
    expect([...Array(12).keys()].filter((index) => isCovered(open(index)))).toEqual([]);
  });

  it("keeps its units where that was no split, as after a dividend", () => {
    const before = life(open(0)).live(12).taken.journaled.run.summary();
    for (const readjusted of [0.9765, 0.96, 0.93]) {
      const again = life(close(11), { readjusted });
      expect(again.taken.journaled.run.summary().position).toBe(before.position);
    }
  });

  it("forgets nothing where nothing is stored", () => {
    life(open(0));
    const again = life(open(0) + 1, { readjusted: 0.5 });
    expect(again.taken.how).toBe("warmed-again");
  });
});

describe("taking up a run at a broker outside", () => {
  it("carries its open orders over, and asks of them", () => {
    const broker = new OutsideBroker();
    const first = life(open(0), { options: { broker } });
    first.live(12);
    const [one, ...rest] = broker.orders;
    broker.listener!.filled(fillOf(one!, first.time.now()));
    expect(rest.length).toBeGreaterThan(0);
    const ids = rest.map(({ id }) => id);
    const next = new OutsideBroker();
    const again = life(close(11), { about: { code: "2" }, options: { broker: next } });
    expect(again.taken.journaled.run.parts.desk.openOrders.map(({ id }) => id)).toEqual(ids);
    again.live(16);
    expect(next.told[0]).toBe(`resume ${ids}`);
    next.listener!.rejected(rest[0]!, "never arrived", again.time.now());
    const third = life(close(15), {
      about: { code: "3" },
      options: { broker: new OutsideBroker() },
    });
    const open3 = third.taken.journaled.run.parts.desk.openOrders.map(({ id }) => id);
    expect(open3).not.toContain(ids[0]);
    expect(third.taken.journal.run.head.lastOrderId).toBeGreaterThanOrEqual(ids.at(-1)!);
  });

  it("carries no orders over that a broker within the run had", () => {
    life(open(0)).live(12);
    const again = life(close(11), { about: { code: "2" } });
    expect(again.taken.journaled.run.summary().openOrders).toBe(0);
  });
});
