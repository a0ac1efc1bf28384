import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { canSaveRun, loadRun, type RunParts, saveRun } from "../../../core/engine/run-snapshot.ts";
import { defineStrategy } from "../../../core/trading/strategy.ts";
import { bar, close, open } from "../feed/seam/seam-fixture.ts";
import { busy, Desk15, OutsideBroker, stateOf, wholeLife } from "./journaled-fixture.ts";

const saved = (life: Desk15): Uint8Array => {
  const to = new ByteWriter();
  saveRun(to, life.run.parts);
  return to.bytes;
};

/** A run of a strategy that only remembers. */
function remembering(initial: Record<string, unknown>): Desk15 {
  const strategy = defineStrategy({
    name: "remembering",
    parameters: {},
    setup(declare) {
      declare.memory(initial);
      return { onBar: () => {} };
    },
  });
  return new Desk15({ strategy });
}

/** What a strategy that had something in its hands has there after it was put back. */
function putBack<M extends Record<string, unknown>>(before: Record<string, unknown>, held: M): M {
  const to = saved(remembering(before));
  loadRun(new ByteReader(to), remembering(held).run.parts);
  return held;
}

// Goal: a snapshot is all of a run, and a run that is put back is the same to the last bit, in the
// hands of its strategy too.
describe("a snapshot of a run", () => {
  it("is the whole state at any moment, orders in the broker's hands included", () => {
    let orders = 0;
    for (let length = 0; length <= 16; length += 1) {
      const life = new Desk15();
      life.journaled.start();
      life.say(0, length);
      const { parts } = life.run;
      if (!canSaveRun(parts)) continue;
      orders += parts.desk.openOrders.length;
      const again = new Desk15({}, {}, life.time.now());
      loadRun(new ByteReader(saved(life)), again.run.parts);
      expect(stateOf(again)).toBe(stateOf(life));
      expect(again.run.state).toBe(life.run.state);
      expect(again.run.summary()).toEqual(life.run.summary());
      // And it goes on alike.
      again.run.follow();
      life.say(length, 16);
      again.say(length, 16);
      expect(stateOf(again)).toBe(stateOf(life));
      expect(again.run.portfolio.cash.toFixed()).toBe(life.run.portfolio.cash.toFixed());
    }
    expect(orders).toBeGreaterThan(2);
  });

  it("is not made of what cannot be kept, nor while bars wait for the word after them", () => {
    expect(canSaveRun(new Desk15({ strategy: busy(false) }).run.parts)).toBe(false);
    const life = new Desk15();
    life.journaled.start();
    expect(canSaveRun(life.run.parts)).toBe(true);
    life.time.advanceTo(close(0));
    life.source.say([bar(0)]);
    expect(canSaveRun(life.run.parts)).toBe(false);
    life.source.cover(open(0), close(0));
    expect(canSaveRun(life.run.parts)).toBe(true);
  });

  it("is refused by a run whose broker is of another kind", () => {
    const outside = wholeLife({ broker: new OutsideBroker() });
    const inside = wholeLife();
    for (const [from, to] of [
      [outside, new Desk15()],
      [inside, new Desk15({ broker: new OutsideBroker() })],
    ] as const) {
      expect(() => loadRun(new ByteReader(saved(from)), to.run.parts as RunParts)).toThrow(
        "it was saved with another kind of broker",
      );
    }
  });
});

describe("what a strategy remembers", () => {
  it("comes back into the record that the strategy holds, and nothing else stays in it", () => {
    const held: Record<string, unknown> = { count: 1, old: true };
    const same = putBack({ count: 7, more: "x" }, held);
    expect(same).toBe(held);
    expect(held).toEqual({ count: 7, more: "x" });
  });

  it("comes back into lists and records within it that the strategy holds", () => {
    const prices = [1, 2, 3];
    const legs = [{ quantity: 1 }, { quantity: 2 }];
    const [first] = legs;
    const inner: { b: number[] } = { b: [] };
    const by = { a: inner, gone: 1 };
    const held = putBack(
      {
        prices: [9],
        legs: [{ quantity: 5, side: "buy" }, { quantity: 6 }, { quantity: 7 }],
        by: { a: { b: [4] }, c: 1 },
      },
      { prices, legs, by },
    );
    expect(held.prices).toBe(prices);
    expect(prices).toEqual([9]);
    expect(held.legs).toBe(legs);
    expect(legs[0]).toBe(first);
    expect(legs).toEqual([{ quantity: 5, side: "buy" }, { quantity: 6 }, { quantity: 7 }]);
    expect(held.by).toBe(by);
    expect(by.a).toBe(inner);
    expect(by).toEqual({ a: { b: [4] }, c: 1 });
  });

  it("takes the place of what is of another kind, or cannot be changed", () => {
    const levels = Object.freeze([1, 2]);
    const held = putBack(
      { list: [1], record: { a: 1 }, one: 2, none: null, levels: [3, 4, 5], left: {} },
      { list: { a: 1 }, record: [1], one: [1], none: {}, levels, left: null },
    );
    expect(held).toEqual({
      list: [1],
      record: { a: 1 },
      one: 2,
      none: null,
      levels: [3, 4, 5],
      left: {},
    });
    expect(levels).toEqual([1, 2]);
  });
});
