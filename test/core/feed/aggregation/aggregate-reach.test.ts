import { describe, expect, it } from "vitest";
import { AggregateReach } from "../../../../core/feed/aggregation/aggregate-reach.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { at } from "./aggregator-day.ts";
import { LUNCH } from "./aggregator-fixture.ts";

// Goal: what lies further back than can be corrected takes no room.
describe("AggregateReach", () => {
  it("owns what was covered before the first period, until it forgets it", () => {
    const reach = new AggregateReach(
      new BarGrid(LUNCH, barSize("1m")),
      new BarGrid(LUNCH, barSize("5m")),
    );
    const early = { openTime: at("09:35"), closeTime: at("09:40") };
    const first = { openTime: at("10:00"), closeTime: at("10:05") };
    const heard = reach.add({ from: at("09:30"), to: at("09:45") })!;
    expect(reach.takeFresh(heard)).toEqual([heard]);
    expect(reach.takeFresh(heard)).toEqual([]);
    reach.begin(first, at("10:01"));
    expect([reach.owns(early), reach.owns(first)]).toEqual([true, false]);
    reach.dropBefore(at("09:40"));
    expect(reach.owns(early)).toBe(false);
    expect(reach.takeFresh(reach.add(heard)!)).toEqual([{ from: at("09:30"), to: at("09:40") }]);
  });
});
