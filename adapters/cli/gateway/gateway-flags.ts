import type { UnixMs } from "../../../core/time/instant.ts";
import type { NightlyRestart } from "../../../sim/ib/index.ts";
import type { BarFileFlags } from "../bars/bar-file-options.ts";

/** A daily end of the gateway, by its own wall clock. */
export type DailyRestart = Omit<NightlyRestart, "zone">;

/** What `barline gateway` can be told. */
export interface GatewayFlags extends BarFileFlags {
  readonly bars: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly secType: string;
  readonly exchange: string;
  readonly start?: UnixMs;
  readonly speed: number;
  readonly faults?: string;
  readonly seed: number;
  readonly historyDelay: number;
  readonly serverVersion: number;
  readonly gatewayZone: string;
  readonly nightlyRestart?: DailyRestart;
  readonly json?: boolean;
  readonly quiet?: boolean;
}
