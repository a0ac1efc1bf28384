import type { UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import type { SeenBar } from "./seen.ts";
import type { Knobs } from "./swarm.ts";

/** A stretch of the calendar in which a bar can lie. */
export interface Slot {
  readonly openTime: UnixMs;
  readonly closeTime: UnixMs;
}

/** What a gateway and a process hold open. */
export interface OpenThings {
  readonly connections: number;
  readonly streams: number;
  readonly history: number;
  readonly timers: number;
  readonly violations: number;
}

/** How far a run is on the disk. */
export interface DurableHead {
  readonly at: UnixMs;
  readonly commits: number;
  readonly lastOrderId: number;
}

/** What the auditor and the checkers know of a run's world: the truth, in plain lists. */
export interface Known {
  readonly knobs: Knobs;
  /** The bars of the market, as first told, ascending. */
  readonly bars: readonly SeenBar[];
  readonly byOpenTime: ReadonlyMap<UnixMs, SeenBar>;
  readonly slots: ReadonlyMap<UnixMs, Slot>;
  /** Forms that bars were given later, in order. */
  readonly corrections: ReadonlyMap<UnixMs, readonly Correction[]>;
  /**
   * When live bars were changed on their way, or came later than all else that was said, so that
   * one in progress could not be told from one that was over. They must be put right soon.
   */
  readonly doubtful: readonly TimeRange[];
  /** When history did not answer at all, and for so long that bars may be lost of it. */
  readonly silences: readonly TimeRange[];
  readonly openThings: () => OpenThings;
  readonly headOf: (run: number) => DurableHead | undefined;
}

export interface Correction {
  readonly at: UnixMs;
  readonly bar: SeenBar;
}

/** The bars of the market that open after one bar and before another. */
export function* barsBetween(
  { bars }: Known,
  after: Pick<SeenBar, "openTime">,
  before: Pick<SeenBar, "openTime">,
): Generator<SeenBar> {
  let first = 0;
  for (let end = bars.length; first < end; ) {
    const middle = (first + end) >> 1;
    if (bars[middle]!.openTime <= after.openTime) first = middle + 1;
    else end = middle;
  }
  for (let at = first; at < bars.length; at += 1) {
    if (bars[at]!.openTime >= before.openTime) return;
    yield bars[at]!;
  }
}

/** Every form that a bar of the market ever had. */
export function formsOf({ byOpenTime, corrections }: Known, openTime: UnixMs): readonly SeenBar[] {
  const first = byOpenTime.get(openTime);
  if (first === undefined) return [];
  return [first, ...(corrections.get(openTime) ?? []).map(({ bar }) => bar)];
}

/** How long after its close a bar can still be heard live. */
const HEARD_MS = 60_000;

/** Whether what was heard live of a bar may have been another one than the market's. */
export function isDoubtful({ doubtful }: Known, { openTime, closeTime }: Slot): boolean {
  return doubtful.some(({ from, to }) => to >= openTime && from <= closeTime + HEARD_MS);
}

export function isSameBar(a: SeenBar, b: SeenBar): boolean {
  return (
    a.openTime === b.openTime &&
    a.closeTime === b.closeTime &&
    Object.is(a.open, b.open) &&
    Object.is(a.high, b.high) &&
    Object.is(a.low, b.low) &&
    Object.is(a.close, b.close) &&
    Object.is(a.volume, b.volume)
  );
}

/** Whether a fault of these numbers is a part of the run. */
export function suffers({ knobs }: Known, ...faults: readonly number[]): boolean {
  return knobs.troubles.some(({ fault }) => faults.includes(fault));
}
