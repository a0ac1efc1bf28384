import type { IbClient } from "../../adapters/ib/port/ib-client.ts";
import { loadStoqey, stoqeyClient } from "../../adapters/ib/stoqey/index.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { Truth } from "../../sim/index.ts";
import { LockStep } from "../../sim/tws/lock-step.ts";
import { TwsServer } from "../../sim/tws/tws-server.ts";
import { IbWorld, type IbWorldOptions } from "./ib-world.ts";

/** The same world with real sockets between session and gateway, played in lock step. */
export class IbTcpWorld {
  readonly world: IbWorld;
  readonly server: TwsServer;
  readonly #step: LockStep;
  #port = 0;
  /** What the client's end of the wire did: it began, sent, heard, ended. */
  #words = 0;

  private constructor(truth: Truth, start: UnixMs, options: IbWorldOptions) {
    const { onTalk } = options.gateway ?? {};
    this.world = new IbWorld(truth, start, {
      ...options,
      gateway: {
        ...options.gateway,
        onTalk: (talk) => {
          onTalk?.(talk);
          // With the process goes its port.
          if (talk.kind === "down" || talk.kind === "up") queueMicrotask(() => this.#follow());
        },
      },
      client: () => this.#client(),
    });
    this.server = new TwsServer(this.world.gateway, { hear: () => this.#stir() });
    this.#step = new LockStep(this.world.time, {
      stirred: () => this.#words + this.server.stirred,
      isBusy: () => this.server.isEnding,
    });
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

  #follow(): void {
    this.#stir();
    this.server.follow();
  }

  #stir(): void {
    this.#words += 1;
  }

  #client(): IbClient {
    const stir = () => this.#stir();
    return {
      connect: (clientId, hear) => {
        const { time } = this.world;
        const client = stoqeyClient({ host: "127.0.0.1", port: this.#port, clock: time });
        stir();
        const connection = client.connect(clientId, (event) => {
          stir();
          hear(event);
        });
        return {
          send: (request) => {
            stir();
            connection.send(request);
          },
          close: () => {
            stir();
            connection.close();
          },
        };
      },
    };
  }
}
