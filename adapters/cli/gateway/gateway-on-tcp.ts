import type { VirtualTime } from "../../../core/time/virtual-time.ts";
import { IbGateway, type IbGatewayOptions, type IbMarket } from "../../../sim/ib/index.ts";
import { Random } from "../../../sim/random.ts";
import { LockStep, TwsServer, watched, wireBetween } from "../../../sim/tws/index.ts";
import { IbSession } from "../../ib/session/ib-session.ts";
import { loadStoqey, stoqeyClient } from "../../ib/stoqey/index.ts";

/**
 * A simulated gateway on a free port of this machine and a session with it over TCP, both under one
 * virtual time that moves on whenever the wire is quiet: days of trading pass in seconds, and a
 * slow machine changes nothing of what happens.
 */
export class GatewayOnTcp {
  readonly gateway: IbGateway;
  readonly #connect: () => IbSession;
  #session: IbSession;
  readonly #server: TwsServer;
  readonly #step: LockStep;
  #port = 0;

  private constructor(time: VirtualTime, market: IbMarket, options: IbGatewayOptions) {
    this.gateway = new IbGateway(time, [market], {
      ...options,
      onTalk: (word) => {
        // With the process goes its port.
        if (word.kind === "down" || word.kind === "up") this.#server.follow();
      },
    });
    this.#server = new TwsServer(this.gateway);
    // The port is known only once the server listens.
    const client = watched({
      connect: (clientId, hear) =>
        stoqeyClient({ host: "127.0.0.1", port: this.#port, clock: time }).connect(clientId, hear),
    });
    this.#step = new LockStep(time, wireBetween(client, this.#server));
    const random = new Random(1, "session");
    this.#connect = () => new IbSession(client, time, { random: () => random.unit() });
    this.#session = this.#connect();
  }

  /** The session with the gateway, not started by itself. */
  get session(): IbSession {
    return this.#session;
  }

  /** Ends the session and makes another one, as a program does that is started again. */
  beginAnew(): void {
    this.#session.close();
    this.#session = this.#connect();
  }

  /** Makes both and begins to listen; the session is not started yet. */
  static async open(
    time: VirtualTime,
    market: IbMarket,
    options: IbGatewayOptions = {},
  ): Promise<GatewayOnTcp> {
    // While it loads no time may pass: virtual deadlines are over at once.
    await loadStoqey();
    const made = new GatewayOnTcp(time, market, options);
    made.#port = await made.#server.listen(0);
    return made;
  }

  /** The port on 127.0.0.1. */
  get port(): number {
    return this.#port;
  }

  /** Lets time pass until it is over, or nothing is left that could happen. */
  play(isOver: () => boolean): Promise<void> {
    return this.#step.play(isOver);
  }

  /** Ends both; resolves when no socket is left. */
  async close(): Promise<void> {
    this.#session.close();
    this.gateway.close();
    await this.#step.quiet();
    await this.#server.close();
  }
}
