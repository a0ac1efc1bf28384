import { playAgain } from "../../adapters/store/journal/play-again.ts";
import { RunStore, type StoredRun } from "../../adapters/store/journal/run-store.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { BarlineError } from "../../core/time/failure.ts";
import type { Strategy } from "../../core/trading/strategy.ts";
import { SimBroker } from "../sim-broker.ts";
import { auditStore } from "./audit-store.ts";
import { Auditor } from "./auditor.ts";
import { decimal } from "./exact.ts";
import { deedText } from "./run-text.ts";
import type { Seen, SeenOf } from "./seen.ts";
import { fleetStrategy } from "./strategies.ts";
import { watcher } from "./watcher.ts";
import type { FleetWorld } from "./world.ts";

/** Bars that closed so shortly before the end need not be there. */
const ON_THE_WAY_MS = 25_000;

/** What is wrong with all that a world's disk says of its runs, and with how they add up. */
export function auditRuns(
  world: FleetWorld,
  seen: readonly Seen[],
  strategyOf: (strategy: Strategy) => Strategy = (strategy) => strategy,
): readonly string[] {
  const runs = new RunStore(world.disk.open("read"));
  const problems: string[] = [];
  try {
    for (const run of runs.list()) problems.push(...auditRun(world, runs, run, seen, strategyOf));
  } catch (error) {
    if (!(error instanceof BarlineError && world.hasFlipped)) throw error;
  }
  return world.halted === undefined ? problems : [];
}

function auditRun(
  world: FleetWorld,
  runs: RunStore,
  run: StoredRun,
  seen: readonly Seen[],
  strategyOf: (strategy: Strategy) => Strategy,
): readonly string[] {
  const { known, knobs } = world;
  const story: Seen[] = [];
  const place = { life: 0, run: () => run.number, at: () => 0, now: () => 0 };
  const played = playAgain(runs, run, {
    strategy: strategyOf(fleetStrategy(knobs)),
    broker: new SimBroker(),
    zone: calendarByName(knobs.calendar).zone,
    observer: watcher(place, (each) => story.push(each)),
  });
  const problems: string[] = [];
  if (played.divergence !== undefined) {
    problems.push(`[16] its journal plays otherwise: ${JSON.stringify(played.divergence)}`);
  }
  if (played.recorded !== played.replayed && played.recorded !== "") {
    problems.push("[16] its journal plays to another digest");
  }
  const missing = firstMissing(seen, story, run.number);
  if (missing !== undefined) problems.push(`[15] its journal does not have ${missing}`);
  const auditor = new Auditor(known);
  problems.push(...auditor.audit(story));
  const isLast = runs.list().at(-1)!.number === run.number;
  const { cash, position } = auditor.account;
  // The run that was alive, whose account went through its snapshots, and the one played again.
  for (const summary of [played.run.summary(), ...(isLast ? [world.summary] : [])]) {
    if (summary === undefined) continue;
    if (decimal(summary.cash.toString()) !== cash) {
      problems.push(`[12] cash is ${summary.cash}, and had to be ${cash} / 10^12`);
    }
    if (summary.position !== position) {
      problems.push(`[12] it holds ${summary.position}, and had to hold ${position}`);
    }
  }
  if (isLast) {
    problems.push(...unfinished(world, auditor, story));
    const { key } = run.about.series;
    problems.push(...auditStore(world.disk.open("read"), key, auditor.bars, known));
  }
  // What else is wrong says more.
  const { divergence } = played.seam;
  if (divergence !== undefined) {
    problems.push(`[16] its seam plays otherwise: ${JSON.stringify(divergence)}`);
  }
  return problems;
}

/** What is told only when it is durable. How a backfill goes can be told before. */
const COUNTS = new Set<Seen["kind"]>([
  "bar",
  "value",
  "state",
  "signal",
  "order",
  "fill",
  "revision",
]);

/** What was seen of a run and is not in its story, or not in that order. */
function firstMissing(
  seen: readonly Seen[],
  story: readonly Seen[],
  run: number,
): string | undefined {
  const texts = story.map(deedText);
  let next = 0;
  for (const each of seen) {
    if (!("run" in each) || each.run !== run || !COUNTS.has(each.kind)) continue;
    // That a disk failed it, a run says without one.
    if (each.kind === "state" && each.to === "STOPPED") continue;
    const text = deedText(each);
    const found = texts.indexOf(text, next);
    if (found === -1) return text;
    next = found + 1;
  }
  return undefined;
}

/** What a run that is READY at the end must have by then. */
function unfinished(world: FleetWorld, auditor: Auditor, story: readonly Seen[]): string[] {
  const { known, knobs } = world;
  const problems: string[] = [];
  const due = known.bars.findLast(({ closeTime }) => closeTime <= knobs.end - ON_THE_WAY_MS)!;
  const last = auditor.bars.at(-1);
  if (last === undefined || last.openTime < due.openTime) {
    problems.push(`[2] the bar at ${due.openTime} is not there at the end`);
  }
  const lost = story.find((each) => each.kind === "gap" && each.outcome === "lost");
  if (lost !== undefined) {
    const { from, to } = lost as SeenOf<"gap">;
    const bar = known.bars.find(({ openTime }) => openTime >= from && openTime < to);
    if (bar !== undefined && !known.silences.some((each) => bar.closeTime <= each.to)) {
      problems.push(`[2] the bar at ${bar.openTime} was given up`);
    }
  }
  // What was heard wrongly is found by a second look, which needs a while.
  for (const bar of auditor.bars) {
    if (bar.closeTime > knobs.end - 10 * 60_000) break;
    const forms = known.corrections.get(bar.openTime) ?? [];
    const truth = known.byOpenTime.get(bar.openTime);
    if (truth === undefined) continue;
    const allowed = [truth, ...forms.map((each) => each.bar)];
    const early = forms.filter(({ at }) => at < bar.closeTime + 80_000);
    const must = early.length > 0 ? allowed.slice(early.length) : allowed;
    if (must.some((form) => form.close === bar.close && form.low === bar.low)) continue;
    problems.push(`[6] the bar at ${bar.openTime} is ${bar.close} at the end, never put right`);
    break;
  }
  return problems;
}
