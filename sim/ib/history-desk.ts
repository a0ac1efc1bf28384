import type { IbEvent } from "../../adapters/ib/port/ib-event.ts";
import type { HistoryRequest } from "../../adapters/ib/port/ib-request.ts";
import type { HistoryFault } from "./gateway-fault.ts";
import type { GatewayState } from "./gateway-state.ts";
import type { StreamScript } from "./gateway-stream.ts";
import { answerSize, historyBars } from "./history-answer.ts";
import type { HistoryJobs } from "./history-jobs.ts";
import { type HistoryPlan, isRefusal, planHistory, SMALL_BAR_MS } from "./history-plan.ts";
import { NO_DATA, PACING, type Refusal, refusal, SERVICE_LOST } from "./notices.ts";
import type { OpenMarket } from "./open-market.ts";
import { KeepUpToDate } from "./stream-scripts.ts";

/** Answers requests for bars of the past, with whatever fault is on them. */
export class HistoryDesk {
  readonly #state: GatewayState;
  readonly #jobs: HistoryJobs;
  readonly #tell: (event: IbEvent) => void;
  readonly #stream: (requestId: number, script: StreamScript) => void;

  /** @param stream opens what keeps a history up to date. */
  constructor(
    state: GatewayState,
    jobs: HistoryJobs,
    tell: (event: IbEvent) => void,
    stream: (requestId: number, script: StreamScript) => void,
  ) {
    this.#state = state;
    this.#jobs = jobs;
    this.#tell = tell;
    this.#stream = stream;
  }

  answer(request: HistoryRequest, market: OpenMarket): void {
    const { clock, settings, conditions } = this.#state;
    const { requestId, keepUpToDate } = request;
    const plan = planHistory(request, market, settings, clock.now());
    const refused = isRefusal(plan) ? plan : this.#obstacle(plan);
    if (isRefusal(plan) || refused !== undefined) {
      this.#refuse(requestId, refused!);
      return;
    }
    if (plan.lacksZone) this.#refuse(requestId, refusal(2174));
    const fault = conditions.takeHistoryFault(clock.now());
    if (fault?.kind === "pacing") {
      this.#refuse(requestId, PACING);
      return;
    }
    const kind = keepUpToDate ? "kept-up-to-date" : "history";
    this.#jobs.open(requestId, kind, this.#delayMs(plan, fault), () => this.#deliver(plan, fault));
  }

  /** What forbids a sound request at present. */
  #obstacle({ request, market, grid }: HistoryPlan): Refusal | undefined {
    const { limits, clock, conditions, openHistory, openStreams } = this.#state;
    if (conditions.isServiceLost) return SERVICE_LOST;
    const isSmall = grid.size.ms <= SMALL_BAR_MS;
    return (
      limits.openHistory(openHistory) ??
      (request.keepUpToDate ? limits.line(openStreams) : undefined) ??
      (isSmall ? limits.smallBars(request, market.contract.conId, clock.now()) : undefined)
    );
  }

  #delayMs(plan: HistoryPlan, fault: HistoryFault | undefined): number {
    const { settings, clock } = this.#state;
    if (fault?.kind === "never") return Number.POSITIVE_INFINITY;
    const bars = answerSize(plan, settings, clock.now());
    const own = settings.historyDelayMs + Math.floor(bars * settings.historyDelayMsPerBar);
    return fault?.kind === "slow" ? own + fault.byMs : own;
  }

  #deliver(plan: HistoryPlan, fault: HistoryFault | undefined): void {
    const { request } = plan;
    const { requestId } = request;
    if (fault?.kind === "fail") {
      this.#refuse(requestId, SERVICE_LOST);
      return;
    }
    const all = historyBars(plan, this.#state.settings, this.#state.clock.now());
    const bars = fault?.kind === "partial" ? all.slice(Math.floor(all.length / 2)) : all;
    // One that is kept up to date begins empty where nothing was traded yet.
    if (fault?.kind === "empty" || (bars.length === 0 && !request.keepUpToDate)) {
      this.#refuse(requestId, NO_DATA);
      return;
    }
    this.#tell({ kind: "history", requestId, bars });
    if (request.keepUpToDate) {
      this.#stream(requestId, new KeepUpToDate(plan, this.#state.settings));
    }
  }

  #refuse(requestId: number, { code, message }: Refusal): void {
    this.#tell({ kind: "notice", requestId, code, message });
  }
}
