import type { BarGrid } from "../../core/time/bar-grid.ts";
import { assert } from "../../core/time/failure.ts";
import { HOUR_MS, MINUTE_MS, type UnixMs } from "../../core/time/instant.ts";
import { Random } from "../random.ts";
import { FAULTS, oneOf } from "./faults.ts";
import { PHASES, type Phase, staged } from "./stage.ts";
import {
  allPassAt,
  type Condition,
  isCondition,
  outlasting,
  silenceMs,
  type Trouble,
} from "./trouble.ts";
import { drawWhereabouts } from "./whereabouts.ts";

/** Which strategy runs, and what it remembers. */
export type StrategyKind = "cross" | "forgetful-cross" | "mood" | "secret-mood" | "larger";

const STRATEGIES: readonly StrategyKind[] = [
  "cross",
  "forgetful-cross",
  "mood",
  "secret-mood",
  "larger",
];

/** Everything that differs from one run to another. All of it is drawn from the seed. */
export interface Knobs {
  readonly seed: number;
  readonly calendar: string;
  readonly size: string;
  /** First bar of the market that counts: the run starts in the middle of things after it. */
  readonly near: UnixMs;
  readonly start: UnixMs;
  /** The world ends; the market goes on for a while. */
  readonly end: UnixMs;
  readonly mode: "keep-up-to-date" | "real-time-bars";
  readonly strategy: StrategyKind;
  readonly fast: number;
  readonly slow: number;
  readonly latencyMs: number;
  readonly historyDelayMs: number;
  readonly historyLagMs: number;
  readonly pageBars: number;
  readonly snapshotBars: number;
  readonly price: number;
  /** Where in its life the run is met by what goes wrong; undefined: anywhere. */
  readonly phase: Phase | undefined;
  readonly troubles: readonly Trouble[];
}

/** Healing may take this long on the market's open hours, and so many bars. */
const HEALING_MS = 50 * MINUTE_MS;
const HEALING_BARS = 6;
/** What goes wrong with history itself is mostly to be met by the first warm-up. */
const OF_HISTORY = [10, 11, 12, 13, 15];
/** So many of the runs in which anything goes wrong have it go wrong in a phase of their life. */
const STAGED_SHARE = 0.25;

/** What may be fixed beforehand. */
export interface DrawOptions {
  /**
   * Exactly this fault, by its name, and no other; several with commas between, which strike in
   * their order; `none` for none.
   */
  readonly fault?: string | undefined;
  /** Where in its life the first of them meets the run; default: several in any, one anywhere. */
  readonly phase?: Phase | undefined;
}

/** Draws a run. Each knob has a stream of its own: one more knob changes nothing of the others. */
export function drawKnobs(seed: number, options: DrawOptions = {}): Knobs {
  const knob = (name: string): Random => new Random(seed, `fleet/${name}`);
  const slow = knob("slow").integer(4, 30);
  const faults = drawFaults(seed, options);
  const phase = drawPhase(knob("staged"), faults, options);
  const { calendar, size, grid, near } = drawWhereabouts(knob, {
    changesClocks: faults.includes(19),
    isShort: faults.includes(22),
  });
  const latencyMs = oneOf(knob("latency"), [0, 1, 5, 40, 250]);
  const drawnDelayMs = oneOf(knob("history-delay"), [1, 40, 900, 4_000]);
  // What is over in a moment is no phase.
  const isLong = phase === "backfill" || phase === "seam";
  const historyDelayMs = isLong ? Math.max(drawnDelayMs, 900) : drawnDelayMs;
  const answerMs = historyDelayMs + 2 * latencyMs;
  // In the middle of a bar, or about its edge.
  const first = grid.slotAtOrAfter(near)!;
  const start =
    phase === "seam"
      ? first.closeTime - knob("start").integer(0, 4 * answerMs)
      : within(knob("start"), first.openTime, first.closeTime);
  const lifeBars = knob("bars").integer(12, size === "1m" ? 50 : 40);
  const slots = slotsAfter(grid, start, lifeBars);
  const strategy = oneOf(knob("strategy"), STRATEGIES);
  const needed = (strategy === "larger" ? 6 : 1) * slow;
  const grown = grid.nthForward(start, needed)!.closeTime - start;
  const drawn =
    phase === undefined
      ? scattered(faults, start, slots, knob)
      : staged({ phase, faults, start, firstClose: first.closeTime, slots, answerMs, knob });
  // Where history is silent for longer than that, there are live bars enough without it.
  const troubles = drawn.map((each) => ({ ...each, harm: outlasting(each.harm, grown) }));
  const healed = allPassAt(troubles, start);
  // What lost a bar warms up once more, with live bars alone.
  const again = troubles.some(({ harm }) => silenceMs(harm) > grown) ? needed : 0;
  return {
    seed,
    calendar,
    size,
    near,
    start,
    end: endAfter(grid, Math.max(healed, slots.at(-1)!.closeTime), HEALING_BARS + again),
    mode: knob("mode").chance(0.6) ? "keep-up-to-date" : "real-time-bars",
    strategy,
    fast: knob("fast").integer(1, 3),
    slow,
    latencyMs,
    historyDelayMs,
    historyLagMs: oneOf(knob("history-lag"), [0, 500, 500, 2_500]),
    pageBars: oneOf(knob("page"), [5, 12, 40, 2_000]),
    snapshotBars: oneOf(knob("snapshot"), [3, 8, 4_096]),
    price: oneOf(knob("price"), [1, 100, 100, 4_000]),
    phase,
    troubles: [...troubles].sort((a, b) => a.at - b.at),
  };
}

/** Faults that come as they come: anywhere in the run, those of history mostly at its start. */
function scattered(
  faults: readonly number[],
  start: UnixMs,
  slots: readonly { readonly openTime: UnixMs; readonly closeTime: UnixMs }[],
  knob: (name: string) => Random,
): readonly Trouble[] {
  return faults.map((number, place): Trouble => {
    const { name, draw } = FAULTS[number - 1]!;
    const random = knob(`trouble/${place}`);
    const harm = draw(random);
    const isInBackfill = OF_HISTORY.includes(number) && random.chance(0.7);
    const slot = oneOf(random, slots);
    const at = isInBackfill
      ? start + random.integer(0, 500)
      : within(random, slot.openTime, slot.closeTime);
    return { fault: number, name, at: harm.kind === "condition" ? start : at, harm };
  });
}

/** The phase of a run whose faults are staged; undefined where they come as they come. */
function drawPhase(
  random: Random,
  faults: readonly number[],
  { fault, phase }: DrawOptions,
): Phase | undefined {
  if (phase !== undefined) return phase;
  const drawn = oneOf(random, PHASES);
  if (fault !== undefined) return faults.length > 1 ? drawn : undefined;
  return random.chance(STAGED_SHARE) && faults.length > 0 ? drawn : undefined;
}

/** Half of all runs have one fault at the most: many at a time hide what one does. */
function drawFaults(seed: number, { fault }: DrawOptions): readonly number[] {
  if (fault !== undefined) return numbersOf(fault);
  const random = new Random(seed, "fleet/faults");
  const few = random.chance(0.5);
  const count = few ? (random.integer(0, 5) === 0 ? 0 : 1) : random.integer(2, 6);
  const drawn: number[] = [];
  for (let index = 0; index < count; index += 1) drawn.push(random.integer(1, FAULTS.length));
  // A condition holds or not; twice is once.
  return eachOnce(drawn);
}

/** The numbers of faults by their names, with commas between. */
function numbersOf(names: string): readonly number[] {
  if (names === "none") return [];
  const found = names.split(",").map((each) => FAULTS.find(({ name }) => name === each));
  return eachOnce(
    found.map((fault) => {
      assert(fault !== undefined, `${names} are no faults`);
      return fault.number;
    }),
  );
}

/** A condition holds or not; twice is once. */
function eachOnce(faults: readonly number[]): readonly number[] {
  const isLasting = (number: number): boolean =>
    isCondition({ harm: FAULTS[number - 1]!.draw(new Random(1, "kind")) });
  return faults.filter((each, index) => faults.indexOf(each) === index || !isLasting(each));
}

/** An instant of a bar: mostly anywhere in it, sometimes within a second of an edge. */
function within(random: Random, from: UnixMs, to: UnixMs): UnixMs {
  const edge = random.chance(0.5) ? from : to;
  const anywhere = from + Math.floor((to - from) * random.unit());
  return random.chance(0.25) ? edge + random.integer(-1_000, 1_000) : anywhere;
}

function slotsAfter(
  grid: BarGrid,
  from: UnixMs,
  count: number,
): readonly { readonly openTime: UnixMs; readonly closeTime: UnixMs }[] {
  const slots = [];
  for (let at = from; slots.length < count; ) {
    const slot = grid.slotAtOrAfter(at)!;
    slots.push(slot);
    at = slot.closeTime;
  }
  return slots;
}

function endAfter(grid: BarGrid, healed: UnixMs, leastBars: number): UnixMs {
  let open = 0;
  let bars = 0;
  let at = healed;
  while (open < HEALING_MS || bars < leastBars) {
    const { openTime, closeTime } = grid.slotAtOrAfter(at)!;
    open += closeTime - openTime;
    bars += 1;
    at = closeTime;
  }
  // Not at an edge, where what is under way decides.
  return at + Math.min(30_000, HOUR_MS);
}

/** Whether something holds during the whole of a run. */
export function holds({ troubles }: Knobs, condition: Condition): boolean {
  return troubles.some(({ harm }) => harm.kind === "condition" && harm.condition === condition);
}
