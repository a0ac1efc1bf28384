import { MINUTE_MS, SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import type { Random } from "../random.ts";
import { FAULTS, oneOf } from "./faults.ts";
import { type Cue, type Harm, isCondition, passesAt, type Trouble } from "./trouble.ts";

/**
 * Where in its life a fault meets a run. `backfill`: while the first warm-up is under way. `seam`:
 * where history hands over to the live bars. `live`: READY, in the middle. `reconnect`: while the
 * link comes back. `restart`: as a process is started again.
 */
export const PHASES = ["backfill", "seam", "live", "reconnect", "restart"] as const;
export type Phase = (typeof PHASES)[number];

/** What faults are staged in. */
export interface StagePlan {
  readonly phase: Phase;
  /** Numbers of faults, in the order in which they are to strike. */
  readonly faults: readonly number[];
  readonly start: UnixMs;
  /** When the bar closes in which the run starts. */
  readonly firstClose: UnixMs;
  /** The bars after it, 12 or more. */
  readonly slots: readonly { readonly openTime: UnixMs; readonly closeTime: UnixMs }[];
  /** How long history takes for an answer, there and back. */
  readonly answerMs: number;
  /** A stream of randomness by its name. */
  readonly knob: (name: string) => Random;
}

/** The latest that what is waited for comes, or else it is not waited for any longer. */
const PATIENCE_MS = 2 * MINUTE_MS;
/** While the first bars close, a run may not be READY yet. */
const FIRST_BARS = 3;

type Moment = Pick<Trouble, "at" | "cue">;

/**
 * Faults in their order: the first of them in its phase, which the run is brought into by a lost
 * link or the end of a process where it takes one, each other while the one before it lasts, or
 * soon after.
 */
export function staged(plan: StagePlan): readonly Trouble[] {
  const troubles: Trouble[] = [];
  const way = wayInto(plan);
  if (way !== undefined) troubles.push(way);
  let last: Trouble | undefined;
  for (const [place, number] of plan.faults.entries()) {
    const { name, draw } = FAULTS[number - 1]!;
    const random = plan.knob(`stage/${place}`);
    const harm = near(draw(plan.knob(`trouble/${place}`)));
    if (isCondition({ harm })) {
      troubles.push({ fault: number, name, at: plan.start, harm });
      continue;
    }
    const moment =
      last === undefined ? momentIn(plan, harm, way, random) : momentAfter(last, harm, random);
    last = { fault: number, name, ...moment, harm };
    troubles.push(last);
  }
  return troubles;
}

/** A phase is short: a fault of the disk is to meet one of its next writes. */
function near(harm: Harm): Harm {
  if (harm.kind !== "process" || !("ahead" in harm.injury)) return harm;
  const ahead = Math.ceil(harm.injury.ahead / 3);
  return { ...harm, injury: { ...harm.injury, ahead } };
}

/** What brings a run into its phase. */
function wayInto({ phase, slots, knob }: StagePlan): Trouble | undefined {
  const random = knob("stage/way");
  const slot = oneOf(random, slots.slice(FIRST_BARS, 2 * FIRST_BARS));
  const at = momentOf(random, slot.openTime, slot.closeTime);
  if (phase === "restart") {
    const injury = { kind: oneOf(random, ["kill", "stop"] as const) };
    const downMs = random.integer(0, random.chance(0.5) ? 20 * SECOND_MS : 10 * MINUTE_MS);
    return { fault: 28, name: "kill", at, harm: { kind: "process", injury, downMs } };
  }
  if (phase !== "reconnect") return undefined;
  const forMs = random.integer(1, PATIENCE_MS);
  const fault = oneOf(random, [
    { kind: "down", forMs },
    { kind: "link", forMs, ending: "1101" },
    { kind: "link", forMs, ending: "1102" },
  ] as const);
  return { fault: 26, name: "lost-link", at, harm: { kind: "gateway", fault } };
}

function momentIn(
  { phase, start, firstClose, slots, answerMs }: StagePlan,
  harm: Harm,
  way: Trouble | undefined,
  random: Random,
): Moment {
  const soon = start + PATIENCE_MS;
  switch (phase) {
    case "backfill": {
      // An answer is spoilt before it is asked for, or the pages after the first are.
      const isEarly = isOfHistory(harm) ? random.chance(0.5) : random.chance(0.2);
      if (isEarly) return { at: start };
      return cued("taken", random.integer(0, answerMs), soon);
    }
    case "seam": {
      const aboutMs = random.integer(-SECOND_MS, SECOND_MS);
      if (random.chance(0.5)) return { at: Math.max(start, firstClose + aboutMs) };
      return cued("ready", Math.max(0, 2 * aboutMs), soon);
    }
    case "live": {
      const slot = oneOf(random, slots.slice(FIRST_BARS));
      return { at: momentOf(random, slot.openTime, slot.closeTime) };
    }
    case "reconnect": {
      const back = passesAt(way!);
      if (random.chance(0.3)) return { at: random.integer(way!.at, back) };
      return cued("link", random.integer(0, answerMs + SECOND_MS), back + PATIENCE_MS);
    }
    case "restart": {
      const afterMs = random.chance(0.3) ? 0 : random.integer(0, 2 * answerMs);
      return cued("began", afterMs, passesAt(way!) + PATIENCE_MS);
    }
  }
}

function momentAfter(last: Trouble, harm: Harm, random: Random): Moment {
  const lastsMs = passesAt(last) - last.at;
  const soonMs = random.integer(0, MINUTE_MS);
  // What is dead cannot be hurt.
  if (last.harm.kind === "process" && (harm.kind === "process" || random.chance(0.7))) {
    return cued("began", soonMs / 12, last.at + lastsMs + PATIENCE_MS);
  }
  const isDuring = random.chance(0.5);
  const afterMs = isDuring
    ? random.integer(0, Math.min(lastsMs, 10 * MINUTE_MS))
    : lastsMs + soonMs;
  return cued("struck", afterMs, last.at + afterMs);
}

function cued(on: Cue["on"], afterMs: number, atTheLatest: UnixMs): Moment {
  return { at: atTheLatest, cue: { on, afterMs: Math.floor(afterMs) } };
}

function isOfHistory(harm: Harm): boolean {
  return harm.kind === "gateway" && harm.fault.kind === "history";
}

/** Anywhere in a bar, about an edge of it, or to the millisecond as it closes. */
function momentOf(random: Random, from: UnixMs, to: UnixMs): UnixMs {
  switch (random.integer(0, 5)) {
    case 0:
      return to;
    case 1:
      return to + random.integer(-SECOND_MS, SECOND_MS);
    default:
      return random.integer(from, to);
  }
}
