import { setImmediate } from "node:timers/promises";
import type { VirtualTime } from "../../core/time/virtual-time.ts";
import type { TwsServer } from "./tws-server.ts";
import type { WatchedClient } from "./watched-client.ts";

/**
 * Turns of the event loop without a word on the wire after which it counts as quiet. On one machine
 * what was written is there to be read by the next turn; the others are for what a library does
 * with it before it answers.
 */
const QUIET_TURNS = 4;

/** Turns that a word which is known to be under way is waited for at the most. */
const LONGEST_WAIT_TURNS = 10_000;

/** Steps without a word after which whatever else the program does has its turn. */
const STEPS_A_TURN = 256;

/** What is known of a wire and both its ends. */
export interface Wire {
  /**
   * Counts what happens on it, what is sent and begun as well as what is heard; any change is a
   * word.
   */
  stirred(): number;
  /** Whether something is known to be under way. */
  isBusy(): boolean;
}

/** The wire between a client and a server, both on this machine. */
export function wireBetween(
  client: WatchedClient,
  server: Pick<TwsServer, "stirred" | "isBusy">,
): Wire {
  return {
    stirred: () => client.stirred + server.stirred,
    isBusy: () => client.isConnecting || server.isBusy,
  };
}

/**
 * Plays virtual time against real sockets on this machine, as fast as both ends keep up: the clock
 * moves on to the next action only when nothing is under way. So a session over TCP takes seconds
 * instead of days, and a slow machine changes nothing of what happens in it.
 */
export class LockStep {
  readonly #time: VirtualTime;
  readonly #wire: Wire;

  constructor(time: VirtualTime, wire: Wire) {
    this.#time = time;
    this.#wire = wire;
  }

  /** Waits until nothing is under way. */
  async quiet(): Promise<void> {
    let seen = this.#wire.stirred();
    let quietTurns = 0;
    for (let turns = 0; turns < LONGEST_WAIT_TURNS && quietTurns < QUIET_TURNS; turns += 1) {
      await setImmediate();
      const now = this.#wire.stirred();
      quietTurns = now === seen && !this.#wire.isBusy() ? quietTurns + 1 : 0;
      if (now !== seen) turns = 0;
      seen = now;
    }
  }

  /** Lets time pass until `isOver`, or until nothing is left that could happen. */
  async play(isOver: () => boolean): Promise<void> {
    await this.quiet();
    for (let steps = 1; !isOver(); steps += 1) {
      const before = this.#wire.stirred();
      if (!this.#time.step()) return;
      // Where nothing was put on a quiet wire it is quiet still.
      if (this.#wire.stirred() !== before || this.#wire.isBusy()) await this.quiet();
      else if (steps % STEPS_A_TURN === 0) await setImmediate();
    }
  }
}
