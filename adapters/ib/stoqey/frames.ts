import { Malformed, quoted } from "./malformed.ts";

const HEADER_BYTES = 4;

/** As the gateway's own clients have it. */
const LARGEST_MESSAGE_BYTES = 0xffffff;

/** Cuts what arrives into messages: a length of 4 bytes each, then fields that end in NUL. */
export class FrameReader {
  #parts: Buffer[] = [];
  #bytes = 0;
  #neededBytes = HEADER_BYTES;

  /** Yields the fields of every message that `chunk` completes; throws at the first bad frame. */
  *push(chunk: Buffer): Generator<readonly string[], void> {
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= this.#neededBytes) {
      // What a large message is made of is put together once, when it is whole.
      const all = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
      const end = HEADER_BYTES + messageBytes(all);
      this.#neededBytes = end;
      this.#parts = [all];
      if (all.length < end) return;
      this.#parts = all.length > end ? [all.subarray(end)] : [];
      this.#bytes = all.length - end;
      this.#neededBytes = HEADER_BYTES;
      yield fieldsOf(all.subarray(HEADER_BYTES, end));
    }
  }
}

function messageBytes(frame: Buffer): number {
  const bytes = frame.readUInt32BE(0);
  if (bytes > 0 && bytes <= LARGEST_MESSAGE_BYTES) return bytes;
  throw new Malformed(`no message is ${bytes} bytes long: ${quoted(frame.toString("latin1"))}`);
}

function fieldsOf(message: Buffer): readonly string[] {
  const fields = message.toString("utf8").split("\0");
  if (fields.pop() !== "") {
    throw new Malformed(`a message does not end in NUL: ${quoted(message.toString("utf8"))}`);
  }
  return fields;
}

/** A message of the given fields, lists among them one by one, ready to be sent. */
export function frameOf(fields: readonly unknown[]): Buffer {
  const texts = fields.flat(Number.POSITIVE_INFINITY).map(fieldText);
  const cut = texts.find((text) => text.includes("\0"));
  if (cut !== undefined) throw new Malformed(`a field may not hold NUL: ${quoted(cut)}`);
  return withLength(`${texts.join("\0")}\0`);
}

/** The first bytes of a connection: the versions of the protocol that we speak. */
export function greeting(oldest: number, newest: number): Buffer {
  return Buffer.concat([Buffer.from("API\0"), withLength(`v${oldest}..${newest}`)]);
}

function withLength(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes);
  frame.writeUInt32BE(bytes, 0);
  frame.write(text, HEADER_BYTES);
  return frame;
}

function fieldText(field: unknown): string {
  if (typeof field === "boolean") return field ? "1" : "0";
  return field === undefined || field === null ? "" : String(field);
}
