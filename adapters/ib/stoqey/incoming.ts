import type { Contract, ContractDetails } from "@stoqey/ib";
import { SECOND_MS } from "../../../core/time/instant.ts";
import { type IbBar, type IbEvent, NO_REQUEST } from "../port/ib-event.ts";
import { portContract, portDetails } from "./contracts.ts";
import type { Stoqey } from "./load-stoqey.ts";
import { Malformed } from "./malformed.ts";
import type { MessageDecoder } from "./strict-decoder.ts";

/**
 * Kinds of messages that answer what is asked here, by their numbers: 4 error, 9 next id, 10 and 18
 * contract, 15 accounts, 17 history, 49 time, 50 real-time bar, 52 contract end, 61 and 62
 * position, 88 head timestamp, 90 update, 106 schedule.
 */
const KINDS: ReadonlySet<number> = new Set([4, 9, 10, 15, 17, 18, 49, 50, 52, 61, 62, 88, 90, 106]);

/** A whole number that is not given. */
const UNSET_COUNT = 2_147_483_647;

type OptionalNumber = number | undefined;
type Prices = [
  open: OptionalNumber,
  high: OptionalNumber,
  low: OptionalNumber,
  close: OptionalNumber,
];

interface LibrarySession {
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly refDate: string;
}

/** Makes events out of the messages of one connection. */
export class IncomingMessages {
  readonly #decoder: MessageDecoder;
  #events: IbEvent[] = [];
  #rows: IbBar[] = [];

  constructor({ Decoder }: Stoqey, serverVersion: number) {
    this.#decoder = new Decoder({
      serverVersion,
      emitEvent: (name, ...values) => this.#hear(name, values),
      emitError: (message, code, requestId) => this.#notice(message, code, requestId),
      emitInfo: (message, code) => this.#notice(message, code),
    });
  }

  /**
   * What a message says: nothing for a kind that answers nothing that is asked here, such as
   * orders of the same user. Throws for one that cannot be read.
   */
  read(fields: readonly string[]): readonly IbEvent[] {
    const kind = fields[0] ?? "";
    if (!/^\d+$/.test(kind)) throw new Malformed("it does not begin with the number of its kind");
    if (!KINDS.has(Number(kind))) return [];
    this.#events = [];
    this.#rows = [];
    this.#decoder.decode(fields);
    return this.#events;
  }

  #notice(message: string, code: number, requestId = NO_REQUEST): void {
    this.#events.push({ kind: "notice", requestId, code, message });
  }

  /** The library's events by their names, with its own order of their values. */
  #hear(name: string, values: readonly unknown[]): void {
    const event = this.#eventOf(name, values);
    if (event !== undefined) this.#events.push(event);
  }

  #eventOf(name: string, values: readonly unknown[]): IbEvent | undefined {
    const [requestId, second] = values as [number, unknown];
    switch (name) {
      case "nextValidId":
        return { kind: "ready", nextId: requestId };
      case "managedAccounts":
        return { kind: "accounts", accounts: accountsOf(values[0] as string) };
      case "currentTime":
        return { kind: "current-time", at: (values[0] as number) * SECOND_MS };
      case "contractDetails":
      case "bondContractDetails":
        return { kind: "contract", requestId, details: portDetails(second as ContractDetails) };
      case "contractDetailsEnd":
        return { kind: "contract-end", requestId };
      case "historicalData":
        return this.#historyOf(requestId, barOf(values));
      case "historicalDataUpdate":
        return { kind: "update", requestId, bar: barOf(values) };
      case "realtimeBar":
        return { kind: "real-time-bar", requestId, bar: realTimeBarOf(values) };
      case "historicalSchedule":
        return scheduleOf(values);
      case "headTimestamp":
        return { kind: "head-timestamp", requestId, time: second as string };
      case "position":
        return positionOf(values);
      case "positionEnd":
        return { kind: "positions-end" };
      default:
        throw new Malformed(`its kind is read as ${name}`);
    }
  }

  /** The rows of a history come one by one, and at their end a bar whose time says so. */
  #historyOf(requestId: number, row: IbBar): IbEvent | undefined {
    if (row.time.startsWith("finished")) return { kind: "history", requestId, bars: this.#rows };
    this.#rows.push(row);
    return undefined;
  }
}

function accountsOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((account) => account.trim())
    .filter((account) => account !== "");
}

function bar(
  time: string,
  [open, high, low, close]: Prices,
  volume: OptionalNumber,
  average: OptionalNumber,
  count: OptionalNumber,
): IbBar {
  return {
    time,
    // A price that is not given must not look like one.
    open: open ?? Number.NaN,
    high: high ?? Number.NaN,
    low: low ?? Number.NaN,
    close: close ?? Number.NaN,
    volume: volume ?? -1,
    average: average ?? -1,
    count: count === undefined || count === UNSET_COUNT ? -1 : count,
  };
}

function barOf(values: readonly unknown[]): IbBar {
  const [, time, open, high, low, close, volume, count, average] = values as [
    number,
    string,
    ...Prices,
    ...OptionalNumber[],
  ];
  return bar(time, [open, high, low, close], volume, average, count);
}

/** Here the average comes before the count, and the time is a number. */
function realTimeBarOf(values: readonly unknown[]): IbBar {
  const [, time, open, high, low, close, volume, average, count] = values as [
    number,
    number,
    ...Prices,
    ...OptionalNumber[],
  ];
  return bar(String(time), [open, high, low, close], volume, average, count);
}

function scheduleOf(values: readonly unknown[]): IbEvent {
  const [requestId, , , timeZone, sessions] = values as [
    number,
    string,
    string,
    string,
    readonly LibrarySession[],
  ];
  return {
    kind: "schedule",
    requestId,
    timeZone,
    sessions: sessions.map(({ startDateTime, endDateTime, refDate }) => ({
      start: startDateTime,
      end: endDateTime,
      day: refDate,
    })),
  };
}

function positionOf(values: readonly unknown[]): IbEvent {
  const [account, contract, quantity, averageCost] = values as [
    string,
    Contract,
    OptionalNumber,
    OptionalNumber,
  ];
  return {
    kind: "position",
    account,
    contract: portContract(contract),
    quantity: quantity ?? 0,
    averageCost: averageCost ?? 0,
  };
}
