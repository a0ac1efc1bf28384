import type { IbClient } from "../../adapters/ib/port/ib-client.ts";

/** What is served: a gateway's model, whatever it is made of. */
export interface TwsGateway {
  /** The highest version it speaks; what lies above 193 counts as 193. */
  readonly serverVersion: number;
  /** Its clock with its zone, as told in the handshake: `20240305 02:15:00 Greenwich Mean Time`. */
  readonly serverTime: string;
  /** While it is down nothing listens on its port. */
  readonly isDown: boolean;
  /** A client of its own for each connection. */
  client(): IbClient;
}
