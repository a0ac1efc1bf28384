import { expect } from "vitest";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import { missingSlots } from "../../adapters/store/fetch/missing-slots.ts";
import { type PlayedAgain, playAgain } from "../../adapters/store/journal/play-again.ts";
import { RunStore, type StoredRun } from "../../adapters/store/journal/run-store.ts";
import { systemZone } from "../../adapters/system/zone.ts";
import type { Bar } from "../../core/market/bar.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { Strategy } from "../../core/trading/strategy.ts";
import { SimBroker, type Truth } from "../../sim/index.ts";
import type { KeptLife, KeptWorld } from "./kept-world.ts";
import { barsOf, plain } from "./market.ts";
import { RunLog } from "./run-log.ts";

/** Bars of the world's disk. */
export function storedBars(world: KeptWorld): BarStore {
  return new BarStore(world.disk.open("read"), { zoneNamed: systemZone });
}

/** The runs of the world's disk, in the order in which they were begun. */
export function storedRuns(world: KeptWorld): StoredRun[] {
  return new RunStore(world.disk.open("read")).list();
}

/**
 * What a run did in all of its lives, as its journal plays again from its beginning, to the digest
 * that it had.
 *
 * @param run default: the newest.
 * @param until what was heard later is left out; default: nothing.
 */
export function playedAgain(
  world: KeptWorld,
  strategy: Strategy = world.strategy(),
  run: StoredRun = storedRuns(world).at(-1)!,
  until = Number.POSITIVE_INFINITY,
): { readonly played: PlayedAgain; readonly log: RunLog } {
  const log = new RunLog({ now: () => 0 });
  const played = playAgain(new RunStore(world.disk.open("read")), run, {
    strategy,
    broker: new SimBroker(),
    zone: systemZone(run.about.zone),
    observer: log,
    until,
  });
  expect(played.divergence).toBeUndefined();
  if (played.commits > 0) expect(played.replayed).toBe(played.recorded);
  return { played, log };
}

/** The bars that are stored are sound, and those of the market, each of them, and no others. */
export function expectStored(world: KeptWorld, bars: readonly Bar[]): void {
  const { key } = world.truth.series;
  const store = storedBars(world);
  expect(store.verify(key)).toEqual([]);
  expect([...store.read(key)].map(plain)).toEqual(bars);
  const coverage = store.coverage(key);
  const range = { from: bars[0]!.openTime, to: bars.at(-1)!.closeTime };
  expect(missingSlots(world.truth.grid, coverage, range)).toEqual([]);
  expect(coverage.lost).toEqual([]);
}

/**
 * A run of several lives that cannot be told from the one that never stopped: every bar once, in
 * order, in the run and in the store, and the same values and decisions.
 *
 * @param unhurt the one that never stopped; it may have gone on for longer.
 * @param isReadyAlike whether both were READY at the same instant.
 */
export function expectUnhurt(world: KeptWorld, unhurt: RunLog, isReadyAlike = true): RunLog {
  const { log } = playedAgain(world);
  const label = world.truth.series.size.label;
  const bars = log.bars(label);
  expect(bars.length).toBeGreaterThan(0);
  const { closeTime: end } = bars.at(-1)!;
  expect(bars).toEqual(barsOf(world.truth, bars[0]!.openTime, end));
  const upToEnd = (each: { readonly closeTime: UnixMs }): boolean => each.closeTime <= end;
  expect(bars).toEqual(unhurt.bars(label).filter(upToEnd));
  if (isReadyAlike) expect(log.readyAt).toBe(unhurt.readyAt);
  expect(log.values).toEqual(unhurt.values.filter(upToEnd));
  expect(log.signals).toEqual(unhurt.signals.filter(upToEnd));
  expect(log.of("rejection")).toEqual([]);
  expect(log.of("gap").filter(({ outcome }) => outcome === "lost")).toEqual([]);
  expectStored(world, bars);
  expect([...world.gateway.violations]).toEqual([]);
  return log;
}

/**
 * What a life fetched before it was READY for the first time: one request for a gap, which reaches
 * back over one known bar, or nothing; and later nothing that was stored but for such a bar.
 *
 * @param killedAt when the life before it ended, which had all bars that closed before that.
 */
export function expectFetched(life: KeptLife, { truth }: KeptWorld, killedAt: UnixMs): void {
  const { readyAt, startedAt } = life;
  expect(readyAt).toBeGreaterThan(startedAt);
  const known = lastClosed(truth, killedAt);
  const last = lastClosed(truth, startedAt);
  const isGap = last.openTime > known.openTime;
  const gaps = life.gaps.filter(({ at }) => at <= readyAt!);
  const range = { from: known.openTime, to: last.closeTime };
  expect(gaps.map((gap) => gap.range)).toEqual(isGap ? [range] : []);
  expect(life.asked.filter(({ at }) => at <= readyAt!).length).toBe(gaps.length);
  expectNoneFetchedAgain(life);
}

/** Of what was stored nothing was fetched again but, with what follows it, its last bar. */
export function expectNoneFetchedAgain(life: KeptLife): void {
  for (const { stored } of life.gaps) expect(stored).toBeLessThanOrEqual(1);
}

/** The last bar of a market that was over by an instant. */
function lastClosed(truth: Truth, at: UnixMs): Bar {
  return barsOf(truth).findLast(({ closeTime }) => closeTime <= at)!;
}
