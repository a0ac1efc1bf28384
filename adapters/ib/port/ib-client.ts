import type { IbEvent } from "./ib-event.ts";
import type { IbRequest } from "./ib-request.ts";

/** One connection to a gateway. */
export interface IbConnection {
  /** Sends at once; does nothing once the connection is gone. Requests wait for `ready`. */
  send(request: IbRequest): void;
  /** Breaks it off: nothing more is heard, not even `closed`. Safe to call twice. */
  close(): void;
}

/**
 * The narrow border to Interactive Brokers: everything on our side of it is the same over TCP and
 * in the simulation.
 */
export interface IbClient {
  /**
   * Begins to connect. `hear` is told everything in order, never before this returns and never in
   * the middle of a call to `send`; `closed` comes last.
   *
   * @param clientId names us to the gateway, 0 or more; no two connections may share one.
   */
  connect(clientId: number, hear: (event: IbEvent) => void): IbConnection;
}
