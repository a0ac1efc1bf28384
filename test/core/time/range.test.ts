// Goal: a range set behaves like the plain set of its instants, kept in the shortest form.
import fc from "fast-check";
import { expect, test } from "vitest";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";

const LIMIT = 40;
const anyRange = fc.record({
  from: fc.integer({ min: 0, max: LIMIT }),
  to: fc.integer({ min: 0, max: LIMIT }),
});
const anyStep = fc.oneof(
  { weight: 4, arbitrary: anyRange.map((range) => ({ kind: "add" as const, range })) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: LIMIT }).map((at) => ({ kind: "drop" as const, at })),
  },
);

function instantsOf(ranges: readonly TimeRange[]): number[] {
  const instants: number[] = [];
  for (const { from, to } of ranges) for (let at = from; at < to; at += 1) instants.push(at);
  return instants;
}

test("any sequence of additions and cuts gives the same instants as a plain set", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 12 }), anyRange, (steps, asked) => {
      const set = new RangeSet();
      let model = new Set<number>();
      for (const step of steps) {
        if (step.kind === "add") {
          set.add(step.range);
          for (const at of instantsOf([step.range])) model.add(at);
        } else {
          set.dropBefore(step.at);
          model = new Set([...model].filter((at) => at >= step.at));
        }
      }
      expect(instantsOf(set.ranges)).toEqual([...model].sort((a, b) => a - b));
      expect(set.isEmpty).toBe(model.size === 0);
      // Sorted, none empty, and none touching the next: the shortest form there is.
      set.ranges.forEach(({ from, to }, index) => {
        expect(from).toBeLessThan(to);
        if (index > 0) expect(from).toBeGreaterThan(set.ranges[index - 1]!.to);
      });
      const holes = instantsOf([asked]).filter((at) => !model.has(at));
      expect(instantsOf(set.missing(asked))).toEqual(holes);
      expect(set.covers(asked)).toBe(holes.length === 0);
      for (const { from, to } of set.missing(asked)) expect(from).toBeLessThan(to);
    }),
    { numRuns: 1_000 },
  );
});

test("ranges that were handed out do not change with the set", () => {
  const set = new RangeSet();
  set.add({ from: 0, to: 10 });
  const before = set.ranges;
  set.add({ from: 10, to: 20 });
  set.dropBefore(5);
  expect(before).toEqual([{ from: 0, to: 10 }]);
  expect(set.ranges).toEqual([{ from: 5, to: 20 }]);
});
