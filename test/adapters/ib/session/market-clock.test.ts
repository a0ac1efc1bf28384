// Goal: a clock at an offset never goes back, comes to be right in bounded time, and runs every
// action once, in order, when it shows its instant and not before.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MarketClock } from "../../../../adapters/ib/session/market-clock.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";

const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 3_000 }) }) },
  { weight: 4, arbitrary: fc.record({ schedule: fc.integer({ min: -500, max: 6_000 }) }) },
  { weight: 2, arbitrary: fc.record({ cancel: fc.nat({ max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ offset: fc.integer({ min: -8_000, max: 8_000 }) }) },
);

test("laws, with offsets that change at any moment", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const base = new VirtualTime(100_000);
      const clock = new MarketClock(base);
      let last = clock.now();
      let offset = 0;
      const timers: { at: number; ran: number; cancelled: boolean; cancel: () => void }[] = [];
      let lastRun = Number.NEGATIVE_INFINITY;
      const look = () => {
        const now = clock.now();
        expect(now).toBeGreaterThanOrEqual(last);
        expect(now).toBeGreaterThanOrEqual(base.now() + offset);
        last = now;
      };
      const schedule = (delay: number) => {
        const at = clock.now() + delay;
        const note = { at, ran: 0, cancelled: false, cancel: () => {} };
        const timer = clock.schedule(at, () => {
          look();
          note.ran += 1;
          expect(note.cancelled).toBe(false);
          expect(clock.now()).toBeGreaterThanOrEqual(at);
          expect(at).toBeGreaterThanOrEqual(Math.min(lastRun, at));
          lastRun = at;
        });
        note.cancel = () => timer.cancel();
        timers.push(note);
      };
      for (const step of steps) {
        if ("pass" in step) {
          for (let ms = 0; ms < step.pass; ms += 250) {
            base.advanceTo(base.now() + Math.min(250, step.pass - ms));
            look();
          }
        } else if ("schedule" in step) {
          schedule(step.schedule);
        } else if ("offset" in step) {
          offset = step.offset;
          clock.setOffset(offset);
          look();
        } else if (timers.length > 0) {
          const note = timers[step.cancel % timers.length]!;
          note.cancelled = note.ran === 0;
          note.cancel();
        }
        // What is due has run: nothing waits longer than it must.
        base.advanceTo(base.now());
        for (const { at, ran, cancelled } of timers) {
          if (!cancelled)
            expect(ran, `due at ${at}, now ${clock.now()}`).toBe(at <= clock.now() ? 1 : 0);
        }
      }
      // It is right again in no more than the difference and 2 seconds of half speed.
      base.advanceTo(base.now() + 16_000 + 2_000);
      expect(clock.now()).toBe(base.now() + offset);
      base.advanceTo(base.now() + 20_000);
      expect(base.nextAt).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

describe("by example", () => {
  test("a clock that was ahead stands still, then goes at half speed until it is right", () => {
    const base = new VirtualTime(0);
    const clock = new MarketClock(base);
    expect(clock.now()).toBe(0);
    const ran: number[] = [];
    for (const at of [0, 1, 1_000, 3_000]) clock.schedule(at, () => ran.push(base.now()));
    clock.setOffset(-5_000);
    const shown = (at: number) => {
      base.advanceTo(at);
      return clock.now();
    };
    expect([shown(3_000), shown(3_001), shown(3_002), shown(5_000)]).toEqual([0, 0, 1, 1_000]);
    expect([shown(6_998), shown(7_000), shown(7_001), shown(8_000)]).toEqual([
      1_999, 2_000, 2_001, 3_000,
    ]);
    expect(ran).toEqual([0, 3_002, 5_000, 8_000]);
  });

  test("one that was behind jumps, and what is due runs as soon as control returns", () => {
    const base = new VirtualTime(0);
    const clock = new MarketClock(base);
    const ran: number[] = [];
    clock.schedule(1_000, () => ran.push(clock.now()));
    clock.setOffset(60_000);
    expect([clock.now(), ran]).toEqual([60_000, []]);
    base.advanceTo(0);
    expect(ran).toEqual([60_000]);
  });

  test("as long as nobody has read it, it may begin anew", () => {
    const clock = new MarketClock(new VirtualTime(100_000));
    clock.setOffset(5_000);
    clock.setOffset(-60_000);
    expect(clock.now()).toBe(40_000);
    clock.setOffset(-61_000);
    expect(clock.now()).toBe(40_000);
  });

  test("actions that schedule and cancel others keep to the order", () => {
    const base = new VirtualTime(0);
    const clock = new MarketClock(base);
    const ran: string[] = [];
    const late = clock.schedule(20, () => ran.push("late"));
    clock.schedule(10, () => {
      ran.push("first");
      late.cancel();
      clock.schedule(10, () => ran.push("second"));
      clock.schedule(15, () => ran.push("third"));
    });
    base.advanceTo(30);
    expect(ran).toEqual(["first", "second", "third"]);
    expect(base.nextAt).toBeUndefined();
  });

  test("when the last action is taken back nothing is left on the base clock", () => {
    const base = new VirtualTime(0);
    const clock = new MarketClock(base);
    const timers = [5, 10].map((at) => clock.schedule(at, () => expect.fail("taken back")));
    for (const timer of timers) timer.cancel();
    expect(base.nextAt).toBeUndefined();
    timers[0]!.cancel();
  });
});
