import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import type { Random } from "../random.ts";
import type { Condition, Harm, Injury, Lie, Nonsense } from "./trouble.ts";

/**
 * What a run has to make of a fault. `absorb`: nothing of it shows. `correct`: a bar may go out
 * wrong, as nothing in it tells, and is revised soon. `declare`: what history never tells is said
 * to be lost. `halt`: what is damaged is refused by name, unless it does not matter.
 */
export type Outcome = "absorb" | "correct" | "declare" | "halt";

/** A fault of the catalogue. */
export interface CatalogedFault {
  readonly number: number;
  readonly name: string;
  readonly outcome: Outcome;
  draw(random: Random): Harm;
}

function fault(
  number: number,
  name: string,
  outcome: Outcome,
  draw: (random: Random) => Harm,
): CatalogedFault {
  return { number, name, outcome, draw };
}

const lie = (told: Lie): Harm => ({ kind: "lie", lie: told });
const condition = (which: Condition): Harm => ({ kind: "condition", condition: which });
const injury = (random: Random, what: Injury): Harm => ({
  kind: "process",
  injury: what,
  downMs: random.chance(0.5) ? random.integer(0, 20 * SECOND_MS) : random.integer(1, 2 * HOUR_MS),
});
const span = (random: Random): number =>
  random.chance(0.5) ? random.integer(1, MINUTE_MS) : random.integer(1, 30 * MINUTE_MS);

/** One of several, each as likely. */
export function oneOf<T>(random: Random, from: readonly T[]): T {
  return from[random.integer(0, from.length - 1)]!;
}

const history = (random: Random, kind: "empty" | "partial" | "pacing"): Harm => ({
  kind: "gateway",
  fault: { kind: "history", what: { kind }, count: random.integer(1, 3) },
});
const NONSENSE: readonly Nonsense[] = ["nan", "negative", "zero", "sentinel", "infinite"];

/** A clock that is set forward, and one that goes on while the machine sleeps, look the same. */
function clockForward(random: Random): Harm {
  const ms = random.chance(0.5) ? span(random) : random.integer(1, 3 * HOUR_MS);
  return random.chance(0.5) ? { kind: "clock-step", byMs: ms } : { kind: "sleep", forMs: ms };
}

/** The faults of the specification, by their numbers, each with what has to come of it. */
export const FAULTS: readonly CatalogedFault[] = [
  fault(1, "duplicate", "absorb", (random) => lie({ kind: "duplicate", forMs: span(random) })),
  fault(2, "gap", "absorb", (random) => lie({ kind: "drop", forMs: span(random) })),
  fault(3, "out-of-order", "absorb", (random) => lie({ kind: "reorder", forMs: span(random) })),
  fault(4, "forming-as-final", "correct", () => condition("unsettled-history")),
  fault(5, "revision", "correct", (random) => ({
    kind: "gateway",
    fault: { kind: "revise", back: random.integer(1, 6) },
  })),
  fault(6, "late-bar", "correct", (random) =>
    lie({ kind: "lag", forMs: span(random), byMs: random.integer(1, 30 * SECOND_MS) }),
  ),
  fault(7, "nonsense", "correct", (random) =>
    lie({ kind: "nonsense", count: random.integer(1, 20), what: oneOf(random, NONSENSE) }),
  ),
  fault(8, "impossible-bar", "absorb", (random) =>
    lie({ kind: "impossible", count: random.integer(1, 20) }),
  ),
  fault(9, "no-trades", "absorb", () => condition("bars-without-trades")),
  fault(10, "empty-history", "absorb", (random) => history(random, "empty")),
  fault(11, "partial-history", "absorb", (random) => history(random, "partial")),
  fault(12, "pacing", "absorb", (random) => history(random, "pacing")),
  fault(13, "disconnect-in-backfill", "absorb", (random) => ({
    kind: "gateway",
    fault: { kind: "down", forMs: span(random) },
  })),
  fault(14, "disagreement", "correct", (random) =>
    lie({ kind: "disagree", count: random.integer(1, 12) }),
  ),
  fault(15, "stale-reply", "declare", (random) =>
    random.chance(0.5) ? lie({ kind: "stale-reply" }) : slowHistory(random),
  ),
  fault(16, "skew", "absorb", (random) =>
    condition(random.chance(0.5) ? "skew-ahead" : "skew-behind"),
  ),
  fault(17, "clock-forward", "absorb", clockForward),
  fault(18, "clock-back", "absorb", (random) => ({
    kind: "clock-step",
    byMs: -random.integer(1, 3 * HOUR_MS),
  })),
  fault(19, "dst", "absorb", () => condition("clocks-change")),
  fault(20, "wrong-zone", "absorb", () => condition("other-zone")),
  fault(21, "halt", "absorb", () => condition("halt")),
  fault(22, "early-close", "absorb", () => condition("short-days")),
  fault(23, "duplicate-message", "absorb", (random) =>
    lie({ kind: "duplicate", forMs: random.integer(1, 10 * SECOND_MS) }),
  ),
  fault(24, "coalesced", "absorb", (random) =>
    lie({ kind: "hold", forMs: random.integer(1, 5 * SECOND_MS) }),
  ),
  fault(25, "half-open", "absorb", (random) => ({
    kind: "gateway",
    fault: { kind: "half-open", forMs: random.chance(0.5) ? span(random) : Infinity },
  })),
  fault(26, "lost-link", "absorb", lostLink),
  fault(27, "slow-consumer", "absorb", (random) => ({ kind: "stall", forMs: span(random) })),
  fault(28, "kill", "absorb", (random) =>
    injury(random, { kind: oneOf(random, ["kill", "stop"]) }),
  ),
  fault(29, "torn-write", "absorb", (random) =>
    injury(random, {
      kind: "kill-at-write",
      ahead: random.integer(1, 12),
      moment: oneOf(random, ["before", "torn", "after"]),
    }),
  ),
  fault(30, "disk-full", "absorb", (random) =>
    injury(random, {
      kind: "disk-full",
      ahead: random.integer(1, 12),
      count: random.integer(1, 8),
    }),
  ),
  fault(31, "fsync-error", "absorb", (random) =>
    injury(random, {
      kind: "disk-error",
      ahead: random.integer(1, 12),
      isWritten: random.chance(0.5),
    }),
  ),
  fault(32, "flipped-bit", "halt", (random) =>
    injury(random, { kind: "flip-bit", share: random.unit() }),
  ),
];

function slowHistory(random: Random): Harm {
  const what = { kind: "slow", byMs: random.integer(1, 60_000) } as const;
  const count = random.integer(1, 3);
  if (random.chance(0.5)) return { kind: "gateway", fault: { kind: "history", what, count } };
  // As many as are made in that time.
  const never = { kind: "history", what: { kind: "never" }, count: 1_000 } as const;
  return { kind: "gateway", fault: { ...never, forMs: count * MINUTE_MS } };
}

function lostLink(random: Random): Harm {
  const forMs = span(random);
  switch (random.integer(0, 8)) {
    case 0:
      return condition("nightly-restart");
    case 1:
      return { kind: "gateway", fault: { kind: "farm", forMs, kills: random.chance(0.5) } };
    case 2:
      return { kind: "gateway", fault: { kind: "silent-streams" } };
    case 3:
      return { kind: "gateway", fault: { kind: "competing", forMs } };
    case 4:
      return { kind: "gateway", fault: { kind: oneOf(random, ["bust", "port"]) } };
    case 5:
      return { kind: "gateway", fault: { kind: "client-id", forMs } };
    default: {
      const ending = oneOf(random, ["1101", "1102", "1102-dead"] as const);
      return { kind: "gateway", fault: { kind: "link", forMs, ending } };
    }
  }
}
