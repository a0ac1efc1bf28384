import type { BarColumns } from "../../market/bar-columns.ts";
import type { BarGrid } from "../../time/bar-grid.ts";
import type { Timer } from "../../time/clock.ts";
import type { UnixMs } from "../../time/instant.ts";
import type { TimeRange } from "../../time/range.ts";
import type {
  BarBatch,
  BarQuery,
  BarSink,
  FeedFault,
  FeedOutcome,
  Subscription,
} from "../bar-source.ts";
import type { FeedEvent } from "../feed-event.ts";
import { Backfill } from "./backfill.ts";
import { BarSequencer, type SequencerOutput } from "./bar-sequencer.ts";
import { RangeFetch } from "./range-fetch.ts";
import { SecondLook } from "./second-look.ts";
import type { SpliceSettings } from "./splice.ts";

/** One open splice: carries words between the live stream, history, the sequencer and the sink. */
export class SpliceRun implements Subscription {
  readonly #query: BarQuery;
  readonly #sink: BarSink;
  readonly #settings: SpliceSettings;
  readonly #sequencer: BarSequencer;
  readonly #repairs = new Set<RangeFetch>();
  readonly #secondLook: SecondLook | undefined;
  #backfill: Backfill | undefined;
  #live: Subscription | undefined;
  #liveOutcome: FeedOutcome | undefined;
  #timer: Timer | undefined;
  #wakeAt: UnixMs | undefined;
  #starting = true;
  #closed = false;

  constructor(query: BarQuery, sink: BarSink, grid: BarGrid, settings: SpliceSettings) {
    this.#query = query;
    this.#sink = sink;
    this.#settings = settings;
    const now = settings.clock.now();
    // The bar in progress belongs to the stream: a live source restates it whole.
    const present = grid.slotAt(now)?.openTime ?? now;
    const from = Math.max(present, query.from ?? present);
    const output: SequencerOutput = {
      bars: (batch) => this.#tell(() => sink.bars(batch)),
      coverage: (range) => {
        this.#tell(() => sink.coverage(range));
        if (!this.#closed) this.#secondLook?.settled(range);
      },
      event: (event) => this.#tell(() => sink.event(event)),
    };
    this.#sequencer = new BarSequencer(
      query.series,
      grid,
      from,
      output,
      settings.sequencer,
      query.to,
    );
    if (isAny(query.known)) this.#sequencer.know(query.known);
    const { origin, clock, fetch, secondLook } = settings;
    if (origin === undefined || secondLook.afterMs === 0) return;
    this.#secondLook = new SecondLook({
      series: query.series,
      grid,
      history: origin,
      clock,
      fetch,
      options: secondLook,
      take: (batch) => this.#heard((at) => this.#sequencer.history(batch, at)),
    });
    if (isAny(query.known)) this.#secondLook.known(query.known);
  }

  start(): void {
    const { live, history, backfill, clock, fetch, backfillMs } = this.#settings;
    const { series, known, from } = this.#query;
    const reason = "joining history and live";
    this.#sink.event({ type: "status", series, state: "backfilling", reason });
    // Live first, held back: nothing can fall between the end of history and the first live bar.
    const subscription = live.open(
      { series, from: this.#sequencer.nextOpenTime ?? clock.now() },
      {
        bars: (batch) => this.#heard((now) => this.#sequencer.live(batch, now)),
        coverage: (range) => this.#heard((now) => this.#liveCoverage(range, now)),
        event: (event) => this.#heard((now) => this.#liveEvent(event, now)),
        end: (outcome) => this.#heard((now) => this.#liveEnded(outcome, now)),
      },
    );
    if (this.#closed) {
      subscription.close();
      return;
    }
    this.#live = subscription;
    this.#starting = false;
    if (history === undefined || !backfill) {
      // What was missed since the asker stopped is no warm-up: it is repaired like any gap.
      if (isAny(known)) this.#sequencer.startAt(from ?? known.closeTime[known.length - 1]!);
      this.#heard((now) => this.#sequencer.release(now));
      return;
    }
    this.#backfill = new Backfill({
      query: this.#query,
      sequencer: this.#sequencer,
      history,
      clock,
      fetch,
      limitMs: backfillMs,
      hear: (action) => this.#heard(action),
      event: (event) => this.#tell(() => this.#sink.event(event)),
      done: () => {
        this.#backfill = undefined;
      },
    });
    this.#backfill.start();
  }

  close(): void {
    this.#closed = true;
    this.#backfill?.close();
    this.#live?.close();
    this.#timer?.cancel();
    this.#secondLook?.close();
    for (const repair of this.#repairs) repair.close();
    this.#repairs.clear();
  }

  /** Live bars cannot be held up at the source. */
  pause(): void {}

  resume(): void {}

  /** Nothing is told after the end: a listener may close the stream while it is being told. */
  #tell(word: () => void): void {
    if (!this.#closed) word();
  }

  /** Does something that can move the sequencer, then all that follows from it. */
  #heard(action: (now: UnixMs) => void): void {
    if (this.#closed) return;
    action(this.#settings.clock.now());
    while (!this.#closed) {
      const requests = this.#sequencer.takeRequests();
      if (requests.length === 0) break;
      // A history that answers at once can lead to being closed between two of them.
      requests.every((range) => {
        this.#repair(range);
        return !this.#closed;
      });
    }
    if (this.#closed) return;
    this.#wake();
    this.#endWhenDone();
  }

  /** What a live stream does not call final it cannot call empty either. */
  #liveCoverage(range: TimeRange, now: UnixMs): void {
    if (!this.#settings.sequencer.impliedFinals) this.#sequencer.cover(range, now);
  }

  #liveEvent(event: FeedEvent, now: UnixMs): void {
    if (event.type === "status") {
      if (event.state === "live") this.#sequencer.resume(now);
      else this.#sequencer.interrupt(event.reason, now);
    } else if (event.type === "rejection") {
      this.#tell(() => this.#sink.event(event));
    }
  }

  #liveEnded(outcome: FeedOutcome, now: UnixMs): void {
    this.#liveOutcome = outcome;
    this.#sequencer.finish(now);
  }

  #repair(range: TimeRange): void {
    const { history, clock, fetch } = this.#settings;
    if (history === undefined) {
      const reason = "there is no history to repair it from";
      this.#repaired(range, [range], { code: "no-history", message: reason, retry: "never" });
      return;
    }
    const repair = new RangeFetch(
      range,
      this.#query.series,
      this.#sequencer.grid,
      history,
      clock,
      fetch,
      {
        bars: (batch: BarBatch) => this.#heard((now) => this.#sequencer.history(batch, now)),
        coverage: (covered) => this.#heard((now) => this.#sequencer.cover(covered, now)),
        event: (event) => this.#tell(() => this.#sink.event(event)),
        done: (missing, fault) => {
          this.#repairs.delete(repair);
          this.#heard(() => this.#repaired(range, missing, fault));
        },
      },
    );
    this.#repairs.add(repair);
    repair.start();
  }

  #repaired(range: TimeRange, missing: readonly TimeRange[], fault: FeedFault | undefined): void {
    const now = this.#settings.clock.now();
    for (const hole of missing) this.#sequencer.giveUp(hole, fault!.message, now);
    this.#sequencer.fetchEnded(range, now);
  }

  /** Keeps exactly one timer, at the next instant that can change something. */
  #wake(): void {
    const { clock } = this.#settings;
    const at = this.#sequencer.deadlineAfter(clock.now());
    if (at === this.#wakeAt && this.#timer !== undefined) return;
    this.#timer?.cancel();
    this.#wakeAt = at;
    this.#timer =
      at === undefined
        ? undefined
        : clock.schedule(at, () => {
            this.#timer = undefined;
            this.#heard((now) => this.#sequencer.tick(now));
          });
  }

  #endWhenDone(): void {
    if (this.#starting || this.#backfill !== undefined || this.#sequencer.isFetching) return;
    const isThrough = this.#query.to !== undefined && this.#sequencer.isThrough;
    const outcome = isThrough ? EMPTY : this.#liveOutcome;
    if (outcome === undefined) return;
    this.close();
    this.#sink.end(this.#sequencer.anyReleased ? withBars(outcome) : outcome);
  }
}

function isAny(bars: BarColumns | undefined): bars is BarColumns {
  return bars !== undefined && bars.length > 0;
}

const EMPTY: FeedOutcome = { kind: "empty" };

/** How a stream ended that did deliver bars, whatever its live part says of itself. */
function withBars(outcome: FeedOutcome): FeedOutcome {
  if (outcome.kind === "empty") return { kind: "complete" };
  return outcome.kind === "failed" ? { kind: "partial", fault: outcome.fault } : outcome;
}
