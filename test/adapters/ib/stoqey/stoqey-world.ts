import { afterEach } from "vitest";
import type { IbConnection } from "../../../../adapters/ib/port/ib-client.ts";
import type { IbEvent } from "../../../../adapters/ib/port/ib-event.ts";
import { stoqeyClient } from "../../../../adapters/ib/stoqey/index.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { type PeerConnection, type PeerManners, ScriptedPeer } from "./scripted-peer.ts";

/** Keeps what is heard of a connection, and lets a test wait for it. */
export class Ear {
  readonly events: IbEvent[] = [];
  #waiting: (() => void)[] = [];

  readonly hear = (event: IbEvent): void => {
    this.events.push(event);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  /** Once so many events of a kind were heard: the last of them. */
  async heard<K extends IbEvent["kind"]>(
    kind: K,
    count = 1,
  ): Promise<Extract<IbEvent, { kind: K }>> {
    for (;;) {
      const found = this.events.filter((event) => event.kind === kind);
      if (found.length >= count) return found[count - 1] as Extract<IbEvent, { kind: K }>;
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }
}

/** A connection between the code under test and a scripted peer. */
export interface World {
  readonly peer: ScriptedPeer;
  readonly time: VirtualTime;
  readonly ear: Ear;
  readonly connection: IbConnection;
}

const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

/** A peer that is closed when the test ends. */
export async function peerOf(manners?: PeerManners): Promise<ScriptedPeer> {
  const peer = await ScriptedPeer.listen(manners);
  endings.push(() => peer.close());
  return peer;
}

/** Begins to connect to a port of this machine; closed when the test ends. */
export function connectTo(port: number, clientId = 0): Omit<World, "peer"> {
  const time = new VirtualTime(0);
  const ear = new Ear();
  const connection = stoqeyClient({ host: "127.0.0.1", port, clock: time }).connect(
    clientId,
    ear.hear,
  );
  endings.push(async () => connection.close());
  return { time, ear, connection };
}

/** A connection that has just begun. */
export async function begun(manners?: PeerManners): Promise<World> {
  const peer = await peerOf(manners);
  return { peer, ...connectTo(peer.port) };
}

/** A connection on which requests are welcome, and the peer's side of it. */
export async function ready(
  manners?: PeerManners,
): Promise<World & { readonly other: PeerConnection }> {
  const world = await begun(manners);
  await world.ear.heard("ready");
  return { ...world, other: world.peer.connections[0]! };
}
