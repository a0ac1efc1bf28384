import type { IbClient } from "../port/ib-client.ts";
import { StoqeyConnection } from "./connection.ts";
import { loadStoqey } from "./load-stoqey.ts";
import { checkedOptions, type StoqeyOptions } from "./stoqey-options.ts";

/**
 * Connections to a real gateway, TWS or IB Gateway, over TCP. Each stands alone: nothing of one is
 * ever sent or heard on another, and none makes itself anew. Throws `invalid-option` for an option
 * out of its range; what goes wrong with a connection is its `closed` event.
 */
export function stoqeyClient(options: StoqeyOptions): IbClient {
  const checked = checkedOptions(options);
  return {
    connect: (clientId, hear) => new StoqeyConnection(checked, clientId, hear, loadStoqey()),
  };
}
