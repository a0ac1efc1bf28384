import { connect, type Socket } from "node:net";
import type { Timer } from "../../../core/time/clock.ts";
import { assert } from "../../../core/time/failure.ts";
import { SECOND_MS } from "../../../core/time/instant.ts";
import type { IbConnection } from "../port/ib-client.ts";
import { type IbEvent, NO_REQUEST } from "../port/ib-event.ts";
import type { IbRequest } from "../port/ib-request.ts";
import { FrameReader, greeting } from "./frames.ts";
import { IncomingMessages } from "./incoming.ts";
import type { Stoqey } from "./load-stoqey.ts";
import { Malformed, quoted } from "./malformed.ts";
import { OutgoingMessages } from "./outgoing.ts";
import { socketFault } from "./socket-fault.ts";
import type { StoqeyOptions } from "./stoqey-options.ts";

/** Before it a gateway spoke without lengths. */
const OLDEST_VERSION = 100;
/** The library's and the gateway's code for versions that do not go together. */
const UNSUPPORTED_VERSION = 506;
/** Lets a machine notice, in time, that the other one is gone without a word. */
const KEEP_ALIVE_MS = 30_000;

/** Both directions of messages, once the versions were agreed on. */
interface Messages {
  readonly incoming: IncomingMessages;
  readonly outgoing: OutgoingMessages;
}

/** One connection over TCP, from the first attempt to its end. */
export class StoqeyConnection implements IbConnection {
  readonly #options: Required<StoqeyOptions>;
  readonly #place: string;
  readonly #clientId: number;
  readonly #frames = new FrameReader();
  /** Undefined once this is over: then nothing may be heard. */
  #hear: ((event: IbEvent) => void) | undefined;
  #stoqey: Stoqey | undefined;
  #socket: Socket | undefined;
  #deadline: Timer | undefined;
  #messages: Messages | undefined;
  /** What was asked before requests are welcome; undefined from then on. */
  #waiting: IbRequest[] | undefined = [];

  constructor(
    options: Required<StoqeyOptions>,
    clientId: number,
    hear: (event: IbEvent) => void,
    library: Promise<Stoqey>,
  ) {
    assert(Number.isInteger(clientId) && clientId >= 0, "a client id is a whole number from 0 on");
    this.#options = options;
    this.#place = placeOf(options);
    this.#clientId = clientId;
    this.#hear = hear;
    library.then(
      (stoqey) => this.#open(stoqey),
      (error: Error) => this.#end(`the package @stoqey/ib cannot be loaded: ${error.message}`),
    );
  }

  send(request: IbRequest): void {
    if (this.#hear === undefined) return;
    if (this.#waiting !== undefined) this.#waiting.push(request);
    else this.#messages?.outgoing.write(request);
  }

  close(): void {
    this.#hear = undefined;
    this.#waiting = undefined;
    this.#messages = undefined;
    this.#deadline?.cancel();
    this.#socket?.destroy();
  }

  #open(stoqey: Stoqey): void {
    if (this.#hear === undefined) return;
    const { host, port, connectTimeoutMs, handshakeTimeoutMs } = this.#options;
    this.#stoqey = stoqey;
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    this.#socket = socket;
    this.#expectWithin(connectTimeoutMs, "did not answer");
    socket.on("connect", () => {
      if (this.#hear === undefined) return;
      this.#expectWithin(
        handshakeTimeoutMs,
        "took the connection but did not welcome requests",
        "; look whether it waits for someone to accept the connection",
      );
      socket.write(greeting(OLDEST_VERSION, stoqey.newestVersion));
    });
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("end", () => this.#end(this.#hangUp()));
    socket.on("error", (error) => this.#end(socketFault(error, this.#place)));
    socket.on("close", () => this.#end(this.#hangUp()));
  }

  #hangUp(): string {
    if (this.#messages !== undefined) return `${this.#place} closed the connection`;
    return (
      `${this.#place} closed the connection at once; ` +
      "look whether its API is on and trusts this machine's address"
    );
  }

  #expectWithin(ms: number, otherwise: string, cure = ""): void {
    const { clock } = this.#options;
    this.#deadline?.cancel();
    this.#deadline = clock.schedule(clock.now() + ms, () =>
      this.#end(`${this.#place} ${otherwise} within ${ms / SECOND_MS} s${cure}`),
    );
  }

  #end(reason: string): void {
    const hear = this.#hear;
    this.close();
    hear?.({ kind: "closed", reason });
  }

  #read(chunk: Buffer): void {
    const messages = this.#frames.push(chunk);
    while (this.#hear !== undefined) {
      const events = this.#nextOf(messages);
      if (events === undefined) return;
      for (const event of events) this.#tell(event);
    }
  }

  /** What the next message says. Whatever cannot be read, in any way, ends the connection. */
  #nextOf(messages: Iterator<readonly string[], void>): readonly IbEvent[] | undefined {
    let fields: readonly string[] | undefined;
    try {
      fields = messages.next().value ?? undefined;
      if (fields === undefined) return undefined;
      return this.#messages?.incoming.read(fields) ?? this.#agree(fields);
    } catch (error) {
      const { message } = error as Error;
      const said = fields === undefined ? "" : ` of ${quoted(fields.join("|"))}`;
      this.#end(
        this.#messages === undefined
          ? `${this.#place} does not talk like a gateway: ${message}`
          : `${this.#place} sent a message that cannot be read${said}: ${message}`,
      );
      return undefined;
    }
  }

  /** The gateway's first message: the version that it chose, and its time. */
  #agree([version = "", serverTime = ""]: readonly string[]): readonly IbEvent[] {
    const stoqey = this.#stoqey!;
    const serverVersion = /^\d+$/.test(version) ? Number(version) : Number.NaN;
    if (Number.isNaN(serverVersion)) throw new Malformed(`its version is ${quoted(version)}`);
    if (serverVersion < OLDEST_VERSION || serverVersion > stoqey.newestVersion) {
      const known = `${OLDEST_VERSION} to ${stoqey.newestVersion}`;
      const message = `${this.#place} speaks protocol version ${serverVersion}, not ${known}`;
      return [
        { kind: "notice", requestId: NO_REQUEST, code: UNSUPPORTED_VERSION, message },
        { kind: "closed", reason: message },
      ];
    }
    const outgoing = new OutgoingMessages(
      stoqey,
      serverVersion,
      (frame) => this.#socket?.write(frame),
      (unsent) => this.#tellLater({ kind: "notice", ...unsent }),
    );
    this.#messages = { incoming: new IncomingMessages(stoqey, serverVersion), outgoing };
    outgoing.start(this.#clientId);
    return [{ kind: "connected", serverVersion, serverTime }];
  }

  /** Nothing may be heard within a call to `send`. */
  #tellLater(event: IbEvent): void {
    const { clock } = this.#options;
    clock.schedule(clock.now(), () => this.#tell(event));
  }

  #tell(event: IbEvent): void {
    if (event.kind === "closed") this.#end(event.reason);
    if (this.#hear === undefined) return;
    // A gateway says its next order id again when it is asked; requests are welcome only once.
    if (event.kind === "ready" && !this.#welcome()) return;
    if (event.kind === "positions-end") this.#messages?.outgoing.endPositions();
    this.#hear(event);
  }

  /** Sends what waited, in its order, before anything that is asked on hearing `ready`. */
  #welcome(): boolean {
    const waiting = this.#waiting;
    if (waiting === undefined) return false;
    this.#waiting = undefined;
    this.#deadline?.cancel();
    for (const request of waiting) this.#messages?.outgoing.write(request);
    return true;
  }
}

function placeOf({ host, port }: StoqeyOptions): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
