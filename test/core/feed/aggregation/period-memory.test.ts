import { describe, expect, it } from "vitest";
import { Period } from "../../../../core/feed/aggregation/period.ts";
import { PeriodMemory } from "../../../../core/feed/aggregation/period-memory.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { MINUTE_MS } from "../../../../core/time/instant.ts";
import { minuteBar } from "./aggregator-fixture.ts";

/** The n-th period of five minutes, with bars in its first few minutes. */
function period(n: number, bars: number): Period {
  const openTime = 5 * n * MINUTE_MS;
  const made = new Period({ openTime, closeTime: openTime + 5 * MINUTE_MS });
  const columns = BarColumns.of(
    Array.from({ length: bars }, (_, index) => minuteBar(openTime + index * MINUTE_MS, index)),
  );
  if (bars > 0) made.extend(columns, 0, bars, "replay");
  return made;
}

/** Which of the first ten periods are remembered. */
function known(memory: PeriodMemory): number[] {
  const places = Array.from({ length: 10 }, (_, n) => n);
  return places.filter((n) => memory.find(5 * n * MINUTE_MS) !== undefined);
}

// Goal: it remembers as many bars as it must, no period more, however they came to be there.
describe("PeriodMemory", () => {
  it("keeps the last periods that hold as many bars as it must remember", () => {
    const memory = new PeriodMemory(6);
    for (const n of [0, 1, 2]) memory.add(period(n, 3));
    expect(known(memory)).toEqual([1, 2]);
    expect(memory.reachesBackTo).toBe(5 * MINUTE_MS);
    memory.add(period(3, 2));
    expect(known(memory)).toEqual([1, 2, 3]);
    memory.add(period(4, 5));
    expect(known(memory)).toEqual([3, 4]);
  });

  it("counts a period without bars as one", () => {
    const memory = new PeriodMemory(2);
    for (const n of [0, 1, 2, 3]) memory.add(period(n, 0));
    expect(known(memory)).toEqual([2, 3]);
  });

  it("always keeps the last one", () => {
    const memory = new PeriodMemory(1);
    for (const n of [0, 1, 2]) memory.add(period(n, 5));
    expect(known(memory)).toEqual([2]);
  });

  it("counts bars that came late, in a period that was there and in one that was not", () => {
    const memory = new PeriodMemory(6);
    memory.add(period(0, 1));
    memory.add(period(2, 2));
    memory.insert(period(1, 1));
    memory.amend(memory.find(10 * MINUTE_MS)!, minuteBar(12 * MINUTE_MS, 0));
    expect(known(memory)).toEqual([0, 1, 2]);
    memory.add(period(3, 2));
    expect(known(memory)).toEqual([1, 2, 3]);
    memory.add(period(4, 4));
    expect(known(memory)).toEqual([3, 4]);
  });
});
