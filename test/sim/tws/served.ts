import { type TwsEvent, TwsServer, type TwsServerOptions } from "../../../sim/tws/index.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";

const servers: TwsServer[] = [];

/** A server of a scripted gateway, and all that it said. */
export interface Served {
  readonly gateway: ScriptedGateway;
  readonly server: TwsServer;
  readonly port: number;
  readonly events: TwsEvent[];
}

export async function serve(
  gateway = new ScriptedGateway(),
  options: TwsServerOptions = {},
): Promise<Served> {
  const events: TwsEvent[] = [];
  const server = new TwsServer(gateway, { hear: (event) => events.push(event), ...options });
  servers.push(server);
  return { gateway, server, port: await server.listen(0), events };
}

/** Ends every server; to be called after each test. */
export async function closeServers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** Why clients left, in order. */
export function leavings(events: readonly TwsEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === "left" ? [event.reason] : []));
}
