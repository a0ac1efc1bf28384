import type { IbClient } from "../../ib/port/ib-client.ts";
import type { IbEvent } from "../../ib/port/ib-event.ts";
import type { IbRequest } from "../../ib/port/ib-request.ts";

/** Sees everything that goes over the border to a gateway, before it has any effect. */
export interface IbTap {
  connecting(clientId: number): void;
  sent(request: IbRequest): void;
  heard(event: IbEvent): void;
}

/** The same client, with taps on it. They can change nothing. */
export function tapped(client: IbClient, taps: readonly IbTap[]): IbClient {
  return {
    connect(clientId, hear) {
      for (const tap of taps) tap.connecting(clientId);
      const connection = client.connect(clientId, (event) => {
        for (const tap of taps) tap.heard(event);
        hear(event);
      });
      return {
        send(request) {
          for (const tap of taps) tap.sent(request);
          connection.send(request);
        },
        close: () => connection.close(),
      };
    },
  };
}
