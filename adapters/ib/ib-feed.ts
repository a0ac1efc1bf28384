import type { BarSource, FeedFault } from "../../core/feed/bar-source.ts";
import type { FetchOptions } from "../../core/feed/seam/range-fetch.ts";
import { type SpliceOptions, splice } from "../../core/feed/seam/splice.ts";
import { type Instrument, instrument } from "../../core/market/instrument.ts";
import {
  type PriceType,
  type Series,
  type SessionScope,
  series as seriesOf,
} from "../../core/market/series.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import type { BarSize } from "../../core/time/bar-size.ts";
import type { Timer, TimerClock } from "../../core/time/clock.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import { CalendarKeeper } from "./contracts/calendar-keeper.ts";
import type { ContractRequest } from "./contracts/contract-request.ts";
import { fetchCalendar } from "./contracts/fetch-calendar.ts";
import type { ReportedCalendar } from "./contracts/reported-calendar.ts";
import {
  type ContractResult,
  type Pending,
  resolveContract,
} from "./contracts/resolve-contract.ts";
import { IbHistoricalSource } from "./history/ib-historical-source.ts";
import { type IbFeedSettings, ibFeedSettings } from "./ib-feed-settings.ts";
import { IbLiveSource } from "./live/ib-live-source.ts";
import type { IbContract, IbContractDetails } from "./port/ib-contract.ts";
import type { IbLink } from "./session/ib-link.ts";
import { SharedFate } from "./shared-fate.ts";

/** Which bars of which contract. */
export interface IbFeedRequest {
  readonly contract: ContractRequest;
  readonly size: BarSize;
  readonly priceType: PriceType;
  readonly scope: SessionScope;
  /**
   * The earliest instant whose sessions are asked for, once it is known which series it is; at the
   * least, and by default: well beyond any usual warm-up.
   */
  readonly since?: (series: Series) => UnixMs;
}

/** Everything that a run on one series needs. */
export interface IbFeed {
  readonly instrument: Instrument;
  readonly series: Series;
  readonly details: IbContractDetails;
  readonly calendar: ReportedCalendar;
  /** How the calendar came to be, in a sentence. */
  readonly calendarNote: string;
  /** The bars that must exist, of this series and of every other size on its calendar. */
  readonly grid: (series: Series) => BarGrid;
  /** History and live bars as one stream. */
  readonly source: BarSource;
  /** What that is made of. */
  readonly seam: SpliceOptions;
  /** The same history alone. */
  readonly history: BarSource;
  /** The market's time: the one that the run must be given. */
  readonly clock: TimerClock;
  /** Lets go of what keeps the calendar up to date. */
  close(): void;
}

/** What came of opening a feed. */
export type IbFeedResult =
  | { readonly kind: "open"; readonly feed: IbFeed }
  /** `cure` says what to do, where the message does not already. */
  | { readonly kind: "failed"; readonly fault: FeedFault; readonly cure: string };

/** Security types whose prices can be zero or negative: spreads and what is stored at a cost. */
const MAY_BE_NEGATIVE = ["BAG", "FUT", "FOP"];

/** Pause before what could not be had is asked for once more, in milliseconds. */
const RETRY_MS = SECOND_MS;

/**
 * History is asked for until it answers: nothing that comes later could make up for it. The source
 * has deadlines of its own and always ends, so its silence is not watched from here as well.
 */
const PERSISTENT: FetchOptions = {
  silenceMs: HOUR_MS,
  attempts: 10_000,
  retryMs: SECOND_MS,
  longestRetryMs: 10 * SECOND_MS,
};

/** A bar can be corrected for so long without costing a request of its own. */
const LOOK_BACK_MS = HOUR_MS;

/**
 * Finds the contract, learns the sessions of its exchange from the gateway, and joins its history
 * and live bars. What only time can mend, a link that is down included, is waited for.
 *
 * @param done is called once, after this has returned.
 * @param wait is told why there is still nothing, each time it is tried anew.
 */
export function openIbFeed(
  link: IbLink,
  request: IbFeedRequest,
  settings: Partial<IbFeedSettings>,
  done: (result: IbFeedResult) => void,
  wait: (reason: string) => void = () => {},
): Pending {
  const opening = new Opening(link, request, settings, done, wait);
  opening.start();
  return opening;
}

/** A feed on its way: contract, then calendar, then all of it. */
class Opening implements Pending {
  readonly #link: IbLink;
  readonly #request: IbFeedRequest;
  readonly #settings: Partial<IbFeedSettings>;
  readonly #done: (result: IbFeedResult) => void;
  readonly #wait: (reason: string) => void;
  #under: Pending | undefined;
  #unwatch: (() => void) | undefined;
  #timer: Timer | undefined;

  constructor(
    link: IbLink,
    request: IbFeedRequest,
    settings: Partial<IbFeedSettings>,
    done: (result: IbFeedResult) => void,
    wait: (reason: string) => void,
  ) {
    this.#link = link;
    this.#request = request;
    this.#settings = settings;
    this.#done = done;
    this.#wait = wait;
  }

  start(): void {
    if (this.#link.state !== "connecting") {
      this.#resolve();
      return;
    }
    // The first connection sets the market's clock: nothing may be timed by it before.
    this.#unwatch = this.#link.watch((event) => {
      if (event.kind === "down") this.#wait(event.reason);
      if (event.kind !== "up" && event.kind !== "stopped") return;
      this.#unwatch?.();
      if (event.kind === "up") this.#resolve();
      else this.#done({ kind: "failed", fault: event.fault, cure: "" });
    });
  }

  #resolve(): void {
    const told = (result: ContractResult): void => {
      if (result.kind === "resolved") this.#learnSessions(result.details);
      else if (result.kind === "failed") this.#failed(result.fault, () => this.#resolve());
      else this.#done(failureOf(result));
    };
    const { contract } = this.#request;
    this.#under = resolveContract(this.#link, contract, told, this.#settings.ask);
  }

  close(): void {
    this.#unwatch?.();
    this.#under?.close();
    this.#timer?.cancel();
  }

  #learnSessions(details: IbContractDetails): void {
    const { scope } = this.#request;
    const days = daysOf(this.#request, details, this.#link.clock.now());
    const options = { ...this.#settings.ask, scope, days };
    this.#under = fetchCalendar(this.#link, details, options, (result) => {
      if (result.kind === "failed") {
        this.#failed(result.fault, () => this.#learnSessions(details));
        return;
      }
      const { calendar, note } = result;
      const feed = joined(this.#link, this.#request, this.#settings, details, calendar, note);
      this.#done({ kind: "open", feed });
    });
  }

  #failed(fault: FeedFault, again: () => void): void {
    if (fault.retry === "never") {
      this.#done({ kind: "failed", fault, cure: "" });
      return;
    }
    const { clock } = this.#link;
    this.#timer = clock.schedule(clock.now() + RETRY_MS, again);
    this.#wait(fault.message);
  }
}

function failureOf(
  result: Extract<ContractResult, { kind: "ambiguous" | "unknown" }>,
): IbFeedResult {
  const { kind, message } = result;
  const fault: FeedFault = { code: `${kind}-contract`, message, retry: "never" };
  return { kind: "failed", fault, cure: result.kind === "unknown" ? result.cure : "" };
}

/** So many days more than are needed: sessions begin before their day. */
const SPARE_DAYS = 7;

/** How far back sessions are asked for. */
function daysOf(request: IbFeedRequest, details: IbContractDetails, now: UnixMs): number {
  const since = request.since?.(wantedSeries(request, details));
  const days = since === undefined ? 0 : Math.ceil((now - since) / DAY_MS) + SPARE_DAYS;
  return Math.max(warmUpDays(request.size), days);
}

/** Well beyond any usual warm-up in bars of the size. */
function warmUpDays(size: BarSize): number {
  if (size.ms >= DAY_MS) return 1_825;
  if (size.ms >= HOUR_MS) return 1_095;
  return size.ms >= 5 * MINUTE_MS ? 365 : 60;
}

function wantedSeries(
  { size, priceType, scope }: IbFeedRequest,
  details: IbContractDetails,
): Series {
  return seriesOf(instrumentOf(details.contract, details), size, priceType, scope);
}

function joined(
  link: IbLink,
  request: IbFeedRequest,
  given: Partial<IbFeedSettings>,
  details: IbContractDetails,
  calendar: ReportedCalendar,
  calendarNote: string,
): IbFeed {
  const { size, scope } = request;
  const series = wantedSeries(request, details);
  const settings = ibFeedSettings(given);
  const { clock } = link;
  const { contract } = details;
  const grid = gridsOn(calendar);
  const fate = new SharedFate();
  const { graceMs, quietMs, staleMs, settleMs, backfill, backfillMs, mode } = settings;
  const history = new IbHistoricalSource({ link, contract, grid, options: settings.history });
  const live = new IbLiveSource({ link, contract, grid, mode, options: settings.live });
  const origin = fate.history(history);
  const keeper = new CalendarKeeper({ link, contract, calendar, scope });
  const seam: SpliceOptions = {
    history: settings.stored?.(origin) ?? origin,
    origin,
    live: fate.live(live),
    grid,
    clock,
    backfill,
    ...(backfillMs === undefined ? {} : { backfillMs }),
    sequencer: { graceMs, quietMs, staleMs },
    fetch: PERSISTENT,
    secondLook: {
      afterMs: settleMs,
      // Requests for small bars are counted by the gateway.
      everyMs: size.ms <= 30 * SECOND_MS ? 5 * MINUTE_MS : MINUTE_MS,
      reachMs: Math.max(LOOK_BACK_MS, 4 * size.ms),
    },
  };
  const about = { instrument: series.instrument, series, details, calendar, calendarNote };
  const close = (): void => keeper.close();
  return { ...about, grid, clock, history, seam, source: splice(seam), close };
}

function instrumentOf(contract: IbContract, { minTick }: IbContractDetails): Instrument {
  const { symbol, exchange, primaryExchange, currency, multiplier, secType } = contract;
  return instrument(symbol, {
    exchange: primaryExchange === "" ? exchange : primaryExchange,
    currency,
    multiplier: Number(multiplier) > 0 ? Number(multiplier) : 1,
    priceIncrement: minTick > 0 ? minTick : 0,
    allowsNegativePrice: MAY_BE_NEGATIVE.includes(secType),
  });
}

/** One grid for each size. The gateway cuts its bars at whole multiples of the clock. */
function gridsOn(calendar: ReportedCalendar): (series: Series) => BarGrid {
  const grids = new Map<BarSize, BarGrid>();
  return ({ size }) => {
    let grid = grids.get(size);
    if (grid === undefined) {
      grid = new BarGrid(calendar, size, "clock");
      grids.set(size, grid);
    }
    return grid;
  };
}
