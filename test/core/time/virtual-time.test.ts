// Goal: actions run in the order of time and then of scheduling, once, and time never goes back.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvariantError } from "../../../core/time/failure.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";

const anyStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ schedule: fc.integer({ min: -5, max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ cancel: fc.nat({ max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ advance: fc.integer({ min: 0, max: 15 }) }) },
  { weight: 1, arbitrary: fc.constant({ step: true as const }) },
);

describe("against a sorted list", () => {
  test("the same actions run in the same order at the same instants", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
        const time = new VirtualTime(0);
        const ran: [number, number][] = [];
        const expected: [number, number][] = [];
        const timers: { cancel(): void }[] = [];
        let pending: { id: number; at: number }[] = [];
        let now = 0;
        const runUntil = (limit: number, most = Number.POSITIVE_INFINITY) => {
          for (let count = 0; count < most; count += 1) {
            // Sorting is stable, so equal instants stay in the order of scheduling.
            pending.sort((a, b) => a.at - b.at);
            const next = pending[0];
            if (next === undefined || next.at > limit) return;
            pending = pending.slice(1);
            now = next.at;
            expected.push([next.id, now]);
          }
        };
        for (const step of steps) {
          if ("schedule" in step) {
            const id = timers.length;
            const at = now + step.schedule;
            timers.push(time.schedule(at, () => ran.push([id, time.now()])));
            pending.push({ id, at: Math.max(at, now) });
          } else if ("cancel" in step) {
            timers[step.cancel]?.cancel();
            pending = pending.filter(({ id }) => id !== step.cancel);
          } else if ("advance" in step) {
            const target = now + step.advance;
            time.advanceTo(target);
            runUntil(target);
            now = target;
          } else {
            expect(time.step()).toBe(pending.length > 0);
            runUntil(Number.POSITIVE_INFINITY, 1);
          }
          expect(ran).toEqual(expected);
          expect(time.now()).toBe(now);
          const earliest =
            pending.length === 0 ? undefined : Math.min(...pending.map(({ at }) => at));
          expect(time.nextAt).toBe(earliest);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("actions of one instant", () => {
  test("run in the order in which they were scheduled, however many there are", () => {
    for (let count = 2; count <= 40; count += 1) {
      const time = new VirtualTime(0);
      const ran: number[] = [];
      for (let id = 0; id < count; id += 1) time.schedule(7, () => ran.push(id));
      time.advanceTo(7);
      expect(ran).toEqual(Array.from({ length: count }, (_, id) => id));
    }
  });

  test("a queue of canceled ones alone has nothing to do", () => {
    const time = new VirtualTime(0);
    time.schedule(5, () => expect.unreachable("it was canceled")).cancel();
    time.advanceTo(9);
    expect([time.nextAt, time.step(), time.now()]).toEqual([undefined, false, 9]);
  });
});

describe("actions that touch time themselves", () => {
  test("what one schedules for the past runs in the same advance, after its peers", () => {
    const time = new VirtualTime(100);
    const ran: string[] = [];
    time.schedule(110, () => {
      ran.push("first");
      time.schedule(0, () => ran.push(`late, at ${time.now()}`));
    });
    time.schedule(110, () => ran.push("second"));
    time.advanceTo(110);
    expect(ran).toEqual(["first", "second", "late, at 110"]);
  });

  test("one that cancels a later one keeps it from running; canceling twice is nothing", () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    const later = time.schedule(10, () => ran.push("later"));
    const first = time.schedule(10, () => ran.push("same instant"));
    time.schedule(5, () => {
      later.cancel();
      later.cancel();
    });
    time.advanceTo(20);
    first.cancel();
    expect(ran).toEqual(["same instant"]);
  });

  test("one that advances further does not make time go back afterwards", () => {
    const time = new VirtualTime(0);
    time.schedule(5, () => time.advanceTo(50));
    time.advanceTo(10);
    expect(time.now()).toBe(50);
  });

  test("one that throws has run: time stands at its instant and the rest is still due", () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    time.schedule(5, () => {
      throw new Error("broken strategy");
    });
    time.schedule(6, () => ran.push("next"));
    expect(() => time.advanceTo(10)).toThrow("broken strategy");
    expect(time.now()).toBe(5);
    time.advanceTo(10);
    expect(ran).toEqual(["next"]);
  });
});

test("going back and scheduling at no instant break an invariant", () => {
  const time = new VirtualTime(100);
  expect(() => time.advanceTo(99)).toThrow(InvariantError);
  expect(() => time.advanceTo(99)).toThrow("time never goes back");
  expect(() => time.advanceTo(Number.NaN)).toThrow(InvariantError);
  expect(() => time.schedule(Number.NaN, () => undefined)).toThrow(InvariantError);
  expect(() => time.schedule(Number.NaN, () => undefined)).toThrow("scheduled at an instant");
});
