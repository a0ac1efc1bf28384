import type { IbConnection } from "../../adapters/ib/port/ib-client.ts";
import { type IbEvent, NO_REQUEST } from "../../adapters/ib/port/ib-event.ts";
import type { IbRequest } from "../../adapters/ib/port/ib-request.ts";
import type { Timer } from "../../core/time/clock.ts";
import { DelayLine } from "./delay-line.ts";
import type { GatewayState } from "./gateway-state.ts";
import { serverTimeText } from "./gateway-time.ts";
import { MessageMeter } from "./limits.ts";
import {
  FARM_BACK,
  FARM_LOST,
  LINK_NOTICES,
  type Refusal,
  refusal,
  SECURITY_FARM,
} from "./notices.ts";
import { RequestDesk } from "./request-desk.ts";

const REFUSED = "connection refused: no gateway is listening";

/** One connection, as the gateway sees it and as the client holds it. */
export class GatewayConnection implements IbConnection {
  readonly clientId: number;
  /** Counted from 1. */
  readonly number: number;
  readonly #state: GatewayState;
  readonly #hear: (event: IbEvent) => void;
  readonly #desk: RequestDesk;
  readonly #meter: MessageMeter;
  readonly #inbound: DelayLine<IbRequest | "start">;
  readonly #outbound: DelayLine<IbEvent>;
  #reset: Timer | undefined;
  #isOver = false;

  constructor(state: GatewayState, clientId: number, hear: (event: IbEvent) => void) {
    this.clientId = clientId;
    this.number = state.nextConnection();
    this.#state = state;
    this.#hear = hear;
    this.#desk = new RequestDesk(state, (event) => this.tell(event));
    this.#meter = new MessageMeter(state.settings.limits);
    const { latencyMs } = state.settings;
    this.#inbound = new DelayLine(state.clock, latencyMs, (word) => {
      if (word === "start") this.#start();
      else this.#receive(word);
    });
    this.#outbound = new DelayLine(state.clock, latencyMs, (event) => this.#hear(event));
    this.#inbound.push("start");
  }

  send(request: IbRequest): void {
    if (!this.#isOver) this.#inbound.push(request);
  }

  close(): void {
    this.#outbound.clear();
    this.#reset?.cancel();
    if (!this.#isOver) this.#finish("closed by the client");
  }

  get openStreams(): number {
    return this.#desk.openStreams;
  }

  get openHistory(): number {
    return this.#desk.openHistory;
  }

  tell(event: IbEvent): void {
    // Whoever listens can have closed it in the middle of a round over all connections.
    if (this.#isOver) return;
    this.#state.talk({ kind: "told", connection: this.number, event });
    if (!this.#isOver) this.#outbound.push(event);
  }

  notify({ code, message }: Refusal, requestId = NO_REQUEST): void {
    this.tell({ kind: "notice", requestId, code, message });
  }

  /** The gateway ends it. */
  end(reason: string): void {
    this.tell({ kind: "closed", reason });
    if (!this.#isOver) this.#finish(reason);
  }

  /**
   * Nothing goes either way any more, and nobody is told.
   *
   * @param reset will reset it; a client that closes it takes that back.
   */
  cut(reset: Timer | undefined): void {
    this.#outbound.clear();
    this.#reset = reset;
    this.#finish("half open");
  }

  /** The client of a connection that was cut hears of it at last. */
  reset(): void {
    this.#hear({ kind: "closed", reason: "connection reset by the gateway" });
  }

  /** Streams stop where they are; with a refusal each is told so. */
  killStreams(why?: Refusal): void {
    this.#desk.killStreams(why);
  }

  /** What is said of each stream that is alive; nothing is about none. */
  notifyStreams(why: Refusal): void {
    this.#desk.notifyStreams(why);
  }

  /** Requests for history that wait for their answer fail. */
  failHistory(why: Refusal): void {
    this.#desk.failHistory(why);
  }

  #finish(reason: string): void {
    this.#isOver = true;
    this.#inbound.clear();
    this.#desk.close();
    // One that was never greeted is no connection that anybody saw end.
    if (this.#state.connections.delete(this)) {
      this.#state.talk({ kind: "closed", connection: this.number, reason });
    }
  }

  #start(): void {
    const { conditions, connections, clock, settings, talk } = this.#state;
    if (conditions.has("down")) {
      this.end(REFUSED);
      return;
    }
    const isTaken = [...connections].some(({ clientId }) => clientId === this.clientId);
    connections.add(this);
    talk({ kind: "opened", connection: this.number, clientId: this.clientId });
    const { serverVersion } = conditions;
    const serverTime = serverTimeText(clock.now());
    this.tell({ kind: "connected", serverVersion, serverTime });
    if (isTaken || conditions.has("client-id-taken")) {
      this.notify(refusal(326));
      this.end("the client id is in use");
      return;
    }
    this.tell({ kind: "ready", nextId: 1 });
    this.tell({ kind: "accounts", accounts: settings.accounts });
    if (conditions.has("link-lost")) {
      this.notify(LINK_NOTICES.stillLost);
      return;
    }
    for (const notice of conditions.has("farm-lost") ? FARM_LOST : FARM_BACK) this.notify(notice);
    this.notify(SECURITY_FARM);
  }

  #receive(request: IbRequest): void {
    const { requests, clock, limits, talk } = this.#state;
    requests.set(request.kind, (requests.get(request.kind) ?? 0) + 1);
    talk({ kind: "asked", connection: this.number, request });
    const verdict = this.#meter.take(clock.now());
    if (verdict === "fine") this.#desk.answer(request);
    if (verdict !== "struck") return;
    limits.violate("messages");
    this.notify(this.#meter.notice);
    if (this.#meter.isOut) this.end("too many messages");
  }
}
