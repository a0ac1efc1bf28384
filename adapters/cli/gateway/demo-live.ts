import { type Run, run } from "../../../core/engine/run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { IbMarket } from "../../../sim/ib/index.ts";
import { type IbFeed, openIbFeed } from "../../ib/ib-feed.ts";
import { GatewayOnTcp } from "./gateway-on-tcp.ts";

/** A run over TCP that is over. */
export interface DemoLive {
  readonly run: Run;
  readonly feed: IbFeed;
  readonly startedAt: UnixMs;
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
  /** Is told the port, before anything is connected. */
  readonly listening: (port: number) => void;
}

/**
 * The run as it would be on Interactive Brokers: a gateway behind a real socket, the session, the
 * feed and the engine.
 */
export async function runOverTcp(
  world: DemoWorld,
  options: Pick<RunOptions, "strategy" | "broker" | "initialCash" | "observer">,
): Promise<DemoLive> {
  const { market, start, to, outage } = world;
  const { series } = market.truth;
  const time = new VirtualTime(start);
  const tcp = await GatewayOnTcp.open(time, market);
  tcp.gateway.inflict({ kind: "down", forMs: outage.to - outage.from }, outage.from);
  world.listening(tcp.port);
  let live: Omit<DemoLive, "endedAt"> | undefined;
  let refused: BarlineError | undefined;
  const { conId } = market.contract;
  const { size, priceType, scope } = series;
  openIbFeed(tcp.session, { contract: { conId }, size, priceType, scope }, {}, (result) => {
    if (result.kind === "failed") {
      refused = new BarlineError(result.fault.code, result.fault.message);
      return;
    }
    const { feed } = result;
    const { source, clock, grid } = feed;
    const startedAt = clock.now();
    live = {
      feed,
      startedAt,
      run: run({ ...options, series: feed.series, source, clock, grid, to }),
    };
  });
  tcp.session.start();
  await tcp.play(() => refused !== undefined || live?.run.outcome !== undefined);
  live?.feed.close();
  await tcp.close();
  if (refused !== undefined) throw refused;
  return { ...live!, endedAt: time.now() };
}
