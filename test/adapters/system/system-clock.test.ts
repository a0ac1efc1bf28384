// Goal: the machine's time never goes back, and timers run in order, once, whatever is done to it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SystemClock } from "../../../adapters/system/system-clock.ts";
import { FakeMachine } from "./fake-machine.ts";

const START = 1_709_600_000_000;
const HOUR_MS = 3_600_000;

describe("the present", () => {
  test("is the wall clock's in whole milliseconds", () => {
    const machine = new FakeMachine(START + 0.75);
    const clock = new SystemClock(machine);
    expect(clock.now()).toBe(START);
    machine.pass(10);
    expect(clock.now()).toBe(START + 10);
  });

  test("goes on evenly when the wall clock is set back", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    machine.set(-HOUR_MS);
    expect(clock.now()).toBe(START);
    machine.pass(60_000);
    expect(clock.now()).toBe(START + 60_000);
  });

  test("is the wall clock's again once that has been set right", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    machine.set(-HOUR_MS);
    clock.now();
    machine.pass(60_000);
    machine.set(HOUR_MS);
    expect(clock.now()).toBe(START + 60_000);
    machine.set(5_000);
    expect(clock.now()).toBe(START + 65_000);
  });

  test("follows when the wall clock is set forward, and over a suspension", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    machine.set(HOUR_MS);
    expect(clock.now()).toBe(START + HOUR_MS);
    machine.suspend(8 * HOUR_MS);
    expect(clock.now()).toBe(START + 9 * HOUR_MS);
  });

  test("follows a wall clock that is slowed down, which is not setting it back", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    for (let minute = 1; minute <= 100; minute += 1) {
      machine.pass(60_000);
      machine.set(-30);
      expect(clock.now()).toBe(START + minute * 59_970);
    }
  });

  test("stands still rather than going back by a little", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    machine.set(-20);
    expect(clock.now()).toBe(START);
    machine.pass(15);
    expect(clock.now()).toBe(START);
    machine.pass(15);
    expect(clock.now()).toBe(START + 10);
  });
});

describe("timers", () => {
  test("run in the order of time, then of scheduling, and never within schedule()", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    const ran: string[] = [];
    clock.schedule(START + 50, () => ran.push("later"));
    clock.schedule(START + 20, () => ran.push("first"));
    clock.schedule(START + 20, () => ran.push("second"));
    clock.schedule(START - 5, () => ran.push("overdue"));
    expect(ran).toEqual([]);
    expect(machine.pending).toBe(1);
    machine.pass(0);
    expect(ran).toEqual(["overdue"]);
    machine.pass(20);
    expect(ran).toEqual(["overdue", "first", "second"]);
    machine.pass(30);
    expect(ran).toEqual(["overdue", "first", "second", "later"]);
    expect(machine.pending).toBe(0);
  });

  test("wait for longer than a timer of the machine can", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    const ran: number[] = [];
    const at = START + 2 ** 31 + 5;
    clock.schedule(at, () => ran.push(clock.now()));
    expect(machine.longestDelayMs).toBeLessThan(2 ** 31);
    machine.set(2 ** 31);
    machine.pass(1_000);
    expect(ran).toEqual([START + 2 ** 31 + 1_000]);
  });

  test("notice within a second that the machine was suspended", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    const ran: number[] = [];
    clock.schedule(START + HOUR_MS, () => ran.push(clock.now()));
    machine.suspend(2 * HOUR_MS);
    expect(ran).toEqual([]);
    machine.pass(1_000);
    expect(ran).toEqual([START + 2 * HOUR_MS + 1_000]);
  });

  test("come in time though the wall clock is set back meanwhile", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    const ran: number[] = [];
    clock.schedule(START + 5_000, () => ran.push(clock.now()));
    machine.pass(1_000);
    machine.set(-HOUR_MS);
    machine.pass(4_000);
    expect(ran).toEqual([START + 5_000]);
  });

  test("one that is early for the wall clock waits for the rest", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    const ran: number[] = [];
    clock.schedule(START + 100, () => ran.push(clock.now()));
    machine.pass(60);
    machine.set(-2);
    machine.pass(40);
    expect(ran).toEqual([]);
    machine.pass(2);
    expect(ran).toEqual([START + 100]);
  });

  test("none is left on the machine once all are cancelled", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    const timers = [30, 10, 20].map((ms) => clock.schedule(START + ms, () => expect.fail()));
    expect(machine.pending).toBe(1);
    for (const timer of timers) timer.cancel();
    expect(machine.pending).toBe(0);
    timers[0]!.cancel();
    machine.pass(100);
    expect(machine.pending).toBe(0);
  });

  test("an action that throws takes no other with it", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    const ran: string[] = [];
    clock.schedule(START + 1, () => {
      throw new Error("broken action");
    });
    clock.schedule(START + 1, () => ran.push("same instant"));
    clock.schedule(START + 9, () => ran.push("later"));
    expect(() => machine.pass(1)).toThrow("broken action");
    machine.pass(0);
    expect(ran).toEqual(["same instant"]);
    machine.pass(8);
    expect(ran).toEqual(["same instant", "later"]);
  });

  test("an action that always schedules another does not hold up everything else", () => {
    const machine = new FakeMachine(START);
    const clock = new SystemClock(machine);
    let ran = 0;
    const again = (): void => {
      ran += 1;
      machine.pass(1);
      if (ran < 50) clock.schedule(clock.now(), again);
    };
    clock.schedule(START, again);
    machine.pass(0);
    expect(ran).toBe(1);
    machine.pass(0);
    expect(ran).toBe(2);
  });

  test("whatever happens to the clock, each runs once, in order, and never before its time", () => {
    const step = fc.oneof(
      fc.record({ schedule: fc.integer({ min: -2_000, max: 5_000 }) }),
      fc.record({ pass: fc.integer({ min: 0, max: 3_000 }) }),
      fc.record({ set: fc.integer({ min: -10_000, max: 10_000 }) }),
      fc.record({ suspend: fc.integer({ min: 0, max: 10_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const machine = new FakeMachine(START);
        const clock = new SystemClock(machine);
        const waiting = new Map<number, number>();
        let last = clock.now();
        steps.forEach((each, id) => {
          if ("schedule" in each) {
            const at = Math.max(last + each.schedule, clock.now());
            waiting.set(id, at);
            clock.schedule(last + each.schedule, () => {
              expect(clock.now()).toBeGreaterThanOrEqual(at);
              expect(at).toBe(Math.min(...waiting.values()));
              expect(waiting.delete(id)).toBe(true);
            });
          } else if ("pass" in each) machine.pass(each.pass);
          else if ("set" in each) machine.set(each.set);
          else machine.suspend(each.suspend);
          expect(machine.pending).toBe(waiting.size === 0 ? 0 : 1);
          const now = clock.now();
          expect(now).toBeGreaterThanOrEqual(last);
          last = now;
        });
        machine.pass(40_000);
        expect(waiting.size).toBe(0);
        expect(machine.pending).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

test("on the real machine timers run in order and the present moves on", async () => {
  const clock = new SystemClock();
  const start = clock.now();
  const ran: string[] = [];
  await new Promise<void>((done) => {
    clock.schedule(start + 20, () => {
      ran.push("second");
      done();
    });
    clock.schedule(start + 5, () => ran.push("first"));
    clock.schedule(start + 10, () => ran.push("cancelled")).cancel();
  });
  expect(ran).toEqual(["first", "second"]);
  expect(clock.now()).toBeGreaterThanOrEqual(start + 20);
  expect(Number.isInteger(clock.now())).toBe(true);
});
