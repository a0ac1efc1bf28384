import { loadStoqey, stoqeyClient } from "../../adapters/ib/stoqey/index.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { Truth } from "../../sim/index.ts";
import { LockStep, TwsServer, watched, wireBetween } from "../../sim/tws/index.ts";
import { IbWorld, type IbWorldOptions } from "./ib-world.ts";

/** The same world with real sockets between session and gateway, played in lock step. */
export class IbTcpWorld {
  readonly world: IbWorld;
  readonly server: TwsServer;
  readonly #step: LockStep;
  #port = 0;

  private constructor(truth: Truth, start: UnixMs, options: IbWorldOptions) {
    const { onTalk } = options.gateway ?? {};
    // The port is known only once the server listens.
    const client = watched({
      connect: (clientId, hear) => {
        const { time: clock } = this.world;
        return stoqeyClient({ host: "127.0.0.1", port: this.#port, clock }).connect(clientId, hear);
      },
    });
    this.world = new IbWorld(truth, start, {
      ...options,
      gateway: {
        ...options.gateway,
        onTalk: (talk) => {
          onTalk?.(talk);
          // With the process goes its port.
          if (talk.kind === "down" || talk.kind === "up") this.server.follow();
        },
      },
      client: () => client,
    });
    this.server = new TwsServer(this.world.gateway);
    this.#step = new LockStep(this.world.time, wireBetween(client, this.server));
  }

  static async open(
    truth: Truth,
    start: UnixMs,
    options: IbWorldOptions = {},
  ): Promise<IbTcpWorld> {
    // While it loads no time may pass: virtual deadlines would be over at once.
    await loadStoqey();
    const tcp = new IbTcpWorld(truth, start, options);
    tcp.#port = await tcp.server.listen(0);
    return tcp;
  }

  /** Lets all happen up to an instant; default: until all of the market was told. */
  playTo(at: UnixMs = this.world.endsAt): Promise<void> {
    return this.playUntil(() => (this.world.time.nextAt ?? Number.POSITIVE_INFINITY) > at);
  }

  /** Lets time pass until something is so. */
  playUntil(isSo: () => boolean): Promise<void> {
    return this.#step.play(isSo);
  }

  /** Ends everything, the sockets too. */
  async close(): Promise<void> {
    this.world.close();
    await this.#step.quiet();
    await this.server.close();
  }
}
