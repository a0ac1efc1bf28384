import type { TimerClock } from "../../../core/time/clock.ts";
import { IbSession } from "../../ib/session/ib-session.ts";
import { type GivenSessionOptions, sessionOptions } from "../../ib/session/session-options.ts";
import { stoqeyClient } from "../../ib/stoqey/index.ts";
import { EvenClock, ScaledClock } from "../../system/index.ts";
import type { LiveConfig } from "./live-schema.ts";
import { type GatewayAddress, onlySet } from "./live-settings.ts";
import { type IbTap, tapped } from "./tapped-client.ts";

/** A session with a gateway over TCP, not started yet. */
export interface GatewaySession {
  readonly session: IbSession;
  /** The machine's time. */
  readonly machine: TimerClock;
  readonly host: string;
  readonly port: number;
  /** `127.0.0.1:4002`. */
  readonly place: string;
}

/**
 * Makes the session that a configuration describes. Throws `invalid-option` for what cannot be.
 *
 * @param speed how fast the gateway's time passes. The session keeps its time, so that bars and
 *   limits are timed by it; what depends on the network alone takes as long as it takes.
 */
export function gatewaySession(
  { host, port }: GatewayAddress,
  config: LiveConfig,
  speed: number,
  taps: readonly IbTap[],
): GatewaySession {
  const machine = new EvenClock();
  const clock = speed === 1 ? machine : new ScaledClock(machine, { start: machine.now(), speed });
  const client = tapped(stoqeyClient({ host, port, clock: machine }), taps);
  const session = new IbSession(client, clock, atSpeed(speed, optionsOf(config)));
  const place = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return { session, machine, host, port, place };
}

/** Whether a gateway is on this very machine; elsewhere its protocol is open to be read. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** What is to be said before a program connects to a gateway. */
export function placeNotes({ host }: GatewayAddress, speed: number): readonly string[] {
  const notes: string[] = [];
  if (!isLoopback(host)) {
    notes.push(
      `  ${host} is another machine: this connection is neither encrypted nor ` +
        "authenticated; use it only inside a network that you trust",
    );
  }
  if (speed !== 1) {
    notes.push(`  time passes ${speed} times as fast: for a simulated gateway only`);
  }
  return notes;
}

function optionsOf({ gateway, reconnect, pacing }: LiveConfig): GivenSessionOptions {
  const { clientId, spareClientIds } = gateway ?? {};
  return {
    random: Math.random,
    ...onlySet({ clientId, spareClientIds }),
    ...onlySet(reconnect),
    pacing: onlySet(pacing),
  };
}

/** Deadlines and pauses of the network, in the session's time. */
const NETWORK_TIMES = [
  "connectDeadlineMs",
  "readyDeadlineMs",
  "clockDeadlineMs",
  "firstRetryMs",
  "longestRetryMs",
  "steadyMs",
  "firstInUseRetryMs",
  "longestInUseRetryMs",
  "probeMs",
  "probeDeadlineMs",
  "clockCheckMs",
] as const satisfies readonly (keyof GivenSessionOptions)[];

function atSpeed(speed: number, given: GivenSessionOptions): GivenSessionOptions {
  if (speed === 1) return given;
  const all = sessionOptions(given);
  const times = NETWORK_TIMES.map((name) => [name, Math.ceil(all[name] * speed)] as const);
  // A simulated market's time has nothing to do with ours: there is nothing to warn of.
  const skewWarningMs = Number.MAX_SAFE_INTEGER;
  return { ...given, ...Object.fromEntries(times), skewWarningMs };
}
