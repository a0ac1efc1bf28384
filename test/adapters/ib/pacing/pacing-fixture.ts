import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import type {
  HeadTimestampRequest,
  HistoryRequest,
  IbRequest,
  RealTimeBarsRequest,
  ScheduleRequest,
  WhatToShow,
} from "../../../../adapters/ib/port/ib-request.ts";

export function contractOf(conId: number) {
  return ibContract({ conId, symbol: `S${conId}`, secType: "STK", exchange: "SMART" });
}

export function history(requestId: number, with_: Partial<HistoryRequest> = {}): HistoryRequest {
  return {
    kind: "history",
    requestId,
    contract: contractOf(1),
    end: "",
    duration: "1 D",
    barSize: "15 mins",
    whatToShow: "TRADES",
    useRegularHours: true,
    formatDate: 2,
    keepUpToDate: false,
    ...with_,
  };
}

export function realTimeBars(requestId: number, conId = 1): RealTimeBarsRequest {
  return {
    kind: "real-time-bars",
    requestId,
    contract: contractOf(conId),
    whatToShow: "TRADES",
    useRegularHours: true,
  };
}

export function headTimestamp(
  requestId: number,
  conId: number,
  whatToShow: WhatToShow,
): HeadTimestampRequest {
  return {
    kind: "head-timestamp",
    requestId,
    contract: contractOf(conId),
    whatToShow,
    useRegularHours: true,
    formatDate: 2,
  };
}

export function schedule(requestId: number): ScheduleRequest {
  return {
    kind: "schedule",
    requestId,
    contract: contractOf(1),
    end: "",
    duration: "5 D",
    useRegularHours: true,
  };
}

export function details(requestId: number): IbRequest {
  return { kind: "contract-details", requestId, contract: contractOf(1) };
}
