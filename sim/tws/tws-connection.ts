import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { IbConnection } from "../../adapters/ib/port/ib-client.ts";
import { type IbEvent, NO_REQUEST } from "../../adapters/ib/port/ib-event.ts";
import type { IbRequest } from "../../adapters/ib/port/ib-request.ts";
import { BarlineError } from "../../core/time/failure.ts";
import { requestDecoders } from "./decode-request.ts";
import { encodeEvent, notice } from "./encode-event.ts";
import { FieldReader } from "./field-reader.ts";
import { FrameReader, fieldsOf, frame, type Message } from "./frames.ts";
import { Handshake, negotiate } from "./handshake.ts";
import { otherMessages } from "./other-messages.ts";
import type { TwsGateway } from "./tws-gateway.ts";

const START_API = 71;
const ERROR_READING_REQUEST = 320;
const VALIDATION_FAILED = 321;

/** Requests kept for a client that does not wait until it is told that they are welcome. */
const EARLY_REQUESTS = 1_000;

/** What a connection tells its server. */
export interface ConnectionListener {
  started(clientId: number, version: number): void;
  frameIn(): void;
  frameOut(): void;
  /** The last word; nothing of the connection is left. */
  closed(clientId: number | undefined, reason: string): void;
}

/** One client on its socket, and the model's connection that serves it. */
export class TwsConnection {
  readonly #socket: Socket;
  readonly #gateway: TwsGateway;
  readonly #outboundBytes: number;
  readonly #listener: ConnectionListener;
  readonly #reader = new FrameReader();
  readonly #handshake = new Handshake();
  #version: number | undefined;
  #clientId: number | undefined;
  #model: IbConnection | undefined;
  #nextId: number | undefined;
  #early: IbRequest[] = [];
  #reason: string | undefined;

  constructor(
    socket: Socket,
    gateway: TwsGateway,
    outboundBytes: number,
    listener: ConnectionListener,
  ) {
    this.#socket = socket;
    this.#gateway = gateway;
    this.#outboundBytes = outboundBytes;
    this.#listener = listener;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#received(chunk));
    socket.on("error", (error) => {
      this.#reason ??= `the connection broke: ${error.message}`;
    });
    socket.on("close", () => {
      this.#release();
      listener.closed(this.#clientId, this.#reason ?? "the client left");
    });
  }

  /** Bytes that the client has not taken yet. */
  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  /** Whether it was ended from here; the client has not been heard to be gone yet. */
  get isEnding(): boolean {
    return this.#reason !== undefined;
  }

  /** Ends it once what was written is out. */
  end(reason: string): void {
    this.#reason ??= reason;
    this.#release();
    this.#socket.destroySoon();
  }

  /** Ends it on the spot. */
  cut(reason: string): void {
    this.#reason ??= reason;
    this.#release();
    this.#socket.destroy();
  }

  #release(): void {
    this.#model?.close();
    this.#model = undefined;
    this.#early = [];
  }

  #received(chunk: Buffer): void {
    if (this.#reason !== undefined) return;
    this.#reader.push(chunk);
    try {
      while (this.#reason === undefined && this.#readNext()) {}
    } catch (error) {
      if (!(error instanceof BarlineError)) throw error;
      this.cut(error.message);
    }
  }

  /** False where more bytes are needed. */
  #readNext(): boolean {
    if (this.#version === undefined) return this.#greet();
    const content = this.#reader.next();
    if (content === undefined) return false;
    this.#listener.frameIn();
    this.#handle(fieldsOf(content), this.#version);
    return true;
  }

  #greet(): boolean {
    const range = this.#handshake.read(this.#reader);
    if (range === undefined) return false;
    this.#listener.frameIn();
    const { serverVersion, serverTime } = this.#gateway;
    this.#version = negotiate(serverVersion, range);
    // A client is told a version that is too low for it, so that it can say why it gives up.
    this.#write([String(this.#version ?? serverVersion), serverTime]);
    if (this.#version !== undefined) return true;
    const versions = `versions ${range.lowest} to ${range.highest}`;
    this.end(`it speaks ${versions}, the gateway up to ${serverVersion}`);
    return false;
  }

  #handle(message: Message, version: number): void {
    const id = Number(message[0]);
    const name = id === START_API ? "startApi" : nameOf(id);
    const reader = new FieldReader(message, name ?? "unknown");
    if (name === undefined) {
      const text = `Error reading request: unknown message "${message[0]!.slice(0, 40)}"`;
      this.#notify(NO_REQUEST, ERROR_READING_REQUEST, text, version);
      return;
    }
    try {
      if (id === START_API) this.#start(reader, version);
      else this.#serve(id, name, reader, version);
    } catch (error) {
      if (!(error instanceof BarlineError && error.code === "bad-field")) throw error;
      const text = `Error reading request: ${error.message}`;
      this.#notify(reader.requestId ?? NO_REQUEST, ERROR_READING_REQUEST, text, version);
    }
  }

  #start(reader: FieldReader, version: number): void {
    reader.skip("version");
    const clientId = reader.whole("client id");
    if (this.#clientId !== undefined || clientId < 0) {
      const fault = clientId < 0 ? "the client id is below 0" : "the API is started already";
      this.#notify(NO_REQUEST, VALIDATION_FAILED, fault, version);
      return;
    }
    this.#clientId = clientId;
    this.#listener.started(clientId, version);
    this.#model = this.#gateway.client().connect(clientId, (event) => this.#hear(event, version));
  }

  #serve(id: number, name: string, reader: FieldReader, version: number): void {
    if (this.#clientId === undefined) {
      const text = `${name} came before startApi and is ignored`;
      this.#notify(NO_REQUEST, VALIDATION_FAILED, text, version);
      return;
    }
    const decoded = requestDecoders.get(id)?.decode(reader, version);
    if (decoded === undefined) this.#answerOther(id, reader, version);
    else if (decoded.kind === "request") this.#ask(decoded.request);
    else this.#notify(reader.requestId ?? NO_REQUEST, decoded.code, decoded.message, version);
  }

  #ask(request: IbRequest): void {
    if (this.#nextId !== undefined) this.#model?.send(request);
    else if (this.#early.push(request) > EARLY_REQUESTS) {
      this.cut(`it made ${this.#early.length} requests before it was told that they are welcome`);
    }
  }

  #answerOther(id: number, reader: FieldReader, version: number): void {
    const answer = otherMessages.get(id)!.answer(reader, version);
    if (answer.kind === "messages") for (const message of answer.messages) this.#write(message);
    if (answer.kind === "refused") {
      this.#notify(answer.requestId, VALIDATION_FAILED, answer.message, version);
    }
    // Before it is known, the answer comes of itself.
    if (answer.kind === "next-id" && this.#nextId !== undefined) {
      this.#write(["9", "1", String(this.#nextId)]);
    }
  }

  #hear(event: IbEvent, version: number): void {
    const message = encodeEvent(event, version);
    if (message !== undefined) this.#write(message);
    if (event.kind === "closed") this.end(event.reason);
    if (event.kind !== "ready") return;
    this.#nextId = event.nextId;
    const early = this.#early;
    this.#early = [];
    for (const request of early) this.#model?.send(request);
  }

  #notify(id: number, code: number, text: string, version: number): void {
    this.#write(notice(id, code, text, version));
  }

  #write(message: Message): void {
    if (this.#reason !== undefined) return;
    if (this.#socket.writableLength > this.#outboundBytes) {
      this.cut(`it does not read: more than ${this.#outboundBytes} bytes wait for it`);
      return;
    }
    this.#listener.frameOut();
    this.#socket.write(frame(message));
  }
}

function nameOf(id: number): string | undefined {
  return requestDecoders.get(id)?.name ?? otherMessages.get(id)?.name;
}
