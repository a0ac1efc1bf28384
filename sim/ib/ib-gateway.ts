import type { IbClient } from "../../adapters/ib/port/ib-client.ts";
import type { IbRequest } from "../../adapters/ib/port/ib-request.ts";
import type { TimerClock } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { GatewayConnection } from "./connection.ts";
import { FaultDesk } from "./fault-desk.ts";
import type { IbGatewayFault } from "./gateway-fault.ts";
import { GatewayState } from "./gateway-state.ts";
import { serverTimeText } from "./gateway-time.ts";
import type { IbGatewayOptions } from "./ib-gateway-options.ts";
import type { IbMarket } from "./ib-market.ts";
import type { IbViolation } from "./limits.ts";

/**
 * A gateway of Interactive Brokers in process: it tells of its markets as a real one does, in
 * answers, streams, delays, limits, codes and faults. It reads only the clock it is given, draws
 * only from its seed, and says the same under the same clock whenever it runs.
 *
 * It leaves out what Barline does not ask for: orders, ticks, depth, news.
 */
export class IbGateway {
  readonly #state: GatewayState;
  readonly #faults: FaultDesk;

  /** @param markets what can be asked about; each with a `conId` of its own. */
  constructor(clock: TimerClock, markets: readonly IbMarket[], options: IbGatewayOptions = {}) {
    this.#state = new GatewayState(clock, markets, options);
    this.#faults = new FaultDesk(this.#state);
    if (options.nightlyRestart !== undefined) this.#faults.restartNightly(options.nightlyRestart);
  }

  /** Connects to this gateway; any number of connections. */
  client(): IbClient {
    return { connect: (id, hear) => new GatewayConnection(this.#state, id, hear) };
  }

  /** Lets something go wrong, now or at an instant of the gateway's clock. */
  inflict(fault: IbGatewayFault, at?: UnixMs): void {
    this.#faults.inflict(fault, at);
  }

  /** Ends everything: connections, which hear `closed`, planned faults, and their timers. */
  close(): void {
    this.#faults.close();
    for (const connection of [...this.#state.connections]) connection.end("the gateway closed");
  }

  /** Whether the process is gone: new connections are refused. */
  get isDown(): boolean {
    return this.#state.conditions.has("down");
  }

  get serverVersion(): number {
    return this.#state.conditions.serverVersion;
  }

  /** The present as a handshake tells it: `20250323 22:21:01 Greenwich Mean Time`. */
  get serverTime(): string {
    return serverTimeText(this.now);
  }

  /** The present on the gateway's clock. */
  get now(): UnixMs {
    return this.#state.clock.now();
  }

  /** Requests so far, by kind; those beyond a limit included. */
  get requests(): ReadonlyMap<IbRequest["kind"], number> {
    return this.#state.requests;
  }

  /** Limits that were broken so far. */
  get violations(): ReadonlyMap<IbViolation, number> {
    return this.#state.limits.violations;
  }

  get openConnections(): number {
    return this.#state.connections.size;
  }

  /** Streams that are alive, over all connections: real-time bars and kept-up-to-date histories. */
  get openStreams(): number {
    return this.#state.openStreams;
  }

  /** Requests for history, schedules and head timestamps that are open, over all connections. */
  get openHistory(): number {
    return this.#state.openHistory;
  }
}
