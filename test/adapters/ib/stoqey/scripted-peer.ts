import { createServer, type Server, type Socket } from "node:net";

/** What a peer says by itself on a new connection. */
export interface PeerManners {
  /** The first message's fields; empty: it says nothing at all. */
  readonly version?: readonly string[];
  /** Said on `START_API`. */
  readonly welcome?: readonly (readonly (string | number)[])[];
}

const MANNERS: Required<PeerManners> = {
  version: ["178", "20240305 02:07:30 Greenwich Mean Time"],
  welcome: [
    [15, 1, "DU1,DU2,"],
    [9, 1, 7],
  ],
};

/** One connection as the peer sees it, written without the code under test. */
export class PeerConnection {
  /** The versions that were offered; undefined until they were. */
  versions: string | undefined;
  /** Every message since then. */
  readonly received: string[][] = [];
  readonly socket: Socket;
  readonly #manners: Required<PeerManners>;
  #bytes = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  constructor(socket: Socket, manners: Required<PeerManners>) {
    this.socket = socket;
    this.#manners = manners;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#read();
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  say(...fields: readonly (string | number)[]): void {
    this.raw(frame(fields));
  }

  raw(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Once so many messages came, `START_API` among them: all of them. */
  async messages(count: number): Promise<string[][]> {
    while (this.received.length < count) {
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
    return this.received;
  }

  #read(): void {
    if (this.versions === undefined) {
      if (this.#bytes.length < 8) return;
      if (this.#bytes.toString("latin1", 0, 4) !== "API\0") throw new Error("no greeting");
      const end = 8 + this.#bytes.readUInt32BE(4);
      if (this.#bytes.length < end) return;
      this.versions = this.#bytes.toString("utf8", 8, end);
      this.#bytes = this.#bytes.subarray(end);
      if (this.#manners.version.length > 0) this.say(...this.#manners.version);
    }
    while (this.#bytes.length >= 4) {
      const end = 4 + this.#bytes.readUInt32BE(0);
      if (this.#bytes.length < end) return;
      const fields = this.#bytes.toString("utf8", 4, end).split("\0");
      if (fields.pop() !== "") throw new Error("a message does not end in NUL");
      this.#bytes = this.#bytes.subarray(end);
      this.received.push(fields);
      if (fields[0] === "71") for (const message of this.#manners.welcome) this.say(...message);
    }
  }
}

/** A gateway on this machine that says exactly what a test tells it to. */
export class ScriptedPeer {
  readonly connections: PeerConnection[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(manners: Required<PeerManners>) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      this.connections.push(new PeerConnection(socket, manners));
    });
  }

  static async listen(manners: PeerManners = {}): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer({ ...MANNERS, ...manners });
    await new Promise<void>((done) => peer.#server.listen(0, "127.0.0.1", done));
    return peer;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it does not listen");
    return address.port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }
}

/** Fields as a message with its length. */
export function frame(fields: readonly (string | number)[]): Buffer {
  const body = Buffer.from(fields.map((field) => `${field}\0`).join(""));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}
