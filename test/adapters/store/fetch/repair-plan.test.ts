import { beforeEach, describe, expect, it } from "vitest";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import {
  forgetFaulty,
  planRepair,
  type RepairPlan,
  repairRanges,
} from "../../../../adapters/store/fetch/repair-plan.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { formatInstant, HOUR_MS, MINUTE_MS } from "../../../../core/time/instant.ts";
import type { TimeRange } from "../../../../core/time/range.ts";
import { pinnedZone } from "../../../../core/time/zone.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import { ALWAYS_OPEN, generatedBars, plainBars, QUARTERS } from "../bars/store-fixture.ts";

// Goal: a repair finds everything that is wrong with a series and says why; what it forgets to be
// fetched again it notes as lost in the same transaction, so that no repair that is cut short hides
// that something is missing.

const { key } = QUARTERS;
const all = generatedBars(10_000);
const grid = new BarGrid(calendarByName("24/7"), QUARTERS.size);
const span = (from: number, to: number): TimeRange => ({
  from: all.openTime[from]!,
  to: all.closeTime[to - 1]!,
});

let disk: SimDisk;
let store: OrderedStore;
let bars: BarStore;

const update = (change: Partial<Parameters<BarStore["update"]>[2]>): void =>
  store.write((writer) => bars.update(writer, key, { source: "ib", receivedAt: 1, ...change }));

beforeEach(() => {
  disk = new SimDisk();
  store = disk.open();
  bars = new BarStore(store);
  store.write((writer) => bars.declare(writer, { series: QUARTERS, calendar: ALWAYS_OPEN }));
});

const plan = (): RepairPlan => planRepair(bars, key, pinnedZone);
const items = () => {
  const made = plan();
  if (made.kind !== "plan") throw new Error(made.problem);
  return made.items;
};

/** Turns bits of the entries at rest, from the last on, until a plan sees something. */
function damageUntil(isSeen: () => boolean): void {
  for (let bit = disk.bits - 1_000; !isSeen(); bit -= 50_021) disk.flipBit(bit);
}

describe("planRepair", () => {
  it("finds nothing wrong with a series that is whole, and with one that is empty", () => {
    expect(items()).toEqual([]);
    update({ bars: all, covered: [span(0, 10_000)] });
    expect(items()).toEqual([]);
  });

  it("finds gaps within what is known, and none beyond", () => {
    update({ bars: all.slice(0, 100), covered: [span(0, 100)] });
    update({ bars: all.slice(200, 300), covered: [span(200, 300)] });
    const [gap, ...others] = items();
    expect(others).toEqual([]);
    expect(gap).toMatchObject({
      kind: "gap",
      range: { from: span(0, 100).to, to: span(200, 300).from },
      problem: "it is not known to be complete",
    });
    expect(gap!.slots).toBe(grid.count(gap!.range));
  });

  it("finds bars around which nothing is known", () => {
    update({ bars: all.slice(0, 100) });
    expect(items()).toMatchObject([{ kind: "gap", range: span(0, 100) }]);
  });

  it("finds what is lost, with its reason", () => {
    update({ bars: all.slice(0, 100), covered: [span(0, 100)] });
    update({ lost: [{ range: span(20, 30), reason: "denied" }] });
    const found = items();
    expect(found.map(({ kind }) => kind)).toEqual(["contradiction", "lost"]);
    expect(found[1]).toMatchObject({ range: span(20, 30), problem: "denied" });
  });

  it("finds bars off the grid", () => {
    const odd = new BarColumns();
    const { openTime, closeTime, open, high, low, close, volume } = all.at(50);
    odd.append(openTime + MINUTE_MS, closeTime + MINUTE_MS, open, high, low, close, volume);
    update({ bars: all.slice(0, 100), covered: [span(0, 100)] });
    update({ bars: odd });
    expect(items()).toMatchObject([{ kind: "off-grid", slots: 1 }]);
  });

  it("finds damaged blocks, and tells how far it is", () => {
    update({ bars: all, covered: [span(0, 10_000)] });
    damageUntil(() => plan().kind === "plan" && items().length > 0);
    const told: string[] = [];
    const made = planRepair(bars, key, pinnedZone, (done, of) => told.push(`${done}/${of}`));
    expect(made).toMatchObject({ kind: "plan", items: [{ kind: "damaged-block" }] });
    expect(told).toEqual(["1/5", "2/5", "3/5", "4/5", "5/5"]);
  });

  it("says of a series whose description is damaged that nothing helps", () => {
    const empty = new SimDisk();
    const at = new BarStore(empty.open());
    empty.open().write((writer) => at.declare(writer, { series: QUARTERS, calendar: ALWAYS_OPEN }));
    const seen = new Set<string>();
    for (let bit = 7; bit < empty.bits; bit += 11) {
      empty.flipBit(bit);
      try {
        const made = planRepair(at, key, pinnedZone);
        if (made.kind === "beyond-repair") seen.add(made.problem);
      } catch (error) {
        // The list of series, or what the store is, was hit.
        expect(error).toMatchObject({
          code: expect.stringMatching(/^(?:damaged-store|unknown-series|newer-store)$/),
        });
      }
      empty.flipBit(bit);
    }
    expect([...seen].join()).toMatch(/its description/);
    expect([...seen].join()).toMatch(/its index/);
  });
});

describe("forgetFaulty", () => {
  it("leaves a damaged block behind as lost, so that it is found again", () => {
    update({ bars: all, covered: [span(0, 10_000)] });
    damageUntil(() => plan().kind === "plan" && items().length > 0);
    const made = plan();
    if (made.kind !== "plan") throw new Error(made.problem);
    const before = made.items;
    forgetFaulty(store, bars, made.of, before, 5);
    const after = items();
    expect(after.map(({ kind }) => kind)).toEqual(before.map(() => "lost"));
    expect(repairRanges(grid, after)).toEqual(repairRanges(grid, before));
    expect(after[0]!.problem).toMatch(/^to be fetched again: /);
    const [gone] = repairRanges(grid, before);
    const kept = [...all].filter(
      ({ openTime }) => !(openTime >= gone!.from && openTime < gone!.to),
    );
    expect(plainBars(bars.read(key))).toEqual(plainBars(kept));
    // Fetched, it is as it was.
    update({ bars: all, covered: [gone!] });
    expect(items()).toEqual([]);
    expect(plainBars(bars.read(key))).toEqual(plainBars(all));
  });

  it("changes nothing for what is missing or lost", () => {
    update({ bars: all.slice(0, 100), covered: [span(0, 50)] });
    update({ lost: [{ range: span(200, 210), reason: "denied" }] });
    const { calls } = disk;
    const made = plan();
    if (made.kind !== "plan") throw new Error(made.problem);
    expect(made.items.map(({ kind }) => kind)).toEqual(["gap", "lost"]);
    forgetFaulty(store, bars, made.of, made.items, 5);
    expect(disk.calls).toBe(calls);
  });
});

describe("repairRanges", () => {
  it("widens to whole slots and joins what touches", () => {
    const at = all.openTime[0]!;
    const item = (from: number, to: number) =>
      ({ kind: "gap", range: { from, to }, slots: 1, problem: formatInstant(from) }) as const;
    const wanted = [item(at + MINUTE_MS, at + 2 * MINUTE_MS), item(at + HOUR_MS / 4, at + HOUR_MS)];
    expect(repairRanges(grid, wanted)).toEqual([{ from: at, to: at + HOUR_MS }]);
  });
});
