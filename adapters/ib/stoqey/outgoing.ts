import type { BarSizeSetting } from "@stoqey/ib";
import { NO_REQUEST } from "../port/ib-event.ts";
import type {
  CancelRequest,
  HistoryRequest,
  IbRequest,
  ScheduleRequest,
} from "../port/ib-request.ts";
import { stoqeyContract } from "./contracts.ts";
import { frameOf } from "./frames.ts";
import type { Stoqey } from "./load-stoqey.ts";

/** The gateway's code for a request that it cannot read; ours for one that cannot be written. */
const UNREADABLE_REQUEST = 320;
const START_API = 71;
const REAL_TIME_BAR_SECONDS = 5;
const SCHEDULE = {
  barSize: "1 day",
  whatToShow: "SCHEDULE",
  formatDate: 1,
  keepUpToDate: false,
} as const;

/** Why a request was not sent. */
export interface Unsent {
  readonly requestId: number;
  readonly code: number;
  readonly message: string;
}

/** Writes requests as the messages of one connection. */
export class OutgoingMessages {
  readonly #encoder: InstanceType<Stoqey["Encoder"]>;
  readonly #send: (frame: Buffer) => void;
  readonly #refuse: (unsent: Unsent) => void;

  /** @param refuse is told within `write` of what the gateway's version does not know. */
  constructor(
    { Encoder }: Stoqey,
    serverVersion: number,
    send: (frame: Buffer) => void,
    refuse: (unsent: Unsent) => void,
  ) {
    this.#send = send;
    this.#refuse = refuse;
    this.#encoder = new Encoder({
      serverVersion,
      sendMsg: (...fields) => send(frameOf(fields)),
      emitError: (message, code, requestId) => refuse({ requestId, code, message }),
    });
  }

  /** The first message after the versions were agreed on. */
  start(clientId: number): void {
    this.#send(frameOf([START_API, 2, clientId, ""]));
  }

  /** Once all positions were told they would go on to be told with every change. */
  endPositions(): void {
    this.#encoder.cancelPositions();
  }

  write(request: IbRequest): void {
    try {
      this.#encode(request);
    } catch (error) {
      const requestId = "requestId" in request ? request.requestId : NO_REQUEST;
      const message = `the request cannot be written: ${(error as Error).message}`;
      this.#refuse({ requestId, code: UNREADABLE_REQUEST, message });
    }
  }

  #encode(request: IbRequest): void {
    const encoder = this.#encoder;
    switch (request.kind) {
      case "contract-details":
        encoder.reqContractDetails(request.requestId, stoqeyContract(request.contract));
        break;
      case "history":
      case "schedule":
        this.#history(request);
        break;
      case "real-time-bars":
        encoder.reqRealTimeBars(
          request.requestId,
          stoqeyContract(request.contract),
          REAL_TIME_BAR_SECONDS,
          request.whatToShow,
          request.useRegularHours,
          [],
        );
        break;
      case "head-timestamp":
        encoder.reqHeadTimestamp(
          request.requestId,
          stoqeyContract(request.contract),
          request.whatToShow,
          request.useRegularHours,
          request.formatDate,
        );
        break;
      case "cancel":
        this.#cancel(request);
        break;
      case "current-time":
        encoder.reqCurrentTime();
        break;
      case "accounts":
        encoder.reqManagedAccts();
        break;
      case "positions":
        encoder.reqPositions();
        break;
    }
  }

  /** The gateway knows a schedule as a kind of history, of daily bars. */
  #history(request: HistoryRequest | ScheduleRequest): void {
    const bars = request.kind === "history" ? request : SCHEDULE;
    this.#encoder.reqHistoricalData(
      request.requestId,
      stoqeyContract(request.contract),
      request.end,
      request.duration,
      bars.barSize as BarSizeSetting,
      bars.whatToShow,
      request.useRegularHours,
      bars.formatDate,
      bars.keepUpToDate,
    );
  }

  #cancel({ of, requestId }: CancelRequest): void {
    switch (of) {
      case "history":
        this.#encoder.cancelHistoricalData(requestId);
        break;
      case "real-time-bars":
        this.#encoder.cancelRealTimeBars(requestId);
        break;
      case "head-timestamp":
        this.#encoder.cancelHeadTimestamp(requestId);
        break;
    }
  }
}
