import type { PriceType, SessionScope } from "../../../core/market/series.ts";
import { type BarSize, barSize } from "../../../core/time/bar-size.ts";
import { fail } from "../../../core/time/failure.ts";
import type { ContractRequest } from "../../ib/contracts/contract-request.ts";
import type { LiveMode } from "../../ib/live/live-options.ts";
import { ibBarSize } from "../../ib/port/bar-sizes.ts";
import { namingOption } from "../terminal/option-values.ts";
import type { LiveConfig } from "./live-schema.ts";
import type { LogLevel } from "./open-log.ts";

/** Where a gateway listens. */
export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
}

/** Where a gateway is, what it is asked about, and what becomes of it, defaults filled in. */
export interface LiveSettings extends GatewayAddress {
  readonly contract: ContractRequest;
  readonly size: BarSize;
  readonly scope: SessionScope;
  readonly priceType: PriceType;
  readonly mode: LiveMode;
  /** Bars to fetch beyond those of the warm-up. */
  readonly extraBars: number;
  /** Absent where nothing is to be logged. */
  readonly log?: { readonly level: LogLevel; readonly file?: string };
  readonly run: {
    readonly cash: number;
    readonly commission: string;
    readonly slippage: string;
    readonly lostBars: "rewarm" | "continue";
  };
}

/** Fills in the defaults; throws `invalid-option` where something is missing that has none. */
export function liveSettings(config: LiveConfig): LiveSettings {
  const { series = {}, backfill = {}, run = {} } = config;
  return {
    ...gatewayAddress(config),
    contract: contractRequest(config),
    size: sizeOf(series.size),
    scope: series.session ?? "regular",
    priceType: series.priceType ?? "trades",
    mode: config.live?.mode ?? "keep-up-to-date",
    extraBars: backfill.bars ?? 0,
    run: {
      cash: run.cash ?? 1_000_000,
      commission: run.commission ?? "none",
      slippage: run.slippage ?? "none",
      lostBars: run.lostBars ?? "rewarm",
    },
    ...logOf(config),
  };
}

/** The address that a configuration gives, or the usual one. */
export function gatewayAddress({ gateway = {} }: LiveConfig): GatewayAddress {
  return { host: gateway.host ?? "127.0.0.1", port: gateway.port ?? 4002 };
}

function contractRequest({ contract = {} }: LiveConfig): ContractRequest {
  const { conId, symbol, localSymbol, multiplier } = contract;
  if (conId === undefined && symbol === undefined && localSymbol === undefined) {
    fail("invalid-option", "there is no contract to run on", {
      where: "--symbol",
      cure: 'name one, such as --symbol SPY, or in the file "contract": { "symbol": "SPY" }',
    });
  }
  const given = Object.entries(contract).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(given) as Omit<ContractRequest, "multiplier">),
    ...(multiplier === undefined ? {} : { multiplier: String(multiplier) }),
  };
}

function sizeOf(text: string | undefined): BarSize {
  if (text === undefined) {
    return fail("invalid-option", "the size of the bars is missing", {
      where: "--size",
      cure: 'give one, such as --size 15m, or in the file "series": { "size": "15m" }',
    });
  }
  const size = namingOption("--size", () => barSize(text));
  namingOption("--size", () => ibBarSize(size));
  return size;
}

function logOf({ log = {} }: LiveConfig): Pick<LiveSettings, "log"> {
  const { level, file } = log;
  if (level === undefined && file === undefined) return {};
  return { log: { level: level ?? "info", ...(file === undefined ? {} : { file }) } };
}

/** What was set, without what was left out: for options whose defaults lie elsewhere. */
export function onlySet<T extends object>(
  given: T | undefined,
): {
  readonly [K in keyof T]?: Exclude<T[K], undefined>;
} {
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
