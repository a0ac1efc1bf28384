import type {
  BarBatch,
  BarQuery,
  BarSink,
  BarSource,
  FeedOutcome,
  Subscription,
} from "../../core/feed/bar-source.ts";
import type { FeedState } from "../../core/feed/feed-event.ts";
import type { Bar } from "../../core/market/bar.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import type { Series } from "../../core/market/series.ts";
import type { TimerClock } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import type { Truth } from "../../sim/index.ts";

export interface ScriptOptions {
  /** Whether it leaves it to the listener when a bar is final; default false. */
  readonly impliesFinals?: boolean;
  /** What it says the moment it is opened; default nothing. */
  readonly onOpen?: (source: ScriptedSource, query: BarQuery) => void;
}

/** A source that says exactly what a scenario makes it say, when it does. */
export class ScriptedSource implements BarSource {
  readonly impliesFinals: boolean;
  readonly queries: BarQuery[] = [];
  readonly #series: Series;
  readonly #sinks = new Set<BarSink>();
  readonly #onOpen: ScriptOptions["onOpen"];

  constructor(of: Series, options: ScriptOptions = {}) {
    this.#series = of;
    this.impliesFinals = options.impliesFinals ?? false;
    this.#onOpen = options.onOpen;
  }

  open(query: BarQuery, sink: BarSink): Subscription {
    this.queries.push(query);
    this.#sinks.add(sink);
    this.#onOpen?.(this, query);
    return { close: () => this.#sinks.delete(sink), pause: () => {}, resume: () => {} };
  }

  final(bar: Bar, version = 1): void {
    this.say([bar], { finality: "final", version });
  }

  forming(bar: Bar): void {
    this.say([bar], { finality: "forming" });
  }

  /** Sends bars in one batch: final live ones of this source's series unless told otherwise. */
  say(bars: readonly Bar[], batch: Partial<Omit<BarBatch, "bars">> = {}): void {
    for (const sink of [...this.#sinks]) {
      sink.bars({
        series: this.#series,
        finality: "final",
        origin: "live",
        version: 1,
        ...batch,
        bars: BarColumns.of(bars),
      });
    }
  }

  cover(from: UnixMs, to: UnixMs): void {
    for (const sink of [...this.#sinks]) sink.coverage({ from, to });
  }

  status(state: FeedState, reason: string): void {
    const series = this.#series;
    for (const sink of [...this.#sinks]) sink.event({ type: "status", series, state, reason });
  }

  /** Says that a range is lost. */
  gap(range: TimeRange): void {
    const event = {
      type: "gap",
      series: this.#series,
      range,
      outcome: "lost",
      reason: "?",
    } as const;
    for (const sink of [...this.#sinks]) sink.event(event);
  }

  end(outcome: FeedOutcome): void {
    for (const sink of [...this.#sinks]) sink.end(outcome);
  }
}

/** A history that answers in full and at once, or as `refuses` says of a request. */
export function readyHistory(
  truth: Truth,
  refuses: (request: number) => FeedOutcome | undefined = () => undefined,
): ScriptedSource {
  return new ScriptedSource(truth.series, {
    onOpen: (source, { from, to }) => {
      const refusal = refuses(source.queries.length);
      if (refusal === undefined) {
        const bars = [...truth.bars].filter((bar) => bar.openTime >= from! && bar.openTime < to!);
        if (bars.length > 0) source.say(bars, { origin: "backfill" });
        source.cover(from!, to!);
      }
      source.end(refusal ?? { kind: "complete" });
    },
  });
}

/** Says each bar that has not closed yet as final, `delayMs` after its close. */
export function playFinals(
  source: ScriptedSource,
  clock: TimerClock,
  bars: Iterable<Bar>,
  delayMs = 20,
): void {
  for (const bar of bars) {
    if (bar.closeTime < clock.now()) continue;
    clock.schedule(bar.closeTime + delayMs, () => source.final(bar));
  }
}
