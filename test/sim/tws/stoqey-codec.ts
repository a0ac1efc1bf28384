import { Decoder, type DecoderCallbacks } from "@stoqey/ib/dist/core/io/decoder.js";
import { Encoder } from "@stoqey/ib/dist/core/io/encoder.js";
import type { Message } from "../../../sim/tws/frames.ts";

/** What the package's encoder writes at a server version, as the fields of the wire. */
export function written(version: number, write: (encoder: Encoder) => void): Message {
  const messages: Message[] = [];
  write(
    new Encoder({
      serverVersion: version,
      sendMsg: (...tokens: unknown[]) => {
        messages.push((tokens.flat(9) as unknown[]).map(wireField));
      },
      emitError: (problem: string) => {
        throw new Error(problem);
      },
    }),
  );
  return messages[0]!;
}

/** As the package's socket joins them. */
function wireField(token: unknown): string {
  if (typeof token === "boolean") return token ? "1" : "0";
  return token === undefined || token === null ? "" : String(token);
}

/** What the package's decoder tells of a message at a server version: events, and complaints. */
export function told(version: number, message: Message): readonly (readonly unknown[])[] {
  const events: unknown[][] = [];
  const callbacks: DecoderCallbacks = {
    serverVersion: version,
    emitEvent: (name, ...args) => {
      events.push([name, ...args]);
    },
    emitError: (problem, code, id, advanced) => {
      events.push(["error", problem, code, id, ...(advanced === undefined ? [] : [advanced])]);
    },
    emitInfo: (text, code) => {
      events.push(["info", text, code]);
    },
  };
  const decoder = new Decoder(callbacks);
  decoder.enqueueMessage([...message]);
  decoder.process();
  return events;
}
