import { createServer, type Server, type Socket } from "node:net";
import { BarlineError } from "../../core/time/failure.ts";
import { lastingPort } from "./lasting-port.ts";
import { TwsConnection } from "./tws-connection.ts";
import type { TwsGateway } from "./tws-gateway.ts";

/** What is to be said of a server. */
export type TwsEvent =
  | { readonly kind: "listening"; readonly port: number }
  /** Nothing listens any more: the gateway is down, or its port was lost while it was. */
  | { readonly kind: "deaf"; readonly reason: string }
  | {
      readonly kind: "joined";
      readonly peer: string;
      readonly clientId: number;
      /** The version that both speak. */
      readonly version: number;
    }
  | {
      readonly kind: "left";
      readonly peer: string;
      /** Undefined for one that never started the API. */
      readonly clientId: number | undefined;
      readonly reason: string;
    };

/** What went over the wire so far: where nothing changes and nothing waits, it is quiet. */
export interface TwsActivity {
  readonly accepted: number;
  readonly closed: number;
  readonly framesIn: number;
  readonly framesOut: number;
  /** Bytes written that the clients have not taken yet. */
  readonly waitingBytes: number;
}

/** How a server of the TWS protocol behaves; everything has a default. */
export interface TwsServerOptions {
  /** The address to listen on; default 127.0.0.1, which only this machine reaches. */
  readonly host?: string;
  /**
   * Bytes that may wait for a client that reads slowly, beside the message under way; one that
   * leaves more unread is cut off. Default 8,388,608.
   */
  readonly outboundBytes?: number;
  /** Is told what happens. */
  readonly hear?: (event: TwsEvent) => void;
}

/** So many ports may be in use before there seems to be none. */
const DRAWS = 16;

/**
 * Serves a gateway's model over TCP in the protocol of TWS, to any number of clients. What one of
 * them does wrong ends that one only.
 */
export class TwsServer {
  readonly #gateway: TwsGateway;
  readonly #host: string;
  readonly #outboundBytes: number;
  readonly #hear: (event: TwsEvent) => void;
  readonly #connections = new Set<TwsConnection>();
  readonly #counts = { accepted: 0, closed: 0, framesIn: 0, framesOut: 0 };
  #port: number | undefined;
  #server: Server | undefined;
  #isOpening = false;
  /** Called whenever the last connection is gone. */
  #emptied: () => void = () => {};

  constructor(gateway: TwsGateway, options: TwsServerOptions = {}) {
    this.#gateway = gateway;
    this.#host = options.host ?? "127.0.0.1";
    this.#outboundBytes = options.outboundBytes ?? 8_388_608;
    this.#hear = options.hear ?? (() => {});
  }

  get activity(): TwsActivity {
    return { ...this.#counts, waitingBytes: this.#waitingBytes };
  }

  /** A number that changes with all of it, for those who look often. */
  get stirred(): number {
    const { accepted, closed, framesIn, framesOut } = this.#counts;
    return accepted + closed + framesIn + framesOut + this.#waitingBytes;
  }

  /** Whether the port is being opened, or a client is being cut off and may not know it yet. */
  get isBusy(): boolean {
    if (this.#isOpening) return true;
    for (const connection of this.#connections) if (connection.isEnding) return true;
    return false;
  }

  get #waitingBytes(): number {
    let bytes = 0;
    for (const connection of this.#connections) bytes += connection.waitingBytes;
    return bytes;
  }

  /**
   * Begins to listen, once in its life, and gives the port. Rejects with `cannot-listen`.
   *
   * @param port 0 for any that is free, and stays so while the gateway is down.
   */
  async listen(port: number): Promise<number> {
    this.#port = await (port === 0 ? this.#openAny(DRAWS) : this.#open(port));
    this.follow();
    return this.#port;
  }

  /**
   * Closes the port where the gateway is down, and opens it again where it is up: to be called
   * whenever its `isDown` has changed.
   */
  follow(): void {
    if (this.#port === undefined) return;
    if (!this.#gateway.isDown) {
      if (this.#server === undefined) this.#reopen(this.#port);
      return;
    }
    if (this.#server === undefined) return;
    const reason = "the gateway is down";
    this.#server.close();
    this.#server = undefined;
    for (const connection of this.#connections) connection.end(reason);
    this.#hear({ kind: "deaf", reason });
  }

  /** Cuts every client off and stops listening; resolves when no socket is left. */
  async close(): Promise<void> {
    this.#port = undefined;
    const server = this.#server;
    this.#server = undefined;
    const isDeaf = new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
    const isEmpty = new Promise<void>((resolve) => {
      this.#emptied = resolve;
      if (this.#connections.size === 0) resolve();
    });
    for (const connection of this.#connections) connection.cut("the server was closed");
    await Promise.all([isDeaf, isEmpty]);
  }

  async #openAny(draws: number): Promise<number> {
    try {
      return await this.#open(await lastingPort(this.#host));
    } catch (error) {
      if (draws === 1 || !(error instanceof BarlineError)) throw error;
      return this.#openAny(draws - 1);
    }
  }

  #reopen(port: number): void {
    this.#open(port).catch((error: unknown) => {
      if (!(error instanceof BarlineError)) throw error;
      this.#hear({ kind: "deaf", reason: error.message });
    });
  }

  #open(port: number): Promise<number> {
    const server = createServer((socket) => this.#accept(socket, server));
    this.#server = server;
    this.#isOpening = true;
    return new Promise((resolve, reject) => {
      server.on("error", (error) => {
        this.#isOpening = false;
        if (this.#server === server) this.#server = undefined;
        reject(cannotListen(error, port));
      });
      server.listen({ port, host: this.#host }, () => {
        this.#isOpening = false;
        // The gateway went down again, or all was closed, while the port was being opened.
        if (this.#server !== server) server.close();
        const address = server.address();
        const opened = address !== null && typeof address === "object" ? address.port : port;
        if (this.#server === server) this.#hear({ kind: "listening", port: opened });
        resolve(opened);
      });
    });
  }

  #accept(socket: Socket, server: Server): void {
    // It was on its way when the gateway went down.
    if (server !== this.#server || this.#gateway.isDown) {
      socket.destroy();
      return;
    }
    this.#counts.accepted += 1;
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    const connection = new TwsConnection(socket, this.#gateway, this.#outboundBytes, {
      started: (clientId, version) => this.#hear({ kind: "joined", peer, clientId, version }),
      frameIn: () => {
        this.#counts.framesIn += 1;
      },
      frameOut: () => {
        this.#counts.framesOut += 1;
      },
      closed: (clientId, reason) => {
        this.#counts.closed += 1;
        this.#connections.delete(connection);
        this.#hear({ kind: "left", peer, clientId, reason });
        if (this.#connections.size === 0) this.#emptied();
      },
    });
    this.#connections.add(connection);
  }
}

function cannotListen(error: Error, port: number): BarlineError {
  const isTaken = "code" in error && error.code === "EADDRINUSE";
  return new BarlineError("cannot-listen", isTaken ? "the port is in use" : error.message, {
    where: `port ${port}`,
    cure: "choose another one, or 0 for any that is free",
    cause: error,
  });
}
