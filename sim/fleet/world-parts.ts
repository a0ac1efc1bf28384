import { ibContract } from "../../adapters/ib/port/ib-contract.ts";
import { headOf, runHeadKey } from "../../adapters/store/journal/run-store.ts";
import { HOUR_MS, MINUTE_MS, type UnixMs } from "../../core/time/instant.ts";
import { pinnedZone, UTC } from "../../core/time/zone.ts";
import type { SimDisk } from "../disk/index.ts";
import type { IbGateway } from "../ib/index.ts";
import { Random } from "../random.ts";
import type { Truth } from "../truth.ts";
import type { Known } from "./known.ts";
import { holds, type Knobs } from "./swarm.ts";

/** Looks at a disk without being a part of any process. */
export class Onlooker {
  readonly #disk: SimDisk;

  constructor(disk: SimDisk) {
    this.#disk = disk;
  }

  head(run: number): ReturnType<Known["headOf"]> {
    return this.#disk.open("read").read((reader) => {
      const isThere = reader.get(runHeadKey(run)) !== undefined;
      return isThere ? headOf(reader, run) : undefined;
    });
  }
}

/** The machine's clock minus the world's, at the start. */
export function aheadMs(knobs: Knobs): number {
  const random = new Random(knobs.seed, "fleet/skew");
  const skew = random.integer(100, 10 * MINUTE_MS);
  if (holds(knobs, "skew-ahead")) return skew;
  return holds(knobs, "skew-behind") ? -skew : 0;
}

/** The market as the gateway lists it. */
export function marketOf(truth: Truth): ConstructorParameters<typeof IbGateway>[1][number] {
  const contract = ibContract({
    conId: 1,
    symbol: "TEST",
    secType: "STK",
    exchange: "SMART",
    primaryExchange: "SIM",
    currency: "USD",
    localSymbol: "TEST",
  });
  return { contract, truth, minTick: 0.01 };
}

/** How the gateway of a run behaves. */
export function gatewayOptions(
  knobs: Knobs,
): NonNullable<ConstructorParameters<typeof IbGateway>[2]> {
  const random = new Random(knobs.seed, "fleet/night");
  const night: { readonly atMs: UnixMs; readonly forMs: number } = {
    atMs: random.integer(0, 24 * HOUR_MS - 1),
    forMs: random.integer(1_000, 10 * MINUTE_MS),
  };
  const { seed, latencyMs, historyDelayMs, historyLagMs } = knobs;
  return {
    seed,
    latencyMs,
    historyDelayMs,
    historyLagMs,
    historyShowsUnsettled: holds(knobs, "unsettled-history"),
    ...(holds(knobs, "other-zone")
      ? { timeZone: random.chance(0.5) ? UTC : pinnedZone("America/Chicago") }
      : {}),
    ...(holds(knobs, "nightly-restart") ? { nightlyRestart: { ...night, zone: UTC } } : {}),
  };
}
