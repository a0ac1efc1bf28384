import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { naturalWarmUpEnd, planBackfill } from "../../../core/feed/backfill-plan.ts";
import { close, GRID, open, SLOTS } from "./seam/seam-fixture.ts";

const BEFORE_ALL = open(0) - 3_600_000;
const AFTER_ALL = close(15) + 3_600_000;

// Goal: what is fetched is exactly the slots asked for, by count over the calendar and not by
// hours, and the end of natural warm-up is the close of exactly the last bar that must come.
describe("planBackfill", () => {
  it("reaches back over lunch and night to the slots asked for", () => {
    expect(planBackfill(GRID, open(9), 3)).toEqual({
      range: { from: open(6), to: close(8) },
      slots: 3,
    });
    expect(planBackfill(GRID, open(9) - 1, 3)).toEqual({
      range: { from: open(5), to: close(7) },
      slots: 3,
    });
  });

  it("gives what the calendar has when more is asked for", () => {
    expect(planBackfill(GRID, open(2), 50)).toEqual({
      range: { from: open(0), to: close(1) },
      slots: 2,
    });
  });

  it("plans nothing before the first close or for no bars", () => {
    expect(planBackfill(GRID, close(0) - 1, 5)).toBeUndefined();
    expect(planBackfill(GRID, open(9), 0)).toBeUndefined();
  });

  it("holds exactly the last closed slots, at any instant", () => {
    const instants = fc.integer({ min: BEFORE_ALL, max: AFTER_ALL });
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 20 }), (now, count) => {
        const closed = SLOTS.filter(({ closeTime }) => closeTime <= now).slice(-count);
        const plan = planBackfill(GRID, now, count);
        if (plan === undefined) return closed.length === 0;
        const { from, to } = plan.range;
        const within = SLOTS.filter(
          ({ openTime, closeTime }) => openTime >= from && closeTime <= to,
        );
        expect(within).toEqual(closed);
        expect(plan.slots).toBe(closed.length);
        return from === closed[0]!.openTime;
      }),
    );
  });
});

describe("naturalWarmUpEnd", () => {
  it("counts the bar in progress, which a live stream restates whole", () => {
    expect(naturalWarmUpEnd(GRID, open(3), 2)).toBe(close(4));
    expect(naturalWarmUpEnd(GRID, close(3) - 1, 2)).toBe(close(4));
  });

  it("is now when nothing is missing, and unknown past the calendar", () => {
    expect(naturalWarmUpEnd(GRID, open(3) + 1, 0)).toBe(open(3) + 1);
    expect(naturalWarmUpEnd(GRID, open(14), 2)).toBe(close(15));
    expect(naturalWarmUpEnd(GRID, open(14), 3)).toBeUndefined();
  });
});
