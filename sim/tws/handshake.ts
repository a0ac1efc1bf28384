import { fail } from "../../core/time/failure.ts";
import type { FrameReader } from "./frames.ts";
import { HIGHEST_VERSION, LOWEST_VERSION } from "./versions.ts";

const GREETING = "API\0";
const VERSIONS = /^v(\d{1,9})(?:\.\.(\d{1,9}))?(?: .*)?$/s;

/** The versions a client can speak, both included. */
export interface VersionRange {
  readonly lowest: number;
  readonly highest: number;
}

/** Reads how a client begins. */
export class Handshake {
  #isGreeted = false;

  /** The client's versions, once all of it is there. Throws `bad-handshake` for anything else. */
  read(reader: FrameReader): VersionRange | undefined {
    if (!this.#isGreeted) {
      const greeting = reader.raw(GREETING.length);
      if (greeting === undefined) return undefined;
      if (greeting.toString("latin1") !== GREETING) {
        fail("bad-handshake", "it does not begin with API", {
          cure: "connect with a TWS API client of version 9.73 or later",
        });
      }
      this.#isGreeted = true;
    }
    const content = reader.next();
    return content === undefined ? undefined : versionsOf(content.toString("latin1"));
  }
}

/** Reads `v100..193` or `v100`; options of the connection may follow a space. */
function versionsOf(text: string): VersionRange {
  const match = VERSIONS.exec(text);
  const lowest = Number(match?.[1]);
  const highest = Number(match?.[2] ?? match?.[1]);
  if (match !== null && lowest <= highest) return { lowest, highest };
  return fail("bad-handshake", `"${text.slice(0, 40)}" names no versions`, {
    cure: "send such as v100..178",
  });
}

/**
 * The version that both speak; undefined where there is none.
 * @param own the highest version of the server.
 */
export function negotiate(own: number, { lowest, highest }: VersionRange): number | undefined {
  const version = Math.min(own, highest, HIGHEST_VERSION);
  return version < Math.max(lowest, LOWEST_VERSION) ? undefined : version;
}
