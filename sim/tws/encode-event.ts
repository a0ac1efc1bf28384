import type { IbBar, IbEvent, IbSession } from "../../adapters/ib/port/ib-event.ts";
import { ibUtcTime } from "../../adapters/ib/port/ib-time.ts";
import { SECOND_MS } from "../../core/time/instant.ts";
import { encodeContract } from "./encode-contract.ts";
import type { Message } from "./frames.ts";
import { SINCE } from "./versions.ts";
import { wireText } from "./wire-text.ts";

/**
 * What is written of an event; undefined for those that are not written: the handshake has told
 * `connected`, and the socket's end tells `closed`.
 */
export function encodeEvent(event: IbEvent, version: number): Message | undefined {
  switch (event.kind) {
    case "connected":
    case "closed":
      return undefined;
    case "ready":
      return ["9", "1", String(event.nextId)];
    case "accounts":
      return ["15", "1", event.accounts.join(",")];
    case "current-time":
      return ["49", "1", String(Math.floor(event.at / SECOND_MS))];
    case "contract":
      return encodeContract(event.requestId, event.details, version);
    case "contract-end":
      return ["52", "1", String(event.requestId)];
    case "history":
      return history(event.requestId, event.bars, version);
    case "update":
      return update(event.requestId, event.bar, version);
    case "real-time-bar":
      return realTimeBar(event.requestId, event.bar, version);
    case "schedule":
      return schedule(event.requestId, event.timeZone, event.sessions);
    case "head-timestamp":
      return ["88", String(event.requestId), event.time];
    case "position":
      return position(event, version);
    case "positions-end":
      return ["62", "1"];
    case "notice":
      return notice(event.requestId, event.code, event.message, version);
  }
}

/** Message 4. */
export function notice(id: number, code: number, message: string, version: number): Message {
  const fields = ["4", "2", String(id), String(code), wireText(message, version)];
  return version >= SINCE.advancedOrderReject ? [...fields, ""] : fields;
}

/** Message 17. Its range is told as that of its bars, from the first to the last one's start. */
function history(requestId: number, bars: readonly IbBar[], version: number): Message {
  const isOld = version < SINCE.keepUpToDate;
  const fields = isOld ? ["17", "3"] : ["17"];
  fields.push(
    String(requestId),
    rangeTime(bars[0]),
    rangeTime(bars[bars.length - 1]),
    String(bars.length),
  );
  for (const { time, open, high, low, close, volume, average, count } of bars) {
    fields.push(time, String(open), String(high), String(low), String(close));
    fields.push(sizeText(volume, version), String(average));
    // Whether it has gaps.
    if (isOld) fields.push("false");
    fields.push(String(count));
  }
  return fields;
}

function rangeTime(bar: IbBar | undefined): string {
  if (bar === undefined) return "";
  return /^\d{9,11}$/.test(bar.time) ? ibUtcTime(Number(bar.time) * SECOND_MS) : bar.time;
}

/** Clients of older versions read sizes as whole numbers, and break on others. */
function sizeText(size: number, version: number): string {
  return String(version < SINCE.fractionalSize ? Math.round(size) : size);
}

/** Message 90; mind the order, which is no other message's. */
function update(requestId: number, bar: IbBar, version: number): Message {
  const { time, open, high, low, close, volume, average, count } = bar;
  const prices = [open, close, high, low, average].map(String);
  return ["90", String(requestId), String(count), time, ...prices, sizeText(volume, version)];
}

/** Message 50. */
function realTimeBar(requestId: number, bar: IbBar, version: number): Message {
  const { time, open, high, low, close, volume, average, count } = bar;
  const prices = [open, high, low, close].map(String);
  const size = sizeText(volume, version);
  return ["50", "3", String(requestId), time, ...prices, size, String(average), String(count)];
}

/** Message 106. */
function schedule(requestId: number, timeZone: string, sessions: readonly IbSession[]): Message {
  const first = sessions[0]?.start ?? "";
  const last = sessions[sessions.length - 1]?.end ?? "";
  const spans = sessions.flatMap(({ start, end, day }) => [start, end, day]);
  return ["106", String(requestId), first, last, timeZone, String(sessions.length), ...spans];
}

/** Message 61. */
function position(event: Extract<IbEvent, { kind: "position" }>, version: number): Message {
  const { account, contract, quantity, averageCost } = event;
  return [
    "61",
    "3",
    account,
    String(contract.conId),
    contract.symbol,
    contract.secType,
    contract.lastTradeDate,
    String(contract.strike),
    contract.right,
    contract.multiplier,
    contract.exchange,
    contract.currency,
    contract.localSymbol,
    contract.tradingClass,
    String(version < SINCE.fractionalPositions ? Math.round(quantity) : quantity),
    String(averageCost),
  ];
}
