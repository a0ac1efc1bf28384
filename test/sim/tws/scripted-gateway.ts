import type { IbClient } from "../../../adapters/ib/port/ib-client.ts";
import type { IbEvent } from "../../../adapters/ib/port/ib-event.ts";
import type { IbRequest } from "../../../adapters/ib/port/ib-request.ts";
import type { TwsGateway } from "../../../sim/tws/index.ts";

/** One connection of a client to the scripted gateway. */
export class ScriptedConnection {
  readonly clientId: number;
  readonly requests: IbRequest[] = [];
  isClosed = false;
  readonly #hear: (event: IbEvent) => void;

  constructor(clientId: number, hear: (event: IbEvent) => void) {
    this.clientId = clientId;
    this.#hear = hear;
  }

  tell(...events: readonly IbEvent[]): void {
    for (const event of events) if (!this.isClosed) this.#hear(event);
  }
}

/** A gateway that says what a test lets it say. */
export class ScriptedGateway implements TwsGateway {
  serverVersion = 178;
  serverTime = "20240305 02:15:00 Greenwich Mean Time";
  isDown = false;
  /** What is told as soon as a client connects. */
  greeting: readonly IbEvent[] = [
    { kind: "connected", serverVersion: 178, serverTime: "" },
    { kind: "accounts", accounts: ["DU1", "DU2"] },
    { kind: "ready", nextId: 7 },
  ];
  answer: (request: IbRequest) => readonly IbEvent[] = () => [];
  readonly connections: ScriptedConnection[] = [];

  client(): IbClient {
    return {
      connect: (clientId, hear) => {
        const connection = new ScriptedConnection(clientId, hear);
        this.connections.push(connection);
        queueMicrotask(() => connection.tell(...this.greeting));
        return {
          send: (request) => {
            connection.requests.push(request);
            queueMicrotask(() => connection.tell(...this.answer(request)));
          },
          close: () => {
            connection.isClosed = true;
          },
        };
      },
    };
  }
}
