// Goal: time goes on evenly whatever the wall clock is set to, and whoever watches hears of every
// jump before anything that is due later.
import { describe, expect, test } from "vitest";
import { EvenClock } from "../../../adapters/system/even-clock.ts";
import { FakeMachine } from "./fake-machine.ts";

const START = 1_709_600_000_000;
const HOUR_MS = 3_600_000;

function watched() {
  const machine = new FakeMachine(START + 0.75);
  const clock = new EvenClock(machine);
  const jumps: number[] = [];
  const unwatch = clock.watch((forwardMs) => jumps.push(forwardMs));
  return { machine, clock, jumps, unwatch };
}

describe("the present", () => {
  test("begins with the wall clock, in whole milliseconds, and never follows it", () => {
    const { machine, clock } = watched();
    expect(clock.now()).toBe(START);
    for (const byMs of [HOUR_MS, -3 * HOUR_MS, 17]) {
      const before = clock.now();
      machine.set(byMs);
      expect(clock.now()).toBe(before);
      machine.pass(10);
      expect(clock.now()).toBe(before + 10);
    }
  });

  test("stands still while the machine sleeps", () => {
    const { machine, clock } = watched();
    machine.suspend(8 * HOUR_MS);
    expect(clock.now()).toBe(START);
  });
});

describe("a jump", () => {
  test("forward is told once, by how much, to whoever looks", () => {
    const { machine, clock, jumps } = watched();
    machine.set(HOUR_MS);
    clock.look();
    clock.look();
    expect(jumps).toEqual([HOUR_MS]);
    machine.suspend(2 * HOUR_MS);
    clock.look();
    expect(jumps).toEqual([HOUR_MS, 2 * HOUR_MS]);
  });

  test("back is nobody's business, and the way forward again is", () => {
    const { machine, clock, jumps } = watched();
    machine.set(-HOUR_MS);
    clock.look();
    expect(jumps).toEqual([]);
    machine.set(HOUR_MS);
    clock.look();
    expect(jumps).toEqual([HOUR_MS]);
  });

  test("is none where a wall clock is only slowed down or hurried", () => {
    const { machine, clock, jumps } = watched();
    for (let second = 0; second < 1_000; second += 1) {
      machine.pass(1_000);
      machine.set(second < 500 ? 30 : -30);
      clock.look();
    }
    expect(jumps).toEqual([]);
  });

  test("is told within a second, before a timer runs that is due by then", () => {
    const { machine, clock, jumps } = watched();
    const seen: number[][] = [];
    clock.schedule(START + 2_500, () => seen.push([...jumps]));
    machine.pass(700);
    machine.suspend(HOUR_MS);
    expect(jumps).toEqual([]);
    machine.pass(300);
    expect(jumps).toEqual([HOUR_MS]);
    expect(seen).toEqual([]);
    machine.pass(1_500);
    expect(seen).toEqual([[HOUR_MS]]);
  });

  test("is not told to those who no longer watch", () => {
    const { machine, clock, jumps, unwatch } = watched();
    unwatch();
    machine.set(HOUR_MS);
    clock.look();
    expect(jumps).toEqual([]);
  });
});

describe("timers", () => {
  test("run in the order of time, once, and none is left when all are cancelled", () => {
    const { machine, clock } = watched();
    const ran: string[] = [];
    clock.schedule(START + 50, () => ran.push("later"));
    clock.schedule(START + 20, () => ran.push("first"));
    clock.schedule(START + 20, () => ran.push("second"));
    const never = clock.schedule(START + 30, () => ran.push("cancelled"));
    never.cancel();
    machine.set(HOUR_MS);
    machine.pass(20);
    expect(ran).toEqual(["first", "second"]);
    machine.pass(30);
    expect(ran).toEqual(["first", "second", "later"]);
    expect(machine.pending).toBe(0);
  });
});
