import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { FrameReader, fieldsOf, frame, type Message } from "../../../sim/tws/frames.ts";

/** The first bytes of a client that speaks these versions. */
export function greeting(versions: string): Buffer {
  const content = Buffer.from(versions);
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(content.length, 0);
  return Buffer.concat([Buffer.from("API\0"), prefix, content]);
}

/** A client that writes what a test lets it write, and keeps all that it hears. */
export class WireClient {
  readonly heard: Message[] = [];
  isClosed = false;
  readonly socket: Socket;
  // What a gateway sends may be far longer than what it takes.
  readonly #reader = new FrameReader(100_000_000);
  #wake: () => void = () => {};

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (chunk) => {
      this.#reader.push(chunk);
      for (let next = this.#reader.next(); next !== undefined; next = this.#reader.next()) {
        this.heard.push(fieldsOf(next));
      }
      this.#wake();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  /** Greets, starts the API, and waits until requests are welcome. */
  static async start(port: number, versions = "v100..178", clientId = 1): Promise<WireClient> {
    const client = new WireClient(port);
    client.socket.write(greeting(versions));
    client.send("71", "2", String(clientId), "");
    await client.until(() => client.heard.some(([id]) => id === "9"));
    return client;
  }

  send(...message: Message): void {
    this.socket.write(frame(message));
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits for an answer to a question that comes after all others, so that all those are in. */
  async settled(): Promise<void> {
    const ends = (): number => this.heard.filter(([id]) => id === "53").length;
    const before = ends();
    this.send("5", "1");
    await this.until(() => ends() > before);
  }

  closed(): Promise<void> {
    return this.until(() => this.isClosed);
  }

  /** Messages with a number. */
  of(id: number): readonly Message[] {
    return this.heard.filter(([first]) => first === String(id));
  }
}
