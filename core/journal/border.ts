import type { PlainValue } from "../codec/plain-value.ts";
import type { BarQuery, BarSink, BarSource, Subscription } from "../feed/bar-source.ts";
import { type FeedWord, sayTo, sinkOfWords } from "../feed/feed-word.ts";
import { type SpliceOptions, splice } from "../feed/seam/splice.ts";
import type { Timer, TimerClock } from "../time/clock.ts";
import type { UnixMs } from "../time/instant.ts";
import type { BorderRecord } from "./border-record.ts";

/**
 * Stands around the seam: everything that comes in passes here, is written down, and is handled in
 * one present that does not move meanwhile. So the seam can be played again, and does what it did.
 */
export class Border {
  readonly #world: TimerClock;
  readonly #note: (record: BorderRecord) => void;
  #present: UnixMs = Number.NEGATIVE_INFINITY;
  #isInside = false;
  /** Sources that are being opened at this moment. */
  #opening = 0;
  #streams = 0;
  #timers = 0;

  /** The time that the seam, and the run behind it, see. */
  readonly clock: TimerClock = {
    now: () => this.#now(),
    schedule: (at, action) => this.#schedule(at, action),
  };

  constructor(world: TimerClock, note: (record: BorderRecord) => void) {
    this.#world = world;
    this.#note = note;
  }

  /** History and live bars joined, with all that goes in and out of the seam written down. */
  readonly splice = (parts: SpliceOptions): BarSource => ({
    open: (query, sink) => this.#open(parts, query, sink),
  });

  #open(parts: SpliceOptions, query: BarQuery, sink: BarSink): Subscription {
    this.#streams = 0;
    this.#timers = 0;
    const { history, origin, live } = parts;
    const joined = splice({
      ...parts,
      ...(history === undefined ? {} : { history: this.#source(history) }),
      ...(origin === undefined ? {} : { origin: this.#source(origin) }),
      live: this.#source(live),
      clock: this.clock,
    });
    const { from, to, warmUpBars = 0 } = query;
    const known = query.known?.length ?? 0;
    const settings = settingsOf(parts);
    return this.#enter(
      (at) => ({ kind: "opened", at, from, to, warmUpBars, known, settings }),
      () => joined.open(query, sink),
    );
  }

  #source(source: BarSource): BarSource {
    return {
      ...(source.impliesFinals === undefined ? {} : { impliesFinals: source.impliesFinals }),
      open: (query, sink) => {
        this.#streams += 1;
        const stream = this.#streams;
        this.#opening += 1;
        try {
          return source.open(
            query,
            sinkOfWords((word) => this.#heard(stream, word, sink)),
          );
        } finally {
          this.#opening -= 1;
        }
      },
    };
  }

  #heard(stream: number, word: FeedWord, sink: BarSink): void {
    const sources = this.#streams;
    const depth = this.#opening;
    this.#enter(
      (at) => ({ kind: "heard", at, stream, sources, depth, word }),
      () => sayTo(sink, word),
    );
  }

  #schedule(at: UnixMs, action: () => void): Timer {
    this.#timers += 1;
    const timer = this.#timers;
    return this.#world.schedule(at, () =>
      this.#enter((now) => ({ kind: "due", at: now, timer }), action),
    );
  }

  #enter<T>(record: (at: UnixMs) => BorderRecord, action: () => T): T {
    const isOutermost = !this.#isInside;
    if (isOutermost) this.#present = this.#now();
    this.#note(record(this.#present));
    this.#isInside = true;
    try {
      return action();
    } finally {
      if (isOutermost) this.#isInside = false;
    }
  }

  #now(): UnixMs {
    return this.#isInside ? this.#present : Math.max(this.#present, this.#world.now());
  }
}

/** The settings that a seam is made anew with. */
function settingsOf({ live, ...parts }: SpliceOptions): PlainValue {
  const { history, origin, backfill, backfillMs, sequencer, fetch, secondLook } = parts;
  return {
    hasHistory: history !== undefined,
    hasOrigin: origin !== undefined,
    impliesFinals: live.impliesFinals,
    backfill,
    backfillMs,
    sequencer: { ...sequencer },
    fetch: { ...fetch },
    secondLook: { ...secondLook },
  };
}
