import { SECOND_MS } from "../../../core/time/instant.ts";
import { barSizeOfIb } from "../port/bar-sizes.ts";
import type { IbRequest } from "../port/ib-request.ts";

/** Which limits a request comes under. */
export interface RequestClass {
  /** Requests of one lane wait in line; those of another may pass them. */
  readonly lane: string;
  /** It asks for history, and is open until its answer comes. */
  readonly isHistorical: boolean;
  /** What the limits for bars of 30 seconds or less know of it; absent for all others. */
  readonly small?: SmallRequest;
}

export interface SmallRequest {
  /** Names the contract, its exchange and the price type. */
  readonly contract: string;
  /** Two requests with one such text are identical. */
  readonly identity: string;
  /** Bid and ask are two series, and count as two requests. */
  readonly weight: 1 | 2;
}

/** Bars of up to this length come under the strict limits. */
const LONGEST_SMALL_BAR_MS = 30 * SECOND_MS;

/** The lanes that go before all others and pass a gate that is closed to questions. */
export const PROBE_LANE = "probe";
export const CANCEL_LANE = "cancel";

export function requestClass(request: IbRequest): RequestClass {
  switch (request.kind) {
    case "current-time":
      return { lane: PROBE_LANE, isHistorical: false };
    case "cancel":
      return { lane: CANCEL_LANE, isHistorical: false };
    case "schedule":
      return { lane: "large bars", isHistorical: true };
    case "history":
      return isSmall(request.barSize) ? small(request) : { lane: "large bars", isHistorical: true };
    case "head-timestamp":
      return small(request);
    default:
      return { lane: request.kind, isHistorical: false };
  }
}

function isSmall(barSize: string): boolean {
  const size = barSizeOfIb(barSize);
  // A name that nobody knows is held to the strict limits: they are never wrong.
  return size === undefined || size.ms <= LONGEST_SMALL_BAR_MS;
}

function small(request: IbRequest & { readonly kind: "history" | "head-timestamp" }): RequestClass {
  const { contract: of, whatToShow } = request;
  const names = of.conId === 0 ? [of.symbol, of.secType, of.localSymbol, of.lastTradeDate] : [];
  const contract = JSON.stringify([of.conId, ...names, of.exchange, whatToShow]);
  const identity = JSON.stringify({ ...request, requestId: 0 });
  const weight = whatToShow === "BID_ASK" ? 2 : 1;
  return { lane: contract, isHistorical: true, small: { contract, identity, weight } };
}
