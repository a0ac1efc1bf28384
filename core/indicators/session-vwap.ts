import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import type { Bar } from "../market/bar.ts";
import { fail } from "../time/failure.ts";
import { formatInstant, type UnixMs } from "../time/instant.ts";
import type { TradingCalendar } from "../time/trading-calendar.ts";
import type { BarIndicator } from "./indicator.ts";
import { LARGEST_INPUT, refuseInput, refuseReplace, requireInteger } from "./numbers.ts";
import { SINGLE_LINE, StreamState } from "./stream-state.ts";

// Constants of this module, which the compiler can fold.
const LARGEST = LARGEST_INPUT;
const LARGEST_SUM = 3 * LARGEST_INPUT;
const VALUE = 0;
/**
 * The session so far: money (three times the price, by volume) and volume, each with what was
 * rounded off it, the number of bars, and the trading day, NaN before the first bar.
 */
const MONEY = 1;
const MONEY_REST = 2;
const VOLUME = 3;
const VOLUME_REST = 4;
const BARS = 5;
const DAY = 6;
/** The same, in the same order, as it was before the newest bar. */
const MONEY_BEFORE = 7;
const MONEY_REST_BEFORE = 8;
const VOLUME_BEFORE = 9;
const VOLUME_REST_BEFORE = 10;
const BARS_BEFORE = 11;
const DAY_BEFORE = 12;
/** What the newest bar adds. */
const PRICES = 13;
const SHARES = 14;
/** The trading day last looked up, and the instants known to belong to it. */
const KNOWN_DAY = 15;
const KNOWN_FROM = 16;
const KNOWN_TO = 17;
const SLOTS = 18;

/** The trading day, or any other number that names the session, that an instant belongs to. */
export type SessionOf = (openTime: UnixMs) => number;

/** How the volume-weighted average knows its sessions. */
export interface SessionVwapOptions {
  /**
   * The largest number of bars in one session, 1 to 86,400: after that many, the session under way
   * has been seen from its first bar. A session that has more is refused when it comes.
   */
  readonly barsPerSession: number;
}

/**
 * The volume-weighted average price of the session under way: the typical prices (high + low +
 * close) / 3 of its bars, weighted by their volumes. A bar of another trading day than the bar
 * before it begins anew; time between sessions counts to the one that follows. As long as a session
 * has no volume the value is the typical price of its newest bar.
 *
 * It depends on the bars of the session alone, added in their order, so it is the same whatever bar
 * the stream began at, from the first session on that was seen from its opening. The sums carry
 * what was rounded off them: for prices of one sign and a price times volume above 2^-900, the
 * value is within 2^-50 of the exact one, relatively, however many the bars.
 */
export class SessionVwap extends StreamState implements BarIndicator {
  readonly input = "bar";
  readonly #sessions: TradingCalendar | SessionOf;
  #isEmpty = true;

  constructor(sessions: TradingCalendar | SessionOf, options: SessionVwapOptions) {
    const warmUp = options.barsPerSession;
    requireInteger("VWAP", "number of bars per session", warmUp, 1, 86_400);
    const facts = { name: "VWAP(session)", readyAfter: 1, warmUp, lines: SINGLE_LINE };
    super(facts, new Float64Array(SLOTS));
    this.#sessions = sessions;
    this.state[DAY] = Number.NaN;
  }

  update(bar: Bar): number {
    this.#take(bar);
    const state = this.state;
    if (state[BARS]! >= this.warmUp && state[DAY] === state[KNOWN_DAY]) this.#refuseSession();
    this.#isEmpty = false;
    this.#add();
    return state[VALUE]!;
  }

  replace(bar: Bar): number {
    if (this.#isEmpty) refuseReplace(this.name);
    this.#take(bar);
    const state = this.state;
    if (state[BARS_BEFORE]! >= this.warmUp && state[DAY_BEFORE] === state[KNOWN_DAY]) {
      this.#refuseSession();
    }
    state.copyWithin(MONEY, MONEY_BEFORE, DAY_BEFORE + 1);
    this.#add();
    return state[VALUE]!;
  }

  reset(): void {
    this.clearState();
    this.#isEmpty = true;
    this.state[DAY] = Number.NaN;
  }

  protected override saveState(to: ByteWriter): void {
    super.saveState(to);
    to.bool(this.#isEmpty);
  }

  protected override loadState(from: ByteReader): void {
    super.loadState(from);
    this.#isEmpty = from.bool();
  }

  /** Checks a bar, finds its trading day, and puts aside what it adds; changes no sum. */
  #take(bar: Bar): void {
    const { high, low, close, volume, openTime } = bar;
    const state = this.state;
    const prices = high + low + close;
    // The bounds leave no NaN either: it is not below any bound.
    if (!(Math.abs(prices) <= LARGEST_SUM)) refuseInput(this.name, prices);
    if (!(volume >= 0 && volume <= LARGEST)) refuseInput(this.name, volume);
    if (!(openTime >= state[KNOWN_FROM]! && openTime < state[KNOWN_TO]!)) this.#lookUp(openTime);
    state[PRICES] = prices;
    state[SHARES] = volume;
  }

  #lookUp(openTime: UnixMs): void {
    const sessions = this.#sessions;
    if (typeof sessions === "function") {
      const session = sessions(openTime);
      if (!Number.isFinite(session)) refuseInput(this.name, session);
      this.state[KNOWN_DAY] = session;
      return;
    }
    sessions.requireKnown(openTime);
    const segment = sessions.segmentAtOrAfter(openTime);
    if (segment === undefined) {
      fail("outside-calendar", `no session of ${sessions.name} is at or after the bar`, {
        where: formatInstant(openTime),
        cure: "choose a calendar that knows the sessions of these bars",
      });
    }
    this.state[KNOWN_DAY] = segment.day;
    this.state[KNOWN_FROM] = Math.min(openTime, segment.from);
    this.state[KNOWN_TO] = segment.to;
  }

  #refuseSession(): never {
    fail("session-too-long", `a session has more than ${this.warmUp} bars`, {
      where: this.name,
      cure: "give the largest number of bars in one session as barsPerSession",
    });
  }

  #add(): void {
    const state = this.state;
    let money = state[MONEY]!;
    let moneyRest = state[MONEY_REST]!;
    let volume = state[VOLUME]!;
    let volumeRest = state[VOLUME_REST]!;
    let bars = state[BARS]!;
    const day = state[KNOWN_DAY]!;
    const dayBefore = state[DAY]!;
    state[MONEY_BEFORE] = money;
    state[MONEY_REST_BEFORE] = moneyRest;
    state[VOLUME_BEFORE] = volume;
    state[VOLUME_REST_BEFORE] = volumeRest;
    state[BARS_BEFORE] = bars;
    state[DAY_BEFORE] = dayBefore;
    if (day !== dayBefore) {
      state[DAY] = day;
      money = 0;
      moneyRest = 0;
      volume = 0;
      volumeRest = 0;
      bars = 0;
    }
    const prices = state[PRICES]!;
    const shares = state[SHARES]!;
    const added = prices * shares;
    const newMoney = money + added;
    const moneyBack = newMoney - money;
    const newMoneyRest = moneyRest + (money - (newMoney - moneyBack) + (added - moneyBack));
    const newVolume = volume + shares;
    const volumeBack = newVolume - volume;
    const newVolumeRest = volumeRest + (volume - (newVolume - volumeBack) + (shares - volumeBack));
    state[MONEY] = newMoney;
    state[MONEY_REST] = newMoneyRest;
    state[VOLUME] = newVolume;
    state[VOLUME_REST] = newVolumeRest;
    state[BARS] = bars + 1;
    const total = 3 * (newVolume + newVolumeRest);
    state[VALUE] = total === 0 ? prices / 3 : (newMoney + newMoneyRest) / total;
  }
}

/**
 * `VWAP(session)` over the sessions of a calendar, or of a function that names the session of an
 * instant by a number. Throws a `BarlineError` for bars beyond the calendar, for a session with
 * more than `barsPerSession` bars, and for prices or volumes above 2^500.
 */
export function sessionVwap(
  sessions: TradingCalendar | SessionOf,
  options: SessionVwapOptions,
): SessionVwap {
  return new SessionVwap(sessions, options);
}
