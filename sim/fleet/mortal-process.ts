import type { IbClient, IbConnection } from "../../adapters/ib/port/ib-client.ts";
import type { SessionClock } from "../../adapters/ib/session/session-clock.ts";
import type { Timer, TimerClock } from "../../core/time/clock.ts";
import { assert } from "../../core/time/failure.ts";
import type { UnixMs } from "../../core/time/instant.ts";

/**
 * What a process has of the world: time, and connections. When it dies, its timers never run and
 * its connections are closed, as an operating system closes them. What of it still moves then is
 * found out.
 */
export class MortalProcess {
  readonly clock: SessionClock;
  readonly #timers = new Set<Timer>();
  readonly #connections = new Set<IbConnection>();
  #isDead = false;

  constructor(world: SessionClock) {
    this.clock = {
      now: () => world.now(),
      schedule: (at, action) => this.#schedule(world, at, action),
      watch: (listener) => world.watch?.(listener) ?? (() => {}),
      look: () => world.look?.(),
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** How many of its timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** A client of a gateway as this process has it. */
  client(client: IbClient): IbClient {
    return {
      connect: (clientId, hear) => {
        this.#assertAlive();
        const connection = client.connect(clientId, (event) => {
          this.#assertAlive();
          hear(event);
        });
        this.#connections.add(connection);
        return {
          send: (request) => {
            this.#assertAlive();
            connection.send(request);
          },
          close: () => {
            this.#connections.delete(connection);
            connection.close();
          },
        };
      },
    };
  }

  die(): void {
    this.#isDead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  #schedule(world: TimerClock, at: UnixMs, action: () => void): Timer {
    this.#assertAlive();
    const timer = world.schedule(at, () => {
      this.#timers.delete(timer);
      action();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  #assertAlive(): void {
    assert(!this.#isDead, "nothing of a dead process moves");
  }
}
