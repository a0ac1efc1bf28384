import type { TimerClock } from "../../../core/time/clock.ts";
import { fail } from "../../../core/time/failure.ts";

/** Where a gateway is, and how long it may take to answer. */
export interface StoqeyOptions {
  /** A name or an address, `127.0.0.1`. */
  readonly host: string;
  /** 1 to 65535: 7497 and 7496 are TWS on paper and live, 4002 and 4001 IB Gateway. */
  readonly port: number;
  /** Times both deadlines; what cannot be told at once is told on it. */
  readonly clock: TimerClock;
  /** Milliseconds for the connection to stand; above 0, default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds from there until requests are welcome; above 0, default 5,000. */
  readonly handshakeTimeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/** The options with their defaults; throws `invalid-option` for one out of its range. */
export function checkedOptions(options: StoqeyOptions): Required<StoqeyOptions> {
  const checked = {
    ...options,
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
  const { host, port } = checked;
  if (host === "") invalid("host", "a gateway needs a host", "give one such as 127.0.0.1");
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    invalid("port", `${port} is no port`, "give a whole number from 1 to 65535, such as 7497");
  }
  for (const name of ["connectTimeoutMs", "handshakeTimeoutMs"] as const) {
    const ms = checked[name];
    if (!(ms > 0 && Number.isFinite(ms))) {
      invalid(name, `${ms} is no time to wait`, "give milliseconds above 0");
    }
  }
  return checked;
}

function invalid(where: string, problem: string, cure: string): never {
  return fail("invalid-option", problem, { where, cure });
}
