import { describe, expect, it } from "vitest";
import { BarMemory, grows, outranks } from "../../../../core/feed/seam/bar-memory.ts";
import { bar } from "./seam-fixture.ts";

const REPETITION = { kind: "repetition" };
const CONFLICT = { kind: "conflict" };

// Goal: what is fetched outweighs what was streamed, and both outweigh a restatement.
describe("outranks", () => {
  it("is a strict order", () => {
    const order = ["forming", "live", "history"] as const;
    for (const [a, first] of order.entries()) {
      for (const [b, second] of order.entries()) expect(outranks(first, second)).toBe(a > b);
    }
  });
});

// Goal: a restatement never shrinks.
describe("grows", () => {
  it.each([
    ["nothing changed", {}, true],
    ["more volume", { volume: 31 }, true],
    ["a higher high", { high: 105 }, true],
    ["a lower low", { low: 100 }, true],
    ["another close alone", { close: 102.5 }, true],
    ["less volume", { volume: 29, high: 105 }, false],
    ["a lower high", { high: 103, volume: 31 }, false],
    ["a higher low", { low: 102, volume: 31 }, false],
  ] as const)("with %s", (_what, fields, expected) => {
    expect(grows(bar(2), bar(2, fields))).toBe(expected);
  });
});

// Goal: a bar that comes again is absorbed, a correction is told with its predecessor, a stale word
// never undoes a later one, and what cannot be judged any more is called too old.
describe("BarMemory", () => {
  const remembering = (...indices: number[]): BarMemory => {
    const memory = new BarMemory(3);
    for (const index of indices) memory.add(bar(index), "live");
    return memory;
  };

  it("absorbs a repetition of any bar it remembers", () => {
    const memory = remembering(0, 2, 3, 5);
    for (const index of [2, 3, 5]) {
      for (const authority of ["forming", "live", "history"] as const) {
        expect(memory.review(bar(index), authority, 1)).toEqual(REPETITION);
      }
    }
  });

  it("counts versions of one bar and names each predecessor", () => {
    const memory = remembering(1, 2, 3);
    const second = bar(2, { close: 102 });
    const third = bar(2, { close: 102.5 });
    expect(memory.review(second, "live", 2)).toEqual({
      kind: "revision",
      version: 2,
      before: bar(2),
    });
    expect(memory.review(third, "history", 1)).toEqual({
      kind: "revision",
      version: 3,
      before: second,
    });
    expect(memory.review(third, "live", 2)).toEqual(REPETITION);
  });

  it("does not let a streamed bar overrule a fetched one unless it is a known correction", () => {
    const memory = new BarMemory(3);
    memory.add(bar(1), "history");
    expect(memory.review(bar(1, { close: 101 }), "live", 1)).toEqual(CONFLICT);
    expect(memory.review(bar(1, { close: 101 }), "live", 2)).toMatchObject({ kind: "revision" });
  });

  it("knows of a bar in a slot that had none, and of its later correction", () => {
    const memory = remembering(0, 2);
    const first = { kind: "revision", version: 2, before: null };
    expect(memory.review(bar(1), "history", 1)).toEqual(first);
    expect(memory.review(bar(1), "history", 1)).toEqual(REPETITION);
    expect(memory.review(bar(1, { close: 101 }), "history", 1)).toEqual({
      kind: "revision",
      version: 3,
      before: bar(1),
    });
    expect(memory.review(bar(3), "live", 1)).toEqual(first);
  });

  it("makes no bar of a restatement that comes after its slot was passed", () => {
    expect(remembering(0, 2).review(bar(1), "forming", 1)).toEqual(REPETITION);
  });

  it("cannot judge what lies before all it remembers once it forgot something", () => {
    expect(remembering(1, 2, 3).review(bar(0), "history", 1)).toMatchObject({ kind: "revision" });
    expect(remembering(1, 2, 3, 4).review(bar(1), "history", 1)).toEqual({ kind: "too-old" });
    expect(remembering(1, 2, 4, 5).review(bar(3), "history", 1)).toMatchObject({ before: null });
  });

  it("remembers no more late bars than bars", () => {
    const memory = new BarMemory(2);
    memory.add(bar(4), "history");
    for (const index of [0, 1, 2]) memory.review(bar(index), "history", 1);
    expect(memory.review(bar(2), "history", 1)).toEqual(REPETITION);
    expect(memory.review(bar(1), "history", 1)).toEqual(REPETITION);
    expect(memory.review(bar(0), "history", 1)).toMatchObject({ before: null });
  });

  it("lets a restatement that says more correct what was released on the word of earlier ones", () => {
    const memory = new BarMemory(3);
    memory.add(bar(1), "forming");
    const more = bar(1, { volume: 25 });
    expect(memory.review(bar(1, { volume: 15 }), "forming", 1)).toEqual(REPETITION);
    expect(memory.review(more, "forming", 1)).toEqual({
      kind: "revision",
      version: 2,
      before: bar(1),
    });
    expect(memory.review(bar(1), "live", 1)).toMatchObject({ version: 3, before: more });
  });

  it("takes no restatement for a correction of a bar that was called final", () => {
    const lagging = bar(1, { close: 100.5 });
    expect(remembering(1).review(lagging, "forming", 1)).toEqual(REPETITION);
  });

  it("does not let an earlier version that lagged undo a later one of equal weight", () => {
    const memory = remembering(1);
    const corrected = bar(1, { close: 101 });
    memory.review(corrected, "live", 2);
    expect(memory.review(bar(1), "live", 1).kind).not.toBe("revision");
    expect(memory.review(corrected, "live", 2)).toEqual(REPETITION);
  });

  it("holds a correction against what the source said, not against its own count", () => {
    const memory = new BarMemory(3);
    memory.add(bar(1), "history");
    memory.review(bar(1, { close: 100.5 }), "history", 1);
    expect(memory.review(bar(1, { close: 101 }), "live", 2)).toMatchObject({ kind: "revision" });
  });
});
