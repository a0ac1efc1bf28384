import type { IbClient } from "../../adapters/ib/port/ib-client.ts";

/** A client of which one can see whether something is happening that only the network can end. */
export interface WatchedClient extends IbClient {
  /** Changes with everything that is begun, sent or heard. */
  readonly stirred: number;
  /** Whether a connection is being made. */
  readonly isConnecting: boolean;
}

/** Watches a client; it behaves as before. */
export function watched(client: IbClient): WatchedClient {
  let stirred = 0;
  let connecting = 0;
  return {
    get stirred() {
      return stirred;
    },
    get isConnecting() {
      return connecting > 0;
    },
    connect(clientId, hear) {
      let isPending = true;
      connecting += 1;
      stirred += 1;
      const settle = (): void => {
        stirred += 1;
        if (isPending) connecting -= 1;
        isPending = false;
      };
      const connection = client.connect(clientId, (event) => {
        settle();
        hear(event);
      });
      return {
        send(request) {
          stirred += 1;
          connection.send(request);
        },
        close() {
          settle();
          connection.close();
        },
      };
    },
  };
}
