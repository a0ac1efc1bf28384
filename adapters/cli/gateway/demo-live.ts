import type { Run } from "../../../core/engine/run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { Broker } from "../../../core/trading/broker.ts";
import type { IbMarket } from "../../../sim/ib/index.ts";
import { openIbFeed } from "../../ib/ib-feed.ts";
import type { Keeping } from "../../kept/keeping.ts";
import { GatewayOnTcp } from "./gateway-on-tcp.ts";

/** A run over TCP that is over. */
export interface DemoLive {
  readonly run: Run;
  readonly endedAt: UnixMs;
}

/** What the demonstration runs on. */
export interface DemoWorld {
  readonly market: IbMarket;
  readonly start: UnixMs;
  /** Only bars that open before this instant are traded. */
  readonly to: UnixMs;
  /** The gateway is gone from one of these instants to the other. */
  readonly outage: { readonly from: UnixMs; readonly to: UnixMs };
  /** The run is ended at one of these instants, and begun again at the other. */
  readonly pause: { readonly from: UnixMs; readonly to: UnixMs };
  /** Is told the port, before anything is connected. */
  readonly listening: (port: number) => void;
  /** Is told that the program is started again. */
  readonly again: () => void;
}

/** What the run is made of, and where it is kept. */
export interface DemoRun extends Pick<RunOptions, "strategy" | "initialCash" | "observer"> {
  readonly broker: () => Broker;
  readonly keeping: () => Keeping;
  readonly tell: (line: string) => void;
}

/**
 * The run as it would be on Interactive Brokers: a gateway behind a real socket, the session, the
 * feed, the engine, and the store in which it is kept while the program is not running.
 */
export async function runOverTcp(world: DemoWorld, made: DemoRun): Promise<DemoLive> {
  const { market, start, outage, pause } = world;
  const time = new VirtualTime(start);
  const tcp = await GatewayOnTcp.open(time, market);
  tcp.gateway.inflict({ kind: "down", forMs: outage.to - outage.from }, outage.from);
  try {
    world.listening(tcp.port);
    await oneLife(tcp, time, world, made, pause.from);
    tcp.beginAnew();
    time.schedule(pause.to, () => {});
    await tcp.play(() => time.now() >= pause.to);
    world.again();
    const run = await oneLife(tcp, time, world, made);
    return { run, endedAt: time.now() };
  } finally {
    await tcp.close();
  }
}

/** From the start of the program to its end, which is that of the run unless it comes before. */
async function oneLife(
  tcp: GatewayOnTcp,
  time: VirtualTime,
  { market, to }: DemoWorld,
  { broker, keeping: open, tell, ...options }: DemoRun,
  until?: UnixMs,
): Promise<Run> {
  const keeping = open();
  const { size, priceType, scope } = market.truth.series;
  const { conId } = market.contract;
  const request = { contract: { conId }, size, priceType, scope, since: keeping.since };
  let run: Run | undefined;
  let refused: BarlineError | undefined;
  let close = (): void => {};
  openIbFeed(tcp.session, request, { stored: keeping.stored }, (result) => {
    if (result.kind === "failed") {
      refused = new BarlineError(result.fault.code, result.fault.message);
      return;
    }
    const { feed } = result;
    close = () => feed.close();
    const { source } = feed;
    const kept = keeping.run({
      feed,
      options: () => ({ ...options, source, broker: broker(), to }),
      tell,
    });
    kept.start();
    run = kept.run;
    if (until !== undefined) time.schedule(until, () => kept.stop("interrupted"));
  });
  tcp.session.start();
  await tcp.play(() => refused !== undefined || run?.outcome !== undefined);
  close();
  keeping.close();
  if (refused !== undefined) throw refused;
  return run!;
}
