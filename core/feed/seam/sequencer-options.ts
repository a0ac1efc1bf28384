import { requireAtLeast } from "../../time/requirement.ts";

/** How patient a sequencer is, and how much it remembers. */
export interface SequencerOptions {
  /** Whether the live source leaves it to us when a bar is final; default false. */
  readonly impliedFinals: boolean;
  /**
   * How long after a bar's close, in milliseconds, the source may still be about to speak: a
   * forming bar becomes final, and a missing one overdue, only then; a bar that the source itself
   * calls final does not wait. 0 or more; default 3,000.
   */
  readonly graceMs: number;
  /**
   * A forming bar counts as complete at its close plus grace only when it was restated within this
   * many milliseconds before the close; else history is asked. 0 or more; default 30,000.
   */
  readonly quietMs: number;
  /**
   * How long after its close a bar may be missing before the stream is stale; at least the grace;
   * default 15,000.
   */
  readonly staleMs: number;
  /**
   * How far ahead of our clock a bar may open, in milliseconds, before it is refused; default
   * 300,000.
   */
  readonly futureMs: number;
  /**
   * Released bars to remember for telling repetitions from corrections; 1 or more; default 4,096.
   */
  readonly rememberedBars: number;
  /** Bars to hold back at the most while earlier ones are missing; 1 or more; default 65,536. */
  readonly heldBars: number;
}

/** What a sequencer does unless it is told otherwise. */
export const DEFAULT_SEQUENCER_OPTIONS: SequencerOptions = {
  impliedFinals: false,
  graceMs: 3_000,
  quietMs: 30_000,
  staleMs: 15_000,
  futureMs: 300_000,
  rememberedBars: 4_096,
  heldBars: 65_536,
};

/** Fills in the defaults and refuses what makes no sense. */
export function sequencerOptions(given: Partial<SequencerOptions> = {}): SequencerOptions {
  const options = { ...DEFAULT_SEQUENCER_OPTIONS, ...given };
  requireAtLeast("graceMs", options.graceMs, 0);
  requireAtLeast("quietMs", options.quietMs, 0);
  requireAtLeast("staleMs", options.staleMs, options.graceMs);
  requireAtLeast("futureMs", options.futureMs, 0);
  requireAtLeast("rememberedBars", options.rememberedBars, 1);
  requireAtLeast("heldBars", options.heldBars, 1);
  return options;
}
