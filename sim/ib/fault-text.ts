import { BarlineError, fail } from "../../core/time/failure.ts";
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  parseInstant,
  SECOND_MS,
  type UnixMs,
} from "../../core/time/instant.ts";
import type { DeniedRequest, IbGatewayFault } from "./gateway-fault.ts";

/** A fault and when it is due, on the gateway's clock. */
export interface PlannedFault {
  readonly at: UnixMs;
  readonly fault: IbGatewayFault;
}

/** One word of the language: how it is written, what it does, and how its arguments are read. */
interface FaultWord {
  readonly form: string;
  readonly help: string;
  readonly read: (words: Words) => IbGatewayFault;
}

const WORDS: Readonly<Record<string, FaultWord>> = {
  down: {
    form: "down 90s|forever",
    help: "the process is gone: connections are closed, new ones refused",
    read: (words) => ({ kind: "down", forMs: words.span() }),
  },
  link: {
    form: "link 30s 1101|1102|1102-dead",
    help: "1100, silence, then 1101 (streams dropped), 1102 (streams go on) or 1102 over dead ones",
    read: (words) => ({
      kind: "link",
      forMs: words.span(),
      ending: words.choice("1101", "1102", "1102-dead"),
    }),
  },
  farm: {
    form: "farm 3s [dead]",
    help: "2103 and 2105, silence, then 2104 and 2106; dead: 10182 ends every stream",
    read: (words) => ({
      kind: "farm",
      forMs: words.span(),
      kills: words.isOver ? false : words.choice("dead") === "dead",
    }),
  },
  "half-open": {
    form: "half-open 60s|forever",
    help: "connections carry nothing either way and nobody is told; then they are reset",
    read: (words) => ({ kind: "half-open", forMs: words.span() }),
  },
  "silent-streams": {
    form: "silent-streams",
    help: "streams as they are now never say anything again",
    read: () => ({ kind: "silent-streams" }),
  },
  "client-id": {
    form: "client-id 60s|forever",
    help: "whoever connects hears 326, client id in use",
    read: (words) => ({ kind: "client-id", forMs: words.span() }),
  },
  pacing: {
    form: "pacing [N]",
    help: "the next N requests for history are pacing violations; default 1",
    read: (words) => ({ kind: "history", what: { kind: "pacing" }, count: words.count(1) }),
  },
  history: {
    form: "history empty|partial|never|fail [N], history slow 20s [N]",
    help: "what becomes of the next N requests for history; default 1",
    read: readHistory,
  },
  revise: {
    form: "revise [N]",
    help: "the N-th last bar that is over is corrected by one tick; default 1",
    read: (words) => ({ kind: "revise", back: words.count(1) }),
  },
  competing: {
    form: "competing 30s|forever",
    help: "10197, another session has the market data: streams are silent",
    read: (words) => ({ kind: "competing", forMs: words.span() }),
  },
  bust: {
    form: "bust",
    help: "10225 ends every stream",
    read: () => ({ kind: "bust" }),
  },
  deny: {
    form: "deny CODE [history|live|contract]",
    help: "refused with a code for good; default: history and live, with 200 contracts as well",
    read: readDeny,
  },
  version: {
    form: "version N",
    help: "the server version that new connections are told",
    read: (words) => ({ kind: "version", serverVersion: words.count() }),
  },
  port: {
    form: "port",
    help: "1300, the port was changed: connections are closed",
    read: () => ({ kind: "port" }),
  },
};

/** Every fault that can be written, one a line, for a person. */
export const gatewayFaultHelp: string = [
  "WHEN FAULT, one a line or separated by ';'. WHEN is an instant such as 2024-03-05T01:30:00Z,",
  "+10m after the start, or now, which can be left out. # begins a comment.",
  ...Object.values(WORDS).map(({ form, help }) => `  ${form}\n      ${help}`),
].join("\n");

/**
 * Reads faults, one a line or separated by `;`, each `WHEN FAULT ARGUMENTS` as `gatewayFaultHelp`
 * shows. Throws `invalid-fault`, with line and cure, for anything else.
 *
 * @param start what `+10m` counts from, and when a fault without a time is due.
 */
export function parseGatewayFaults(text: string, start: UnixMs): readonly PlannedFault[] {
  return text.split("\n").flatMap((line, index) =>
    line
      .replace(/#.*/, "")
      .split(";")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map((part) => readFault(part, start, `line ${index + 1}, "${part}"`)),
  );
}

function readFault(text: string, start: UnixMs, where: string): PlannedFault {
  const words = new Words(text.split(/\s+/), where);
  const at = readWhen(words, start);
  const name = words.next("a fault");
  const word = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (word === undefined) {
    return words.fail(`"${name}" is no fault`, `write one of ${Object.keys(WORDS).join(", ")}`);
  }
  try {
    const fault = word.read(words);
    if (!words.isOver) words.fail(`"${words.next("")}" is too much`, `write ${word.form}`);
    return { at, fault };
  } catch (error) {
    if (!(error instanceof BarlineError) || error.cure !== undefined) throw error;
    return words.fail(error.message.slice(where.length + 2), `write ${word.form}`);
  }
}

function readWhen(words: Words, start: UnixMs): UnixMs {
  const first = words.peek;
  if (first === "now") {
    words.next("");
    return start;
  }
  if (first.startsWith("+")) {
    words.next("");
    const ms = spanOf(first.slice(1));
    if (ms !== undefined) return start + ms;
    return words.fail(`"${first}" is no time`, "write +10m, +90s or +1h30m");
  }
  if (!/^\d/.test(first)) return start;
  words.next("");
  return (
    parseInstant(first) ??
    words.fail(`"${first}" is no time`, "write 2024-03-05T01:30:00Z, +10m or now")
  );
}

function readHistory(words: Words): IbGatewayFault {
  const kind = words.choice("empty", "partial", "never", "fail", "slow");
  const what = kind === "slow" ? ({ kind, byMs: words.span() } as const) : ({ kind } as const);
  return { kind: "history", what, count: words.count(1) };
}

function readDeny(words: Words): IbGatewayFault {
  const code = words.count();
  const usual: readonly DeniedRequest[] =
    code === 200 ? ["contract", "history", "live"] : ["history", "live"];
  const of = words.isOver ? usual : [words.choice("history", "live", "contract")];
  return { kind: "deny", code, of };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/** Reads `90s` or `1h30m`, in milliseconds; undefined for anything else. */
function spanOf(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:ms|[smhd]))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhd])/g)) {
    ms += Number(count) * UNIT_MS[unit!]!;
  }
  return ms;
}

/** The words of one fault, read from left to right. */
class Words {
  readonly #words: readonly string[];
  readonly #where: string;
  #read = 0;

  constructor(words: readonly string[], where: string) {
    this.#words = words;
    this.#where = where;
  }

  get isOver(): boolean {
    return this.#read === this.#words.length;
  }

  get peek(): string {
    return this.#words[this.#read]!;
  }

  next(what: string): string {
    if (this.isOver) this.fail(`${what} is missing`);
    this.#read += 1;
    return this.#words[this.#read - 1]!;
  }

  /** A length of time in milliseconds; `forever` is infinite. */
  span(): number {
    const word = this.next("a length of time");
    if (word === "forever") return Number.POSITIVE_INFINITY;
    return spanOf(word) ?? this.fail(`"${word}" is no length of time`);
  }

  /** A whole number of 1 or more. */
  count(otherwise?: number): number {
    if (this.isOver && otherwise !== undefined) return otherwise;
    const word = this.next("a number");
    return /^[1-9]\d{0,5}$/.test(word) ? Number(word) : this.fail(`"${word}" is no whole number`);
  }

  choice<const Choice extends string>(...choices: readonly Choice[]): Choice {
    const word = this.next(choices.join(" or "));
    return choices.find((each) => each === word) ?? this.fail(`"${word}" is not known here`);
  }

  fail(problem: string, cure?: string): never {
    return fail("invalid-fault", problem, {
      where: this.#where,
      ...(cure === undefined ? {} : { cure }),
    });
  }
}
