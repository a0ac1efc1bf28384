import type { IbClient, IbConnection } from "../../adapters/ib/port/ib-client.ts";
import { type IbEvent, NO_REQUEST } from "../../adapters/ib/port/ib-event.ts";
import type { IbRequest } from "../../adapters/ib/port/ib-request.ts";
import type { TimerClock } from "../../core/time/clock.ts";

/** One connection as the gateway's side sees it. */
export class ScriptedConnection implements IbConnection {
  readonly clientId: number;
  readonly madeAt: number;
  /** Every request with the time it was sent at, the session's own probes included. */
  readonly log: { readonly request: IbRequest; readonly at: number }[] = [];
  isClosed = false;
  readonly #client: ScriptedIbClient;
  readonly #hear: (event: IbEvent) => void;

  constructor(client: ScriptedIbClient, clientId: number, hear: (event: IbEvent) => void) {
    this.#client = client;
    this.clientId = clientId;
    this.madeAt = client.clock.now();
    this.#hear = hear;
  }

  /** Requests without the session's own probes. */
  get questions(): IbRequest[] {
    return this.log.map(({ request }) => request).filter(({ kind }) => kind !== "current-time");
  }

  get last(): IbRequest {
    const { questions } = this;
    return questions[questions.length - 1]!;
  }

  send(request: IbRequest): void {
    if (this.isClosed) return;
    this.log.push({ request, at: this.#client.clock.now() });
    this.#client.receive(this, request);
  }

  close(): void {
    this.isClosed = true;
  }

  /** Says something at once; must not be called from within `send`. */
  say(event: IbEvent): void {
    if (this.isClosed) return;
    if (event.kind === "closed") this.isClosed = true;
    this.#hear(event);
  }

  notice(code: number, message: string, requestId = NO_REQUEST): void {
    this.say({ kind: "notice", requestId, code, message });
  }

  /** Says something when half a round trip has passed. */
  sayLater(event: IbEvent): void {
    const { clock, latencyMs } = this.#client;
    clock.schedule(clock.now() + latencyMs / 2, () => this.say(event));
  }
}

/** A gateway that does as it is told: by default it lets everybody in and tells its time. */
export class ScriptedIbClient implements IbClient {
  readonly clock: TimerClock;
  readonly connections: ScriptedConnection[] = [];
  /** Milliseconds for a message and its answer. */
  latencyMs = 20;
  /** How far it comes towards anyone who connects. */
  greeting: "ready" | "connected" | "nothing" = "ready";
  /** Why nobody is let in; absent: everybody is. */
  refusal: string | undefined;
  /** Client ids that others have. */
  readonly idsInUse = new Set<number>();
  /** Its clock minus ours; it tells whole seconds. */
  offsetMs = 0;
  tellsTime = true;
  /** Answers requests other than for the time. */
  answer: (connection: ScriptedConnection, request: IbRequest) => void = () => {};

  constructor(clock: TimerClock) {
    this.clock = clock;
  }

  get last(): ScriptedConnection {
    return this.connections[this.connections.length - 1]!;
  }

  connect(clientId: number, hear: (event: IbEvent) => void): IbConnection {
    const connection = new ScriptedConnection(this, clientId, hear);
    this.connections.push(connection);
    this.#greet(connection);
    return connection;
  }

  receive(connection: ScriptedConnection, request: IbRequest): void {
    if (request.kind !== "current-time") {
      this.answer(connection, request);
    } else if (this.tellsTime) {
      const at =
        Math.floor((this.clock.now() + this.latencyMs / 2 + this.offsetMs) / 1_000) * 1_000;
      this.clock.schedule(this.clock.now() + this.latencyMs, () =>
        connection.say({ kind: "current-time", at }),
      );
    }
  }

  #greet(connection: ScriptedConnection): void {
    if (this.refusal !== undefined) {
      connection.sayLater({ kind: "closed", reason: this.refusal });
      return;
    }
    if (this.greeting === "nothing") return;
    connection.sayLater({ kind: "connected", serverVersion: 178, serverTime: "" });
    if (this.idsInUse.has(connection.clientId)) {
      const message = "Unable to connect as the client id is already in use.";
      connection.sayLater({ kind: "notice", requestId: NO_REQUEST, code: 326, message });
      return;
    }
    if (this.greeting === "connected") return;
    connection.sayLater({ kind: "accounts", accounts: ["DU1234567"] });
    connection.sayLater({ kind: "ready", nextId: 1 });
  }
}
