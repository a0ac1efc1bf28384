import { barSizeOfIb } from "../../adapters/ib/port/bar-sizes.ts";
import type {
  HistoryRequest,
  ScheduleRequest,
  WhatToShow,
} from "../../adapters/ib/port/ib-request.ts";
import { parseIbTime } from "../../adapters/ib/port/ib-time.ts";
import type { BarGrid } from "../../core/time/bar-grid.ts";
import { DAY_MS, SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import { durationStart, isStepLegal, parseDuration } from "./duration.ts";
import type { IbGatewaySettings } from "./ib-gateway-options.ts";
import { invalidRequest, type Refusal, refusal, serviceError } from "./notices.ts";
import type { OpenMarket } from "./open-market.ts";

/** Bars of 30 seconds or less reach no further back than six months. */
const SMALL_BAR_REACH_MS = 183 * DAY_MS;
/** At most this size is a small bar. */
export const SMALL_BAR_MS = 30 * SECOND_MS;
/** What live bars are made of. */
export const LIVE_PRICES: readonly WhatToShow[] = ["TRADES", "MIDPOINT", "BID", "ASK"];
const PRICES: readonly WhatToShow[] = [...LIVE_PRICES, "ADJUSTED_LAST", "BID_ASK"];

/** A request for history that was found sound. */
export interface HistoryPlan {
  readonly request: HistoryRequest;
  readonly market: OpenMarket;
  readonly grid: BarGrid;
  /** Bars that open in `[from, to)` are asked for; `to` is infinite where it is the present. */
  readonly from: UnixMs;
  readonly to: UnixMs;
  /** Whether the end named no zone, of which the gateway warns. */
  readonly lacksZone: boolean;
}

/** The end of what is asked for. */
interface RequestEnd {
  readonly at: UnixMs;
  /** Whether it named no zone, of which the gateway warns. */
  readonly lacksZone: boolean;
}

/** When a request ends; now where it says nothing; undefined where it cannot be read. */
function requestEnd(
  text: string,
  market: OpenMarket,
  settings: IbGatewaySettings,
  now: UnixMs,
): RequestEnd | undefined {
  if (text === "") return { at: now, lacksZone: false };
  // Older clients wrote GMT, which the gateway no longer takes.
  if (!/^\d{8}[- ]/.test(text) || text.endsWith(" GMT")) return undefined;
  const own = settings.timeZone === "exchange" ? market.hours(true).zone : settings.timeZone;
  const time = parseIbTime(text, (name) => {
    if (name === "") return own;
    return name === market.timeZoneId ? market.hours(true).zone : settings.zoneOf(name);
  });
  if (time?.kind !== "instant") return undefined;
  return { at: time.at, lacksZone: /^\d{8} {1,2}[\d:]+$/.test(text) };
}

/** Finds out what a request for history means, or what is wrong with it. */
export function planHistory(
  request: HistoryRequest,
  market: OpenMarket,
  settings: IbGatewaySettings,
  now: UnixMs,
): HistoryPlan | Refusal {
  const { requestId, barSize, keepUpToDate, whatToShow, useRegularHours } = request;
  const invalid = (cause: string): Refusal => invalidRequest(requestId, cause);
  const size = barSizeOfIb(barSize);
  const duration = parseDuration(request.duration);
  if (size === undefined) return invalid("Historical data bar size setting is invalid.");
  if (duration === undefined) {
    return invalid("Historical data query duration is not valid, or too long for its unit.");
  }
  if (!PRICES.includes(whatToShow)) return invalid("Historical data type is not valid.");
  if (request.end !== "" && keepUpToDate) {
    return invalid("End date not supported with keepUpToDate.");
  }
  if (request.end !== "" && whatToShow === "ADJUSTED_LAST") {
    return invalid("End date not supported with adjusted last.");
  }
  if (keepUpToDate && (size.ms < 5 * SECOND_MS || !LIVE_PRICES.includes(whatToShow))) {
    return invalid(`keepUpToDate is not supported for ${barSize} of ${whatToShow}.`);
  }
  const end = requestEnd(request.end, market, settings, now);
  if (end === undefined) return refusal(10314);
  const { lacksZone } = end;
  if (!isStepLegal(size, duration, settings.strictDurations)) {
    return serviceError(`invalid step: ${barSize} over ${request.duration}`);
  }
  const start = durationStart(market.hours(useRegularHours), end.at, duration);
  const from = size.ms <= SMALL_BAR_MS ? Math.max(start, now - SMALL_BAR_REACH_MS) : start;
  const to = request.end === "" ? Number.POSITIVE_INFINITY : end.at;
  return { request, market, grid: market.grid(size, useRegularHours), from, to, lacksZone };
}

/** Whether what a plan was made of was found wrong. */
export function isRefusal(plan: object): plan is Refusal {
  return "code" in plan;
}

/** The range of a schedule, or what is wrong with the request. */
export function planSchedule(
  request: ScheduleRequest,
  market: OpenMarket,
  settings: IbGatewaySettings,
  now: UnixMs,
): { readonly from: UnixMs; readonly to: UnixMs } | Refusal {
  const duration = parseDuration(request.duration);
  if (duration === undefined || duration.unit === "S") {
    return invalidRequest(request.requestId, "Schedule duration is not valid.");
  }
  const end = requestEnd(request.end, market, settings, now);
  if (end === undefined) return refusal(10314);
  const calendar = market.hours(request.useRegularHours);
  return { from: durationStart(calendar, end.at, duration), to: end.at };
}
