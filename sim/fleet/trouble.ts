import type { UnixMs } from "../../core/time/instant.ts";
import type { IbGatewayFault } from "../ib/index.ts";

/** A number in a bar that is none. */
export type Nonsense = "nan" | "negative" | "zero" | "sentinel" | "infinite";

/** How what the gateway says is changed on its way. Times in milliseconds. */
export type Lie =
  /** Everything is heard twice. */
  | { readonly kind: "duplicate"; readonly forMs: number }
  /** Live bars are not heard. */
  | { readonly kind: "drop"; readonly forMs: number }
  /** Nothing is heard, and then all of it at once. */
  | { readonly kind: "hold"; readonly forMs: number }
  /** Live bars trade places with the ones after them. */
  | { readonly kind: "reorder"; readonly forMs: number }
  /** Live bars come so much later than all else. */
  | { readonly kind: "lag"; readonly forMs: number; readonly byMs: number }
  /** The next live bars have a number that is none. */
  | { readonly kind: "nonsense"; readonly count: number; readonly what: Nonsense }
  /** The next live bars have a high below their low. */
  | { readonly kind: "impossible"; readonly count: number }
  /** The next live bars close at another price than history will say. */
  | { readonly kind: "disagree"; readonly count: number }
  /** The last answer of history is heard once more. */
  | { readonly kind: "stale-reply" };

/** What is so during a whole run. */
export type Condition =
  | "bars-without-trades"
  | "unsettled-history"
  | "skew-ahead"
  | "skew-behind"
  | "clocks-change"
  | "other-zone"
  | "halt"
  | "short-days"
  | "nightly-restart";

/** What a process or its disk is hurt by; it is started again `downMs` later. */
export type Injury =
  | { readonly kind: "kill" }
  | { readonly kind: "stop" }
  /** At a write call from then on: the `ahead`-th. */
  | {
      readonly kind: "kill-at-write";
      readonly ahead: number;
      readonly moment: "before" | "torn" | "after";
    }
  | { readonly kind: "disk-full"; readonly ahead: number; readonly count: number }
  | { readonly kind: "disk-error"; readonly ahead: number; readonly isWritten: boolean }
  /** Killed, and a bit is turned at rest: so far into the disk, 0 to 1. */
  | { readonly kind: "flip-bit"; readonly share: number };

export type Harm =
  | { readonly kind: "gateway"; readonly fault: IbGatewayFault }
  | { readonly kind: "lie"; readonly lie: Lie }
  | { readonly kind: "condition"; readonly condition: Condition }
  /** The process stands still: neither timers nor messages until it is over. */
  | { readonly kind: "stall"; readonly forMs: number }
  /** The machine sleeps: as a stall, and of its clocks only the one on the wall goes on. */
  | { readonly kind: "sleep"; readonly forMs: number }
  /** The machine's clock is set. */
  | { readonly kind: "clock-step"; readonly byMs: number }
  | { readonly kind: "process"; readonly injury: Injury; readonly downMs: number };

/** What a trouble waits for once the one before it has struck, and how long it waits then. */
export interface Cue {
  /**
   * `struck`: the one before it. `taken`: a run is begun, or gone on with, and asks for history.
   * `ready`: a run is READY. `link`: the link is back. `began`: a process is started again.
   */
  readonly on: "struck" | "taken" | "ready" | "link" | "began";
  readonly afterMs: number;
}

/** One thing that goes wrong in a run. */
export interface Trouble {
  /** The number of the fault in the catalogue. */
  readonly fault: number;
  readonly name: string;
  /** The instant of the world, or with a cue the latest; of a condition: the start. */
  readonly at: UnixMs;
  readonly cue?: Cue;
  readonly harm: Harm;
}

export function isCondition({ harm }: Pick<Trouble, "harm">): boolean {
  return harm.kind === "condition";
}

/** So long at the most is an answer waited for until it is asked for once more. */
const UNANSWERED_MS = 30_000;

/** How long history does not answer at all, at the most; 0 for any other harm. */
export function silenceMs(harm: Harm): number {
  if (harm.kind !== "gateway" || harm.fault.kind !== "history") return 0;
  return harm.fault.what.kind === "never" ? harm.fault.count * UNANSWERED_MS : 0;
}

/** When it has passed, on its own or by being met; infinite for what never passes. */
export function passesAt({ at, harm }: Trouble): UnixMs {
  switch (harm.kind) {
    case "gateway":
      return at + (spanOf(harm.fault) ?? silenceMs(harm));
    case "lie":
      return at + ("forMs" in harm.lie ? harm.lie.forMs : 0);
    case "stall":
    case "sleep":
      return at + harm.forMs;
    case "process":
      return at + harm.downMs;
    default:
      return at;
  }
}

function spanOf(fault: IbGatewayFault): number | undefined {
  const span = "forMs" in fault ? fault.forMs : undefined;
  // A half-open connection is found out by the session itself.
  return span === Number.POSITIVE_INFINITY ? 0 : span;
}

/** Requests that history leaves unanswered at the most. */
const MOST_SILENT = 200;

/** The same harm; where history does not answer, it does not for so long, if that is possible. */
export function outlasting(harm: Harm, ms: number): Harm {
  if (harm.kind !== "gateway" || harm.fault.kind !== "history" || silenceMs(harm) === 0)
    return harm;
  const count = Math.max(harm.fault.count, Math.ceil((2 * ms) / UNANSWERED_MS));
  return count > MOST_SILENT ? harm : { ...harm, fault: { ...harm.fault, count } };
}

/**
 * When all have passed, and no sooner than `from`. What strikes a machine that stands still, as at
 * its next write, strikes it when it moves again.
 */
export function allPassAt(troubles: readonly Trouble[], from: UnixMs): UnixMs {
  const standing = troubles.filter(({ harm }) => harm.kind === "stall" || harm.kind === "sleep");
  const passed = troubles.map((trouble) => {
    const moves = standing.map((each) => (each.at <= trouble.at ? passesAt(each) : trouble.at));
    return Math.max(trouble.at, ...moves) + passesAt(trouble) - trouble.at;
  });
  return Math.max(from, ...passed);
}
