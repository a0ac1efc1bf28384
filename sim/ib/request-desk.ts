import type { IbEvent } from "../../adapters/ib/port/ib-event.ts";
import type {
  CancelRequest,
  ContractDetailsRequest,
  HeadTimestampRequest,
  IbRequest,
  RealTimeBarsRequest,
  ScheduleRequest,
} from "../../adapters/ib/port/ib-request.ts";
import { ibUtcTime } from "../../adapters/ib/port/ib-time.ts";
import { SECOND_MS } from "../../core/time/instant.ts";
import { marketsOf } from "./contracts.ts";
import type { DeniedRequest } from "./gateway-fault.ts";
import type { GatewayState } from "./gateway-state.ts";
import { GatewayStream, type StreamScript } from "./gateway-stream.ts";
import { epochText } from "./gateway-time.ts";
import { HistoryDesk } from "./history-desk.ts";
import { HistoryJobs } from "./history-jobs.ts";
import { isRefusal, LIVE_PRICES, planSchedule } from "./history-plan.ts";
import { sessionsIn } from "./hours-text.ts";
import { invalidRequest, type Refusal, refusal, SERVICE_LOST, serviceError } from "./notices.ts";
import type { OpenMarket } from "./open-market.ts";
import { RealTimeBars } from "./stream-scripts.ts";

/** Answers the requests of one connection. */
export class RequestDesk {
  readonly #state: GatewayState;
  readonly #tell: (event: IbEvent) => void;
  readonly #jobs: HistoryJobs;
  readonly #history: HistoryDesk;
  readonly #streams = new Map<number, GatewayStream>();

  constructor(state: GatewayState, tell: (event: IbEvent) => void) {
    this.#state = state;
    this.#tell = tell;
    this.#jobs = new HistoryJobs(state);
    this.#history = new HistoryDesk(state, this.#jobs, tell, (requestId, script) =>
      this.#stream(requestId, script),
    );
  }

  /** Streams that are alive, and histories about to become one. */
  get openStreams(): number {
    const alive = [...this.#streams.values()].filter(({ isDead }) => !isDead).length;
    return alive + this.#jobs.becomingStreams;
  }

  get openHistory(): number {
    return this.#jobs.size;
  }

  answer(request: IbRequest): void {
    const { clock, settings } = this.#state;
    switch (request.kind) {
      case "current-time":
        this.#tell({ kind: "current-time", at: Math.floor(clock.now() / SECOND_MS) * SECOND_MS });
        break;
      case "accounts":
        this.#tell({ kind: "accounts", accounts: settings.accounts });
        break;
      case "positions":
        for (const position of settings.positions) this.#tell({ kind: "position", ...position });
        this.#tell({ kind: "positions-end" });
        break;
      case "cancel":
        this.#cancel(request);
        break;
      default:
        this.#answerAboutContract(request);
    }
  }

  /** Streams stop; with a refusal each is told so and forgotten, as an ended one. */
  killStreams(why?: Refusal): void {
    for (const [requestId, stream] of this.#streams) {
      if (why !== undefined && !stream.isDead) this.#refuse(requestId, why);
      stream.stop();
      if (why !== undefined) this.#streams.delete(requestId);
    }
  }

  notifyStreams(why: Refusal): void {
    for (const [requestId, stream] of this.#streams) {
      if (!stream.isDead) this.#refuse(requestId, why);
    }
  }

  failHistory(why: Refusal): void {
    for (const requestId of this.#jobs.cancelAll()) this.#refuse(requestId, why);
  }

  /** Takes every timer off the clock. */
  close(): void {
    this.killStreams();
    this.#streams.clear();
    this.#jobs.cancelAll();
  }

  #answerAboutContract(
    request: Exclude<
      IbRequest,
      { readonly kind: "cancel" | "current-time" | "accounts" | "positions" }
    >,
  ): void {
    const { requestId } = request;
    if (this.#jobs.has(requestId) || this.#streams.has(requestId)) {
      this.#refuse(requestId, refusal(102));
      return;
    }
    const markets = marketsOf(request.contract, this.#state.markets);
    const denied = this.#denial(request);
    if (denied !== undefined) {
      this.#refuse(requestId, denied);
    } else if (markets.length === 0) {
      this.#refuse(requestId, refusal(200));
    } else if (request.kind === "contract-details") {
      this.#contractDetails(request, markets);
    } else if (markets.length > 1) {
      const { symbol } = request.contract;
      const message = `The contract description specified for ${symbol} is ambiguous.`;
      this.#refuse(requestId, { code: 200, message });
    } else {
      const market = markets[0]!;
      if (request.kind === "history") this.#history.answer(request, market);
      else if (request.kind === "schedule") this.#schedule(request, market);
      else if (request.kind === "head-timestamp") this.#headTimestamp(request, market);
      else this.#realTimeBars(request, market);
    }
  }

  #denial(request: IbRequest): Refusal | undefined {
    const { denied } = this.#state.conditions;
    const kinds: DeniedRequest[] = [];
    if (request.kind === "contract-details") kinds.push("contract");
    else if (request.kind === "real-time-bars") kinds.push("live");
    else kinds.push("history");
    if (request.kind === "history" && request.keepUpToDate) kinds.push("live");
    for (const kind of kinds) {
      const code = denied.get(kind);
      if (code !== undefined) return refusal(code);
    }
    return undefined;
  }

  #contractDetails(request: ContractDetailsRequest, markets: readonly OpenMarket[]): void {
    const { requestId, contract } = request;
    const now = this.#state.clock.now();
    for (const market of markets) {
      const details = market.details(contract.exchange, now);
      this.#tell({ kind: "contract", requestId, details });
    }
    this.#tell({ kind: "contract-end", requestId });
  }

  #schedule(request: ScheduleRequest, market: OpenMarket): void {
    const { requestId } = request;
    const { settings, clock, conditions, limits, openHistory } = this.#state;
    const range = planSchedule(request, market, settings, clock.now());
    if (isRefusal(range)) {
      this.#refuse(requestId, range);
      return;
    }
    const refused = conditions.isServiceLost ? SERVICE_LOST : limits.openHistory(openHistory);
    if (refused !== undefined) {
      this.#refuse(requestId, refused);
      return;
    }
    this.#jobs.open(requestId, "schedule", settings.historyDelayMs, () => {
      const sessions = sessionsIn(market.hours(request.useRegularHours), range);
      this.#tell({ kind: "schedule", requestId, timeZone: market.timeZoneId, sessions });
    });
  }

  #headTimestamp(request: HeadTimestampRequest, market: OpenMarket): void {
    const { requestId, useRegularHours, formatDate } = request;
    const { settings, clock, conditions, limits, openHistory } = this.#state;
    const refused = conditions.isServiceLost
      ? SERVICE_LOST
      : (limits.openHistory(openHistory) ??
        limits.smallBars(request, market.contract.conId, clock.now()));
    if (refused !== undefined) {
      this.#refuse(requestId, refused);
      return;
    }
    this.#jobs.open(requestId, "head-timestamp", settings.historyDelayMs, () => {
      const first = market.truth.bars.openTime[0]!;
      const segment = market.hours(useRegularHours).segmentAtOrAfter(first);
      const at = Math.max(first, segment?.from ?? first);
      const time = formatDate === 2 ? epochText(at) : ibUtcTime(at);
      this.#tell({ kind: "head-timestamp", requestId, time });
    });
  }

  #realTimeBars(request: RealTimeBarsRequest, market: OpenMarket): void {
    const { requestId, whatToShow } = request;
    const { clock, limits, openStreams } = this.#state;
    const refused = LIVE_PRICES.includes(whatToShow)
      ? (limits.line(openStreams) ?? limits.realTimeBars(clock.now()))
      : invalidRequest(requestId, "Real-time bars are not supported for this type.");
    if (refused === undefined) this.#stream(requestId, new RealTimeBars(request, market));
    else this.#refuse(requestId, refused);
  }

  #stream(requestId: number, script: StreamScript): void {
    const stream = new GatewayStream(this.#state, script, this.#tell);
    this.#streams.set(requestId, stream);
    stream.start();
  }

  #cancel({ of, requestId }: CancelRequest): void {
    const job = this.#jobs.kindOf(requestId);
    const stream = this.#streams.get(requestId);
    if (of === "real-time-bars") {
      if (stream === undefined) this.#refuse(requestId, refusal(300));
    } else if (of === "head-timestamp" && job === "head-timestamp") {
      const words = `API head timestamp query cancelled: ${requestId}`;
      this.#refuse(requestId, serviceError(words));
    } else if (stream !== undefined || (job !== undefined && job !== "head-timestamp")) {
      const words = `API historical data query cancelled: ${requestId}`;
      this.#refuse(requestId, serviceError(words));
    } else {
      const { code, message } = refusal(366);
      this.#refuse(requestId, { code, message: `${message}:${requestId}` });
    }
    stream?.stop();
    this.#streams.delete(requestId);
    this.#jobs.cancel(requestId);
  }

  #refuse(requestId: number, { code, message }: Refusal): void {
    this.#tell({ kind: "notice", requestId, code, message });
  }
}
