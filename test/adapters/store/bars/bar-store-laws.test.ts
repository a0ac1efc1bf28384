// Goal: whatever is stored, in whatever order and pieces, replaced, forgotten and consolidated,
// the store has exactly the bars, coverage and provenance of a plain model, and is sound.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK_BARS } from "../../../../adapters/store/bars/bar-block.ts";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import type { BarProvenance } from "../../../../adapters/store/bars/block/provenance-columns.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { instant, MINUTE_MS, type UnixMs } from "../../../../core/time/instant.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import { Random } from "../../../../sim/random.ts";
import { ALWAYS_OPEN, plainBars, QUARTERS } from "./store-fixture.ts";

const START = instant("2020-01-01T00:00:00Z");
const STEP_MS = 15 * MINUTE_MS;
const SLOTS = 9_000;
const timeOf = (slot: number): UnixMs => START + slot * STEP_MS;

interface Told {
  readonly bar: Bar;
  readonly provenance: BarProvenance;
}

/** What there should be, slot by slot. */
class Model {
  readonly bars = new Map<number, Told>();
  readonly known = new Map<number, "complete" | string>();

  get sorted(): Told[] {
    return [...this.bars].sort(([a], [b]) => a - b).map(([, told]) => told);
  }
}

const span = fc
  .tuple(fc.nat({ max: SLOTS }), fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 3_000 })))
  .map(([from, length]) => ({ from, to: from + 1 + length }));
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("bars" as const), span, seed: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("append" as const), seed: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cover" as const), span }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("lose" as const),
      span,
      reason: fc.constantFrom("no data", "timeout"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("forget" as const), span }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("consolidate" as const) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function barOf(slot: number, random: Random): Bar {
  const open = random.integer(100, 200_000) / 100;
  const close = random.integer(100, 200_000) / 100;
  const openTime = timeOf(slot);
  return {
    openTime,
    closeTime: openTime + STEP_MS,
    open,
    high: Math.max(open, close) + 0.25,
    low: Math.min(open, close) - 0.25,
    close,
    volume: random.integer(0, 9_999),
  };
}

/** A store and its model, side by side. */
class World {
  readonly disk = new SimDisk();
  readonly store = this.disk.open();
  readonly bars = new BarStore(this.store);
  readonly model = new Model();

  constructor() {
    this.store.write((writer) =>
      this.bars.declare(writer, { series: QUARTERS, calendar: ALWAYS_OPEN }),
    );
  }

  do(operation: Operation): void {
    const { model } = this;
    if (operation.kind === "consolidate") {
      this.bars.consolidate(QUARTERS.key);
      return;
    }
    if (operation.kind === "append") {
      const next = Math.max(-1, ...model.bars.keys()) + 1;
      this.#put({ from: next, to: next + 1 }, operation.seed, 1);
      return;
    }
    const { from, to } = operation.span;
    const range = { from: timeOf(from), to: timeOf(to) };
    if (operation.kind === "bars") {
      this.#put(operation.span, operation.seed, 0.9);
      return;
    }
    this.store.write((writer) => {
      const told = { source: "ib", receivedAt: 5 };
      const { key } = QUARTERS;
      if (operation.kind === "cover") this.bars.update(writer, key, { ...told, covered: [range] });
      else if (operation.kind === "forget") this.bars.forget(writer, key, range);
      else {
        // Nobody says of a bar that it is lost: it is forgotten before.
        this.bars.forget(writer, key, range);
        const lost = [{ range, reason: operation.reason }];
        this.bars.update(writer, key, { ...told, lost });
      }
    });
    for (let slot = from; slot < to; slot += 1) {
      if (operation.kind !== "cover") model.bars.delete(slot);
      if (operation.kind === "cover") model.known.set(slot, "complete");
      else if (operation.kind === "lose") model.known.set(slot, operation.reason);
      else model.known.delete(slot);
    }
  }

  #put({ from, to }: { from: number; to: number }, seed: number, density: number): void {
    const random = new Random(seed % 2 ** 31, "bars");
    const provenance = {
      source: random.chance(0.5) ? "ib" : "live",
      receivedAt: random.integer(1, 2 ** 40),
      version: random.chance(0.9) ? 1 : 2,
    };
    const bars = new BarColumns();
    for (let slot = from; slot < to; slot += 1) {
      if (!random.chance(density)) continue;
      const bar = barOf(slot, random);
      bars.push(bar);
      this.model.bars.set(slot, { bar, provenance });
      if (this.model.known.get(slot) !== "complete") this.model.known.delete(slot);
    }
    this.store.write((writer) => this.bars.update(writer, QUARTERS.key, { bars, ...provenance }));
  }

  /** Everything that the store can be asked for is as the model says. */
  check(): void {
    const { key } = QUARTERS;
    const { model } = this;
    const told = model.sorted;
    expect(plainBars(this.bars.read(key))).toEqual(told.map(({ bar }) => bar));
    const found = this.bars.find(key)!;
    expect(found).toMatchObject({ count: told.length, key });
    expect(found.first).toBe(told[0]?.bar.openTime);
    expect(found.last).toBe(told.at(-1)?.bar.openTime);
    const known = new Map<number, string>();
    for (const { from, to } of found.complete) {
      for (let at = from; at < to; at += STEP_MS) known.set((at - START) / STEP_MS, "complete");
    }
    for (const { range, reason } of found.lost) {
      for (let at = range.from; at < range.to; at += STEP_MS) {
        const slot = (at - START) / STEP_MS;
        expect(known.has(slot)).toBe(false);
        known.set(slot, reason);
      }
    }
    const sorted = (of: Map<number, string>) => [...of].sort(([a], [b]) => a - b);
    expect(sorted(known)).toEqual(sorted(model.known));
    expect(this.bars.coverage(key)).toEqual({ complete: found.complete, lost: found.lost });
    expect(this.bars.verify(key)).toEqual([]);
  }
}

describe("a bar store", () => {
  it("has what a plain model has, after every operation", () => {
    const cut = fc.tuple(fc.nat({ max: SLOTS }), fc.nat({ max: 4_000 }), fc.nat({ max: 5_000 }));
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 12 }),
        cut,
        (operations, [from, length, size]) => {
          const world = new World();
          for (const each of operations) {
            world.do(each);
            world.check();
          }
          const { bars, model } = world;
          const range = { from: timeOf(from) - 1, to: timeOf(from + length) };
          const wanted = model.sorted
            .map(({ bar }) => bar)
            .filter((bar) => bar.openTime >= range.from && bar.openTime < range.to);
          expect(plainBars(bars.read(QUARTERS.key, range))).toEqual(wanted);
          const batches = [...bars.batches(QUARTERS.key, range, size + 1)];
          expect(batches.flatMap((batch) => plainBars(batch))).toEqual(wanted);
          expect(batches.every((batch) => batch.length > 0 && batch.length <= size + 1)).toBe(true);
          for (const slot of [from, from + length, ...[...model.bars.keys()].slice(0, 40)]) {
            const expected = model.bars.get(slot)?.provenance;
            expect(bars.provenance(QUARTERS.key, timeOf(slot))).toEqual(expected);
          }
          expect(bars.provenance(QUARTERS.key, timeOf(from) + 1)).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps its blocks at least half full, and full when consolidated", () => {
    const pages = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(pages, fc.boolean(), (lengths, isBackwards) => {
        const world = new World();
        let at = 4_000;
        for (const length of lengths) {
          const from = isBackwards ? at - length : at;
          at = isBackwards ? from : at + length;
          world.do({ kind: "bars", span: { from, to: from + length }, seed: length });
        }
        const count = world.model.bars.size;
        const blocks = () => world.bars.look(QUARTERS.key, ({ index }) => index.blocks.length)!;
        const before = blocks();
        expect(before).toBeLessThanOrEqual(2 * Math.ceil(count / BLOCK_BARS) + 1);
        expect(world.bars.consolidate(QUARTERS.key)).toBe(before - blocks());
        expect(blocks()).toBe(Math.ceil(count / BLOCK_BARS));
        expect(world.bars.consolidate(QUARTERS.key)).toBe(0);
        world.check();
      }),
      { numRuns: 30 },
    );
  });
});
