import type { IbClient } from "../../adapters/ib/port/ib-client.ts";
import { loadStoqey, stoqeyClient } from "../../adapters/ib/stoqey/index.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { Truth } from "../../sim/index.ts";
import { LockStep } from "../../sim/tws/lock-step.ts";
import { TwsServer } from "../../sim/tws/tws-server.ts";
import { IbWorld, type IbWorldOptions } from "./ib-world.ts";

/** The same world with a real socket between session and gateway, played in lock step. */
export class IbTcpWorld {
  readonly world: IbWorld;
  readonly server: TwsServer;
  readonly #step: LockStep;
  #words = 0;

  private constructor(
    truth: Truth,
    start: UnixMs,
    options: IbWorldOptions,
    hold: { port: number },
  ) {
    this.world = new IbWorld(truth, start, {
      ...options,
      client: () => this.#counted(hold),
    });
    this.server = new TwsServer(this.world.gateway);
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
    // While it loads no time may pass: virtual deadlines are over at once.
    await loadStoqey();
    const hold = { port: 0 };
    const tcp = new IbTcpWorld(truth, start, options, hold);
    hold.port = await tcp.server.listen(0);
    return tcp;
  }

  async playTo(at: UnixMs = this.world.endsAt): Promise<void> {
    await this.#step.play(() => (this.world.time.nextAt ?? Number.POSITIVE_INFINITY) > at);
  }

  async close(): Promise<void> {
    this.world.close();
    await this.#step.quiet();
    await this.server.close();
  }

  #counted(hold: { readonly port: number }): IbClient {
    return {
      connect: (clientId, hear) => {
        const { time } = this.world;
        const client = stoqeyClient({ host: "127.0.0.1", port: hold.port, clock: time });
        this.#words += 1;
        const connection = client.connect(clientId, (event) => {
          this.#words += 1;
          hear(event);
        });
        return {
          send: (request) => {
            this.#words += 1;
            connection.send(request);
          },
          close: () => {
            this.#words += 1;
            connection.close();
          },
        };
      },
    };
  }
}
