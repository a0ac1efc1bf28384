import type { HeadTimestampRequest, HistoryRequest } from "../../adapters/ib/port/ib-request.ts";
import { MINUTE_MS, SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import type { IbGatewayLimits } from "./ib-gateway-options.ts";
import { PACING, type Refusal, refusal } from "./notices.ts";

/** A limit that a client broke. */
export type IbViolation =
  | "messages"
  | "open-history"
  | "small-bars"
  | "small-bars-of-one"
  | "identical"
  | "real-time-bars"
  | "market-data-lines";

const LONG_WINDOW_MS = 10 * MINUTE_MS;
const SHORT_WINDOW_MS = 2 * SECOND_MS;

/** How often something happened within the last stretch of time. */
export class RecentCount {
  readonly #windowMs: number;
  #times: UnixMs[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(now: UnixMs): void {
    this.#times.push(now);
  }

  at(now: UnixMs): number {
    const from = now - this.#windowMs;
    if (this.#times.length > 0 && this.#times[0]! <= from) {
      this.#times = this.#times.filter((time) => time > from);
    }
    return this.#times.length;
  }
}

/** The limits that all connections share: Interactive Brokers keeps them by account. */
export class SharedLimits {
  /** Limits that were broken so far. */
  readonly violations = new Map<IbViolation, number>();
  readonly #limits: IbGatewayLimits;
  readonly #smallBars = new RecentCount(LONG_WINDOW_MS);
  readonly #realTimeBars = new RecentCount(LONG_WINDOW_MS);
  readonly #smallBarsOfOne = new Map<string, RecentCount>();
  readonly #lastAsked = new Map<string, UnixMs>();

  constructor(limits: IbGatewayLimits) {
    this.#limits = limits;
  }

  /** Writes a violation down. */
  violate(limit: IbViolation): void {
    this.violations.set(limit, (this.violations.get(limit) ?? 0) + 1);
  }

  /** Whether one more request may be open where so many are. */
  openHistory(open: number): Refusal | undefined {
    return open < this.#limits.openHistory ? undefined : this.#broken("open-history", PACING);
  }

  /** Whether a request for small bars, or a head timestamp, may be made now. */
  smallBars(
    request: HistoryRequest | HeadTimestampRequest,
    conId: number,
    now: UnixMs,
  ): Refusal | undefined {
    const { exchange } = request.contract;
    const one = `${conId} ${exchange} ${request.whatToShow}`;
    const { requestId: _, contract: __, ...rest } = request;
    const same = `${one} ${JSON.stringify(rest)}`;
    const ofOne = this.#smallBarsOfOne.get(one) ?? new RecentCount(SHORT_WINDOW_MS);
    const weight = request.whatToShow === "BID_ASK" ? 2 : 1;
    if (now - (this.#lastAsked.get(same) ?? Number.NEGATIVE_INFINITY) < this.#limits.identicalMs) {
      return this.#broken("identical", PACING);
    }
    if (ofOne.at(now) + weight > this.#limits.smallBarsOfOne) {
      return this.#broken("small-bars-of-one", PACING);
    }
    if (this.#smallBars.at(now) + weight > this.#limits.smallBars) {
      return this.#broken("small-bars", PACING);
    }
    for (let each = 0; each < weight; each += 1) {
      ofOne.add(now);
      this.#smallBars.add(now);
    }
    this.#smallBarsOfOne.set(one, ofOne);
    this.#remember(same, now);
    return undefined;
  }

  /** Whether a new stream of real-time bars may be opened now. */
  realTimeBars(now: UnixMs): Refusal | undefined {
    if (this.#realTimeBars.at(now) >= this.#limits.realTimeBars) {
      return this.#broken("real-time-bars", refusal(420));
    }
    this.#realTimeBars.add(now);
    return undefined;
  }

  /** Whether one more stream may be open where so many are. */
  line(open: number): Refusal | undefined {
    if (open < this.#limits.marketDataLines) return undefined;
    return this.#broken("market-data-lines", refusal(101));
  }

  #remember(asked: string, now: UnixMs): void {
    this.#lastAsked.set(asked, now);
    for (const [each, at] of this.#lastAsked) {
      if (now - at >= this.#limits.identicalMs) this.#lastAsked.delete(each);
    }
  }

  #broken(limit: IbViolation, answer: Refusal): Refusal {
    this.violate(limit);
    return answer;
  }
}

/** The messages of one connection, and the strikes it has had. */
export class MessageMeter {
  readonly #limits: IbGatewayLimits;
  readonly #recent = new RecentCount(SECOND_MS);
  #struckAt: UnixMs = Number.NEGATIVE_INFINITY;
  strikes = 0;

  constructor(limits: IbGatewayLimits) {
    this.#limits = limits;
  }

  /** Takes a message: `struck` is the first one too much of a second, `ignored` any further one. */
  take(now: UnixMs): "fine" | "struck" | "ignored" {
    if (this.#recent.at(now) < this.#limits.messagesPerSecond) {
      this.#recent.add(now);
      return "fine";
    }
    if (now - this.#struckAt < SECOND_MS) return "ignored";
    this.#struckAt = now;
    this.strikes += 1;
    return "struck";
  }

  get isOut(): boolean {
    return this.strikes >= this.#limits.messageStrikes;
  }

  /** What is said with a strike. */
  get notice(): Refusal {
    const { messagesPerSecond } = this.#limits;
    const message =
      `Max rate of messages per second has been exceeded:max=${messagesPerSecond} ` +
      `rec=${messagesPerSecond + 1} (${this.strikes})`;
    return { code: 100, message };
  }
}
