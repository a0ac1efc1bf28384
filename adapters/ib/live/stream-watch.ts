import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { LiveOptions } from "./live-options.ts";

/** What makes a silence suspicious, in milliseconds. */
interface Patience {
  /** After an opening. */
  readonly openingMs: number;
  /** In the middle of a session, after a word; it doubles as long as nothing comes of it. */
  silenceMs(heardAt: UnixMs): number;
}

/**
 * Tells when the silence of a stream becomes suspicious: by the hours of the exchange and by
 * nothing that the gateway says of itself. While the market is closed silence means nothing.
 */
export class StreamWatch {
  readonly #grid: BarGrid;
  readonly #patience: Patience;
  readonly #longestMs: number;
  #heardAt: UnixMs = Number.NEGATIVE_INFINITY;
  #factor = 1;

  constructor(grid: BarGrid, patience: Patience, longestMs: number) {
    this.#grid = grid;
    this.#patience = patience;
    this.#longestMs = longestMs;
  }

  /** The stream is well. */
  heard(now: UnixMs): void {
    this.#heardAt = now;
    this.#factor = 1;
  }

  /** It was looked after and had nothing new to say: the contract may be quiet. */
  quiet(now: UnixMs): void {
    this.#heardAt = now;
    const nextMs = this.#patience.silenceMs(now) * this.#factor * 2;
    if (nextMs <= this.#longestMs) this.#factor *= 2;
  }

  /** Whether the exchange trades at an instant. */
  isOpen(at: UnixMs): boolean {
    return this.#grid.calendar.isOpen(at);
  }

  /** The first opening at or after an instant; the instant itself while the market is open. */
  opensAt(at: UnixMs): UnixMs | undefined {
    const segment = this.#grid.calendar.segmentAtOrAfter(at);
    return segment === undefined ? undefined : Math.max(segment.from, at);
  }

  /** When to look after the stream if it says nothing before; undefined past the calendar's end. */
  get deadline(): UnixMs | undefined {
    const since = this.#heardAt;
    let stretch = this.#stretch(since);
    if (stretch !== undefined && stretch.from <= since) {
      const silenceMs = this.#patience.silenceMs(since) * this.#factor;
      const at = since + Math.min(silenceMs, this.#longestMs);
      if (at < stretch.to) return at;
      stretch = this.#stretch(stretch.to);
    }
    // Streams die over night without a word, so every opening is a reason to look.
    const { openingMs } = this.#patience;
    while (stretch !== undefined && stretch.from + openingMs >= stretch.to) {
      stretch = this.#stretch(stretch.to);
    }
    return stretch === undefined ? undefined : stretch.from + openingMs;
  }

  /** Open hours at or after an instant, as one where they touch, as far as it can matter. */
  #stretch(at: UnixMs): TimeRange | undefined {
    const { calendar } = this.#grid;
    const first = calendar.segmentAtOrAfter(at);
    if (first === undefined) return undefined;
    let { to } = first;
    while (to <= Math.max(at, first.from) + this.#longestMs) {
      const next = calendar.segmentAtOrAfter(to);
      if (next === undefined || next.from > to) break;
      to = next.to;
    }
    return { from: first.from, to };
  }
}

/** Updates come about every 5 seconds, but quiet contracts skip them. */
export function keepUpToDatePatience(grid: BarGrid, options: LiveOptions): Patience {
  const { watchMs, quietMs, silenceMs } = options;
  return {
    openingMs: watchMs,
    silenceMs(heardAt) {
      // The first bar of which not a word would have been heard.
      const silent = grid.slotAtOrAfter(heardAt);
      const afterBar = silent === undefined ? silenceMs : silent.closeTime + watchMs - heardAt;
      return Math.min(silenceMs, Math.max(quietMs, afterBar));
    },
  };
}

/** Real-time bars come every 5 seconds, whether anything trades or not. */
export function realTimePatience({ realTimeSilenceMs }: LiveOptions): Patience {
  return { openingMs: realTimeSilenceMs, silenceMs: () => realTimeSilenceMs };
}
