import { loadStoqey, stoqeyClient } from "../../adapters/ib/stoqey/index.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { Truth } from "../../sim/index.ts";
import { LockStep, TwsServer, watched, wireBetween } from "../../sim/tws/index.ts";
import { KeptWorld, type KeptWorldOptions } from "./kept-world.ts";

/** The same world with real sockets between its processes and the gateway, played in lock step. */
export class KeptTcpWorld {
  readonly world: KeptWorld;
  readonly server: TwsServer;
  readonly #step: LockStep;
  #port = 0;

  private constructor(truth: Truth, start: UnixMs, options: KeptWorldOptions) {
    const client = watched({
      connect: (clientId, hear) => {
        const { time: clock } = this.world;
        return stoqeyClient({ host: "127.0.0.1", port: this.#port, clock }).connect(clientId, hear);
      },
    });
    this.world = new KeptWorld(truth, start, {
      ...options,
      client,
      gateway: {
        ...options.gateway,
        onTalk: (talk) => {
          // With the process goes its port.
          if (talk.kind === "down" || talk.kind === "up") this.server.follow();
        },
      },
    });
    this.server = new TwsServer(this.world.gateway);
    this.#step = new LockStep(this.world.time, wireBetween(client, this.server));
  }

  static async open(truth: Truth, start: UnixMs, options: KeptWorldOptions): Promise<KeptTcpWorld> {
    // While it loads no time may pass: virtual deadlines would be over at once.
    await loadStoqey();
    const tcp = new KeptTcpWorld(truth, start, options);
    tcp.#port = await tcp.server.listen(0);
    return tcp;
  }

  /** Lets all happen up to an instant. */
  async playTo(at: UnixMs): Promise<void> {
    const { time } = this.world;
    await this.#step.play(() => (time.nextAt ?? Number.POSITIVE_INFINITY) > at);
    time.advanceTo(at);
  }

  async close(): Promise<void> {
    this.world.gateway.close();
    await this.#step.quiet();
    await this.server.close();
  }
}
