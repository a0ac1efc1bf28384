// Goal: scaled time passes at its speed, in whole milliseconds, and keeps the order of its actions.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScaledClock } from "../../../adapters/system/scaled-clock.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";

const START = Date.UTC(2024, 2, 5, 2);

describe("the present", () => {
  test("passes as fast as it is told, from its own start", () => {
    const base = new VirtualTime(1_000);
    const clock = new ScaledClock(base, { start: START, speed: 60 });
    expect(clock.now()).toBe(START);
    base.advanceTo(2_000);
    expect(clock.now()).toBe(START + 60_000);
  });

  test("is whole milliseconds at any speed", () => {
    const base = new VirtualTime(0);
    const clock = new ScaledClock(base, { start: START, speed: 0.3 });
    base.advanceTo(3);
    expect(clock.now()).toBe(START);
    base.advanceTo(4);
    expect(clock.now()).toBe(START + 1);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("does not run at speed %d", (speed) => {
    const base = new VirtualTime(0);
    expect(() => new ScaledClock(base, { start: START, speed })).toThrow(/^speed: a clock cannot/);
  });

  test("does not start between two milliseconds", () => {
    const base = new VirtualTime(0);
    expect(() => new ScaledClock(base, { start: 0.5, speed: 1 })).toThrow(/^start: 0\.5 is not/);
  });
});

describe("actions", () => {
  test("that share a millisecond of the base clock keep the order of their own times", () => {
    const base = new VirtualTime(0);
    const clock = new ScaledClock(base, { start: START, speed: 60 });
    const ran: string[] = [];
    clock.schedule(START + 50, () => ran.push("50"));
    clock.schedule(START + 10, () => ran.push("10"));
    clock.schedule(START + 10, () => ran.push("10 again"));
    clock.schedule(START + 70, () => ran.push("70"));
    clock.schedule(START - 10, () => ran.push("overdue"));
    expect(ran).toEqual([]);
    base.advanceTo(0);
    expect(ran).toEqual(["overdue"]);
    base.advanceTo(1);
    expect(ran).toEqual(["overdue", "10", "10 again", "50"]);
    base.advanceTo(2);
    expect(ran).toEqual(["overdue", "10", "10 again", "50", "70"]);
  });

  test("leave nothing on the base clock once they are cancelled", () => {
    const base = new VirtualTime(0);
    const clock = new ScaledClock(base, { start: START, speed: 60 });
    const timers = [1, 2].map((minutes) => clock.schedule(START + minutes * 60_000, () => {}));
    expect(base.nextAt).toBe(1_000);
    timers[0]!.cancel();
    base.advanceTo(1_000);
    expect(base.nextAt).toBe(2_000);
    timers[1]!.cancel();
    expect(base.nextAt).toBeUndefined();
  });

  test("run at the base clock's first millisecond that is not before them", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 0, max: 2_000_000_000_000 }),
        (speed, parts, baseStart) => {
          const base = new VirtualTime(baseStart);
          const clock = new ScaledClock(base, { start: START, speed });
          const reach = Math.floor(1_000 * speed);
          const ats = parts.map((part) => START + Math.floor(part * reach));
          const ran: number[] = [];
          for (const at of ats) {
            clock.schedule(at, () => {
              ran.push(at);
              expect(clock.now()).toBeGreaterThanOrEqual(at);
              const before = Math.floor((base.now() - 1 - baseStart) * speed);
              if (base.now() > baseStart) expect(START + before).toBeLessThan(at);
            });
          }
          base.advanceTo(baseStart + 1_001);
          expect(ran).toEqual(ats.toSorted((a, b) => a - b));
          expect(base.nextAt).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });
});
