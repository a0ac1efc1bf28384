import type { TimeRange } from "../time/range.ts";
import type { BarBatch, BarSink, FeedOutcome } from "./bar-source.ts";
import type { FeedEvent } from "./feed-event.ts";

/** One thing that a source says, as a value: a call of its sink that can be kept and made again. */
export type FeedWord =
  | { readonly kind: "bars"; readonly batch: BarBatch }
  | { readonly kind: "coverage"; readonly range: TimeRange }
  | { readonly kind: "event"; readonly event: FeedEvent }
  | { readonly kind: "end"; readonly outcome: FeedOutcome };

/** Says a word to a sink. */
export function sayTo(sink: BarSink, word: FeedWord): void {
  if (word.kind === "bars") sink.bars(word.batch);
  else if (word.kind === "coverage") sink.coverage(word.range);
  else if (word.kind === "event") sink.event(word.event);
  else sink.end(word.outcome);
}

/** A sink that makes a word of everything that it hears. */
export function sinkOfWords(take: (word: FeedWord) => void): BarSink {
  return {
    bars: (batch) => take({ kind: "bars", batch }),
    coverage: (range) => take({ kind: "coverage", range }),
    event: (event) => take({ kind: "event", event }),
    end: (outcome) => take({ kind: "end", outcome }),
  };
}
