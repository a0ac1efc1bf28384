import { Run } from "../../../core/engine/run.ts";
import type { RunOptions, RunOutcome } from "../../../core/engine/run-options.ts";
import type { BarSource } from "../../../core/feed/bar-source.ts";
import type { RunObserver } from "../../../core/journal/run-observer.ts";
import type { Timer } from "../../../core/time/clock.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { SimBroker } from "../../../sim/sim-broker.ts";
import { type IbFeed, type IbFeedResult, openIbFeed } from "../../ib/ib-feed.ts";
import type { IbFeedSettings } from "../../ib/ib-feed-settings.ts";
import type { Keeping } from "../../kept/keeping.ts";
import { commissionOption, slippageOption } from "../terminal/options.ts";
import type { Talk } from "../terminal/talk.ts";
import type { GatewaySession } from "./gateway-session.ts";
import { endingOf } from "./live-ending.ts";
import type { LiveIbFlags } from "./live-ib-options.ts";
import type { LiveSettings } from "./live-settings.ts";
import { refusal } from "./refusal.ts";
import { forecastText, warmUpForecast } from "./warm-up-forecast.ts";

/** What a run on Interactive Brokers is made of. */
export interface LiveIbParts {
  readonly gateway: GatewaySession;
  readonly settings: LiveSettings;
  readonly feedSettings: Partial<IbFeedSettings>;
  readonly flags: Pick<LiveIbFlags, "until" | "bars">;
  /** How fast the gateway's time passes. */
  readonly speed: number;
  readonly talk: Talk;
  /** Bars that the strategy needs before its first decision. */
  readonly warmUpBars: number;
  readonly options: Pick<RunOptions, "strategy" | "parameters" | "initialCash" | "lostBars">;
  /** Hears of the run. */
  readonly observer: RunObserver | undefined;
  /** Where the run is kept; absent: nowhere. */
  readonly keeping?: Keeping;
}

/** A run under way, kept or not. */
interface Running {
  readonly run: Run;
  start(): void;
  stop(reason: string): void;
  onEnd(listener: (outcome: RunOutcome) => void): void;
}

/** A run that is over, and what it was on. */
export interface LiveIbEnd {
  readonly run: Run;
  readonly feed: IbFeed;
  readonly startedAt: UnixMs;
  readonly endedAt: UnixMs;
  /** Whether it came to the end that it was given. */
  readonly isThrough: boolean;
}

/**
 * A dry run on Interactive Brokers: connects, finds contract, hours and warm-up, and runs a
 * strategy on them until it ends, is stopped, or cannot go on.
 */
export class LiveIbRun {
  readonly #parts: LiveIbParts;
  readonly #done: (end: LiveIbEnd | undefined) => void;
  readonly #failed: (error: unknown) => void;
  #opening: { close(): void } | undefined;
  #timer: Timer | undefined;
  #feed: IbFeed | undefined;
  #running: Running | undefined;
  #isThrough = false;
  #isOver = false;

  /**
   * @param done gets the run that ended, or nothing where it never began.
   * @param failed gets what kept it from beginning.
   */
  constructor(
    parts: LiveIbParts,
    done: (end: LiveIbEnd | undefined) => void,
    failed: (error: unknown) => void,
  ) {
    this.#parts = parts;
    this.#done = done;
    this.#failed = failed;
  }

  start(): void {
    this.#open();
    this.#parts.gateway.session.start();
  }

  /** Ends it in order, wherever it is. */
  stop(reason: string): void {
    if (this.#running === undefined) this.#end(() => this.#done(undefined));
    else this.#running.stop(reason);
  }

  #open(): void {
    const { gateway, settings, feedSettings, talk } = this.#parts;
    const { session } = gateway;
    let told = "";
    const wait = (reason: string): void => {
      if (reason !== told && session.state === "up") talk.say(`  ${reason}; trying again`);
      told = reason;
    };
    const done = (result: IbFeedResult): void => {
      if (result.kind === "open") this.#guarded(() => this.#ready(result.feed));
      else this.#end(() => this.#failed(refusal(result.fault, result.cure)));
    };
    const { keeping } = this.#parts;
    const request = keeping === undefined ? settings : { ...settings, since: keeping.since };
    const stored = keeping === undefined ? {} : { stored: keeping.stored };
    this.#opening = openIbFeed(session, request, { ...feedSettings, ...stored }, done, wait);
  }

  #ready(feed: IbFeed): void {
    const { flags } = this.#parts;
    const { clock } = feed;
    const startedAt = clock.now();
    this.#feed = feed;
    this.#say(feed);
    const ending = endingOf(flags, feed.grid(feed.series), startedAt);
    const running = this.#prepare(feed, ending?.to);
    this.#running = running;
    if (ending !== undefined) {
      this.#timer = clock.schedule(ending.by, () => {
        this.#isThrough = true;
        running.stop("the end that it was given has come");
      });
    }
    running.onEnd((outcome) => {
      if (outcome.kind === "ended") this.#isThrough = true;
      if (outcome.kind === "crashed" && running.run.outcome?.kind !== "crashed") {
        // It could not begin once more.
        this.#end(() => this.#failed(outcome.error));
        return;
      }
      const end = { run: running.run, feed, startedAt, endedAt: clock.now() };
      this.#end(() => this.#done({ ...end, isThrough: this.#isThrough }));
    });
    running.start();
  }

  #prepare(feed: IbFeed, to: UnixMs | undefined): Running {
    const { settings, options, observer, keeping, talk } = this.#parts;
    const { commission, slippage } = settings.run;
    const { series, grid, clock } = feed;
    const made = (): Omit<RunOptions, "series" | "grid" | "clock"> => ({
      ...options,
      source: reachingBack(feed.source, settings.extraBars),
      broker: new SimBroker({
        commission: commissionOption(commission),
        slippage: slippageOption(slippage, feed.instrument.priceIncrement),
      }),
      ...(to === undefined ? {} : { to }),
      ...(observer === undefined ? {} : { observer }),
    });
    if (keeping !== undefined) {
      return keeping.run({
        feed,
        options: made,
        seamed: (seam) => reachingBack(seam(feed.seam), settings.extraBars),
        tell: (line) => talk.say(line),
      });
    }
    const plain = new Run({ ...made(), series, grid, clock });
    return {
      run: plain,
      start: () => {
        plain.begin();
        plain.follow();
      },
      stop: (reason) => plain.stop(reason),
      onEnd: (listener) => plain.onEnd(listener),
    };
  }

  #say(feed: IbFeed): void {
    const { gateway, settings, feedSettings, talk, warmUpBars, speed, keeping } = this.#parts;
    const { symbol, exchange, currency, priceIncrement } = feed.instrument;
    const step = priceIncrement === 0 ? "" : `, price step ${priceIncrement}`;
    const { conId } = feed.details.contract;
    talk.say(`  ${symbol} at ${exchange} in ${currency}, conId ${conId}${step}`);
    talk.say(`  hours of ${feed.calendar.zone.name}: ${feed.calendarNote}`);
    if (feedSettings.backfill === false || keeping?.has(feed.series) === true) return;
    const bars = warmUpBars + settings.extraBars;
    const forecast = warmUpForecast(gateway.session, feed, { bars, mode: settings.mode, speed });
    talk.say(`  warm-up: ${forecastText(forecast)}`);
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#end(() => this.#failed(error));
    }
  }

  /** Lets go of everything, once, and then tells. */
  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#opening?.close();
    this.#feed?.close();
    this.#parts.gateway.session.close();
    tell();
  }
}

/** Fetches more bars than the warm-up needs. */
function reachingBack(source: BarSource, extraBars: number): BarSource {
  if (extraBars === 0) return source;
  return {
    open: (query, sink) =>
      source.open({ ...query, warmUpBars: (query.warmUpBars ?? 0) + extraBars }, sink),
  };
}
