import type { BarBatch, BarSink, FeedOutcome, Subscription } from "../feed/bar-source.ts";
import type { FeedEvent, FeedStatus } from "../feed/feed-event.ts";
import type { RunDescription, RunObserver } from "../journal/run-observer.ts";
import { assert } from "../time/failure.ts";
import type { UnixMs } from "../time/instant.ts";
import type { TimeRange } from "../time/range.ts";
import { money } from "../trading/money.ts";
import { Portfolio } from "../trading/portfolio.ts";
import type { RunState } from "../trading/readiness.ts";
import type { Parameters, StrategyRules } from "../trading/strategy.ts";
import { BarTeller } from "./bar-teller.ts";
import { Declared } from "./declare.ts";
import { DerivedBars } from "./derived-bars.ts";
import { DerivedSeries } from "./derived-series.ts";
import { Desk } from "./desk.ts";
import { EquityCurve } from "./equity-curve.ts";
import { mergedParameters } from "./parameters.ts";
import type { RunOptions, RunOutcome, RunSummary } from "./run-options.ts";
import type { RunParts } from "./run-snapshot.ts";
import { RunStateKeeper } from "./run-state.ts";
import type { SeriesFeed } from "./series-feed.ts";
import { barsToWarmUp } from "./warm-up.ts";

const HOW = { complete: "has ended", empty: "has no bars", partial: "broke off", failed: "failed" };

/** A strategy at work on one source of bars. Made with `run`. */
export class Run implements BarSink {
  readonly equityCurve = new EquityCurve();
  readonly portfolio: Portfolio;
  readonly #options: RunOptions;
  readonly #observer: RunObserver | undefined;
  readonly #parameters: Parameters;
  readonly #main: SeriesFeed;
  readonly #derived: readonly DerivedSeries[];
  readonly #desk: Desk;
  readonly #state: RunStateKeeper;
  readonly #rules: StrategyRules;
  /** What a snapshot is made of. */
  readonly parts: RunParts;
  readonly #teller: BarTeller;
  readonly #derivedBars: DerivedBars;
  #subscription: Subscription | undefined;
  #outcome: RunOutcome | undefined;
  readonly #ended: ((outcome: RunOutcome) => void)[] = [];

  constructor(options: RunOptions) {
    const { strategy, series, broker, observer } = options;
    this.#options = options;
    this.#observer = observer;
    this.#parameters = mergedParameters(strategy, options.parameters ?? {});
    const declared = new Declared(series, options.keptBars ?? 8_192);
    this.#rules = strategy.setup(declared, this.#parameters);
    declared.close();
    this.#main = declared.bars;
    this.#derived = declared.derived.map((each) => {
      const grid = options.grid(each.feed.series);
      return new DerivedSeries(each, series, options.grid(series), grid, this);
    });
    const { currency } = series.instrument;
    this.portfolio = new Portfolio(options.initialCash ?? money(1_000_000), currency);
    for (const fill of options.bookedFills ?? []) this.portfolio.apply(fill);
    this.#desk = new Desk(options, this.portfolio);
    const feeds = [this.#main, ...this.#derived.map(({ feed }) => feed)];
    this.#state = new RunStateKeeper(options, feeds, this.#desk);
    this.#teller = new BarTeller(observer);
    const asked = { options, teller: this.#teller, desk: this.#desk, state: this.#state };
    this.#derivedBars = new DerivedBars(this.#derived, asked);
    this.parts = {
      main: this.#main,
      derived: this.#derived,
      derivedBars: this.#derivedBars,
      teller: this.#teller,
      desk: this.#desk,
      state: this.#state,
      portfolio: this.portfolio,
      instrument: series.instrument,
      memory: declared.remembered,
      broker: broker.state,
      goesOnAt: Number.NEGATIVE_INFINITY,
    };
    broker.connect(this.#desk);
  }

  get state(): RunState {
    return this.#desk.state;
  }

  /** How the run ended; undefined while it goes on. */
  get outcome(): RunOutcome | undefined {
    return this.#outcome;
  }

  /** Calls back once the run has ended, at once when it has already. */
  onEnd(listener: (outcome: RunOutcome) => void): void {
    if (this.#outcome === undefined) this.#ended.push(listener);
    else listener(this.#outcome);
  }

  get description(): RunDescription {
    const { series, strategy } = this.#options;
    const { required: warmUpBars } = this.#main;
    return { strategy: strategy.name, parameters: this.#parameters, series, warmUpBars };
  }

  /** Says what is run, and that it warms up; then `follow`. */
  begin(): void {
    this.#observer?.run(this.description);
    this.#state.enter("WARMING_UP", `0 of ${this.#main.required} bars`);
  }

  /**
   * Opens its source: from the beginning, or, when it has had bars before, from where they ended. A
   * source in memory is through before this returns.
   */
  follow(): void {
    const { source, series, to } = this.#options;
    const known = this.#main.recent();
    const isGoingOn = known.length > 0;
    const from = isGoingOn ? this.parts.goesOnAt : this.#options.from;
    const derived = this.#derived.map(({ feed }) => feed);
    const query = {
      series,
      warmUpBars: isGoingOn ? 0 : barsToWarmUp(this.#options, this.#main, derived),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(isGoingOn ? { known } : {}),
    };
    const subscription = source.open(query, this);
    if (this.#outcome === undefined) this.#subscription = subscription;
    else subscription.close();
  }

  /** Ends the run as it stands; orders under way stay with the broker. */
  stop(reason = "stopped on request"): void {
    this.settle();
    if (this.#outcome === undefined) this.#finish({ kind: "stopped" }, reason);
  }

  /** Handles what waits for a word after it: none will come of this source. */
  settle(): void {
    this.#guard(() => this.#takeWaiting());
  }

  /** Ends the run because something that it depends on failed. */
  halt(error: unknown): void {
    this.#guard(() => {
      throw error;
    });
  }

  /** When warm-up will be through on live bars alone, by the calendar; undefined beyond it. */
  naturalReadyAt(): UnixMs | undefined {
    return this.#state.naturalReadyAt();
  }

  summary(): RunSummary {
    const { portfolio } = this;
    return {
      state: this.state,
      bars: this.#main.count,
      warmUpBars: this.#main.required,
      readyAt: this.#state.readyAt,
      signals: this.#desk.signalCount,
      orders: this.#desk.orderCount,
      fills: portfolio.fillCount,
      openOrders: this.#desk.openOrders.length,
      position: this.#desk.position,
      cash: portfolio.cash,
      fees: portfolio.fees,
      equity: portfolio.equity,
    };
  }

  bars(batch: BarBatch): void {
    this.#guard(() => {
      assert(batch.finality === "final", "only final bars reach a run");
      if (this.#derivedBars.areAny) this.#derivedBars.wait(batch);
      else this.#batch(batch);
    });
  }

  coverage(range: TimeRange): void {
    this.#heardTo(range.to);
    if (this.#derivedBars.areAny) this.#guard(() => this.#takeWaiting(range));
  }

  event(event: FeedEvent): void {
    this.#guard(() => {
      this.#takeWaiting();
      this.#observer?.feed(event);
      this.#derivedBars.pass(event);
      // What a gap completes comes before what it changes.
      this.#derivedBars.catchUp(this.#options.clock.now());
      if (event.type === "status") this.#status(event);
      else this.derivedEvent(event, this.#main);
    });
  }

  /** A gap or revision of one of the run's series. */
  derivedEvent(event: FeedEvent, feed: SeriesFeed): void {
    if (feed !== this.#main) this.#observer?.feed(event);
    if (event.type === "revision") {
      feed.revise(event);
      this.#state.assess();
    } else if (event.type === "gap" && event.outcome === "lost") {
      if (this.#options.lostBars === "continue") return;
      feed.breakOff(event.range.to);
      this.#state.assess(true);
    }
  }

  end(outcome: FeedOutcome): void {
    const fault = "fault" in outcome ? `: ${outcome.fault.message}` : "";
    this.#guard(() => {
      this.#takeWaiting();
      this.#finish({ kind: "ended", feed: outcome }, `the source ${HOW[outcome.kind]}${fault}`);
    });
  }

  #takeWaiting(covered?: TimeRange): void {
    for (const batch of this.#derivedBars.handOver(covered)) this.#batch(batch);
    if (covered !== undefined) this.#derivedBars.catchUp(this.#options.clock.now());
  }

  #heardTo(at: UnixMs): void {
    if (this.#outcome === undefined && at > this.parts.goesOnAt) this.parts.goesOnAt = at;
  }

  /** A backtest spends its time in this loop: what no bar changes is looked up before it. */
  #batch(batch: BarBatch): void {
    const { clock, driver, broker } = this.#options;
    const { bars, origin } = batch;
    const { portfolio, equityCurve } = this;
    const main = this.#main;
    const { series } = main;
    const desk = this.#desk;
    const state = this.#state;
    const teller = this.#teller;
    const derivedBars = this.#derivedBars.areAny ? this.#derivedBars : undefined;
    for (let index = 0; index < bars.length; index += 1) {
      const closeTime = bars.closeTime[index]!;
      derivedBars?.catchUp(closeTime - 1);
      if (this.#outcome !== undefined) return;
      if (driver !== undefined) driver.advanceTo(closeTime);
      else assert(closeTime <= clock.now(), "no bar is handled before its close");
      assert(bars.openTime[index]! > main.lastOpenTime, "open times of final bars ascend");
      broker.bar(series, bars, index);
      main.update(bars, index);
      if (origin !== "replay") main.keep(bars, index);
      portfolio.mark(series.instrument, bars, index);
      teller.tell(main, batch, index);
      const { seq } = teller;
      // Every indicator that this instant completes is updated before anything is decided on it.
      const due = derivedBars?.take(closeTime);
      if (state.decides) {
        desk.seq = seq;
        this.#rules.onBar(bars.at(index), desk);
      }
      if (due !== undefined) derivedBars!.decide(due);
      equityCurve.push(bars, index, portfolio);
      if (desk.state !== "READY") state.assess();
    }
    this.#heardTo(bars.closeTime[bars.length - 1]!);
  }

  #status({ state, reason }: FeedStatus): void {
    this.#main.staleReason = state === "live" ? "" : `${state}: ${reason}`;
    this.#state.assess(state === "live");
  }

  /** What the strategy or we ourselves throw ends the run in good order. */
  #guard(action: () => void): void {
    if (this.#outcome !== undefined) return;
    try {
      action();
    } catch (error) {
      if (this.#outcome !== undefined) throw error;
      const message = error instanceof Error ? error.message : String(error);
      this.#finish({ kind: "crashed", error }, `crashed: ${message}`);
    }
  }

  #finish(outcome: RunOutcome, reason: string): void {
    this.#outcome = outcome;
    this.#state.enter("STOPPED", reason);
    this.#subscription?.close();
    for (const listener of this.#ended) listener(outcome);
  }
}

/**
 * Runs a strategy on a source of bars: the same for a backtest, a simulation and live. What differs
 * is what is plugged in. Returns at once; `onEnd` tells when it is over.
 */
export function run(options: RunOptions): Run {
  const started = new Run(options);
  started.begin();
  started.follow();
  return started;
}
