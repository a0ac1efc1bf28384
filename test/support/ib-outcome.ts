import { expect } from "vitest";
import type { UnixMs } from "../../core/time/instant.ts";
import type { Truth } from "../../sim/index.ts";
import { gap } from "./feed-log.ts";
import type { IbLiveRun, IbWorld } from "./ib-world.ts";
import { barsOf } from "./market.ts";
import { type RunLog, saidAfter } from "./run-log.ts";

/** Every bar of a truth, once and in order, from the first one that a run handled to the end. */
export function expectBars(log: RunLog, truth: Truth, to = Number.POSITIVE_INFINITY): void {
  const got = log.bars(truth.series.size.label);
  expect(got.length).toBeGreaterThan(0);
  expect(got).toEqual(barsOf(truth, got[0]!.openTime, to));
}

/** Values and decisions from READY on are those of the run that never stopped. */
export function expectSame(log: RunLog, whole: RunLog, to = Number.POSITIVE_INFINITY): void {
  const ready = log.readyAt;
  if (ready === undefined) throw new Error("the run was never READY");
  const values = saidAfter(whole.values, ready).filter(({ closeTime }) => closeTime <= to);
  const signals = saidAfter(whole.signals, ready).filter(({ closeTime }) => closeTime <= to);
  expect(values.length).toBeGreaterThan(0);
  expect(saidAfter(log.values, ready)).toEqual(values);
  expect(saidAfter(log.signals, ready)).toEqual(signals);
}

/** Nothing was given up, nothing rejected, nothing taken for empty, and nothing corrected. */
export function expectSpotless(log: RunLog): void {
  const gaps = log.of("gap").filter(({ outcome }) => outcome === "lost" || outcome === "empty");
  expect(gaps.map(({ outcome, range }) => gap(outcome, range.from, range.to))).toEqual([]);
  expect(log.of("rejection")).toEqual([]);
  expect(log.of("revision")).toEqual([]);
}

/** When a run that is READY now became so for the last time. */
export function readySince({ log, run }: Pick<IbLiveRun, "log" | "run">): UnixMs {
  expect(run?.state, log.states.at(-1)?.reason).toBe("READY");
  return log.states.at(-1)!.at;
}

/**
 * What must be true of every run that can heal: it is READY, for good since `readyBy` at the
 * latest, and what it did cannot be told from a run that never stopped.
 */
export function expectHealed(world: IbWorld, whole: RunLog, readyBy: UnixMs): void {
  const { log, truth } = world;
  expect(readySince(world)).toBeLessThanOrEqual(readyBy);
  expectBars(log, truth);
  expectSame(log, whole);
  expectSpotless(log);
  expect([...world.gateway.violations]).toEqual([]);
}

/** Ends a world and expects that no timer, connection, stream or question is left behind. */
export function expectNothingLeft(world: IbWorld): void {
  const { time, gateway } = world;
  world.close();
  expect(time.nextAt).toBeUndefined();
  expect([gateway.openConnections, gateway.openStreams, gateway.openHistory]).toEqual([0, 0, 0]);
}
