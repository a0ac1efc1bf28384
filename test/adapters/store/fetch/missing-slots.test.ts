import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { missingSlots } from "../../../../adapters/store/fetch/missing-slots.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { HOUR_MS, instant, MINUTE_MS } from "../../../../core/time/instant.ts";
import type { TimeRange } from "../../../../core/time/range.ts";

// Goal: what is to be fetched of a range is every slot of it of which nothing is known, and no
// other, however what is known lies.

const grid = new BarGrid(calendarByName("XNYS"), barSize("15m"));
const MONDAY = instant("2024-03-11T00:00:00Z");
const NOTHING = { complete: [], lost: [] };

const range = fc
  .tuple(fc.integer({ min: 0, max: 7 * 96 }), fc.integer({ min: 1, max: 200 }))
  .map(([at, quarters]): TimeRange => {
    const from = MONDAY + at * 15 * MINUTE_MS;
    return { from, to: from + quarters * 15 * MINUTE_MS };
  });

describe("missingSlots", () => {
  it("finds every slot that is not known, once, and no other", () => {
    fc.assert(
      fc.property(range, fc.array(range), fc.array(range), (wanted, complete, gone) => {
        const lost = gone.map((each) => ({ range: each, reason: "" }));
        const isKnown = (at: number): boolean =>
          [...complete, ...gone].some(({ from, to }) => from <= at && at < to);
        const slots = [...grid.slots(wanted)].filter(({ openTime }) => !isKnown(openTime));
        const found = missingSlots(grid, { complete, lost }, wanted);
        expect(found.flatMap((each) => [...grid.slots(each)])).toEqual(slots);
        for (const { from, to } of found) {
          expect(grid.opensAt(from)).toBe(true);
          expect(grid.slotClosedBy(to)!.closeTime).toBe(to);
        }
      }),
    );
  });

  it("leaves out a slot that opens before the range, and takes one that closes behind it", () => {
    const opens = instant("2024-03-11T13:30:00Z");
    const from = opens + MINUTE_MS;
    expect(missingSlots(grid, NOTHING, { from, to: opens + 16 * MINUTE_MS })).toEqual([
      { from: opens + 15 * MINUTE_MS, to: opens + 30 * MINUTE_MS },
    ]);
  });

  it("finds nothing in closed time", () => {
    expect(missingSlots(grid, NOTHING, { from: MONDAY, to: MONDAY + 13 * HOUR_MS })).toEqual([]);
  });
});
