import { existsSync } from "node:fs";
import { fail } from "../../../core/time/failure.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { IbMarket } from "../../../sim/ib/index.ts";
import { Truth } from "../../../sim/truth.ts";
import { ibContract } from "../../ib/port/ib-contract.ts";
import { openBarFile } from "../bars/bar-file.ts";
import { barFileRequest } from "../bars/bar-file-options.ts";
import type { GatewayFlags } from "./gateway-flags.ts";

/** A file of bars as a gateway serves it. */
export interface GatewayMarket extends IbMarket {
  readonly file: string;
  /** How its calendar was come by, in words. */
  readonly calendarNote: string;
  /** Faulty rows that were left out. */
  readonly leftOut: number;
  /** The close of its last bar. */
  readonly endsAt: UnixMs;
}

/** So many bars lie before the start that is chosen where none is given. */
const BARS_BEFORE = 300;

/** The number of the first contract; the others follow. */
const FIRST_CONTRACT = 1_001;

/** Reads the files, each into the truth of one instrument. Throws for what cannot be served. */
export async function openGatewayMarkets(flags: GatewayFlags): Promise<readonly GatewayMarket[]> {
  const files = flags.bars.map(fileOf);
  if (flags.symbol !== undefined && files.length > 1) {
    fail("invalid-option", "one name cannot be that of several instruments", {
      where: "--symbol",
      cure: "name each file where it is given, such as --bars A=a.csv B=b.csv",
    });
  }
  const markets: GatewayMarket[] = [];
  for (const [index, { file, symbol }] of files.entries()) {
    const named = symbol === undefined ? flags : { ...flags, symbol };
    const market = await openMarket(file, named, FIRST_CONTRACT + index);
    const twin = markets.find(({ contract }) => contract.symbol === market.contract.symbol);
    if (twin !== undefined) {
      fail("invalid-option", `it and ${twin.file} are both called ${market.contract.symbol}`, {
        where: file,
        cure: "name each file where it is given, such as --bars A=a.csv B=b.csv",
      });
    }
    markets.push(market);
  }
  return markets;
}

/** Understands `SYMBOL=FILE`; a file whose own name has the sign in it is that file. */
function fileOf(text: string): { readonly file: string; readonly symbol: string | undefined } {
  const match = existsSync(text) ? null : /^([^=\p{C}\s]{1,64})=(.+)$/u.exec(text);
  return match === null
    ? { file: text, symbol: undefined }
    : { file: match[2]!, symbol: match[1]! };
}

async function openMarket(
  file: string,
  flags: GatewayFlags,
  conId: number,
): Promise<GatewayMarket> {
  const opened = await openBarFile(barFileRequest(file, flags));
  const { bars, leftOut } = await opened.load();
  if (bars.length === 0) fail("no-bars", "it has no bars", { where: file });
  const { series } = opened;
  const { symbol, currency, multiplier } = series.instrument;
  return {
    file,
    calendarNote: opened.calendarNote,
    leftOut,
    endsAt: bars.closeTime[bars.length - 1]!,
    truth: new Truth(series, opened.grid(series), bars, flags.seed),
    contract: ibContract({
      conId,
      symbol,
      secType: flags.secType.toUpperCase(),
      multiplier: multiplier === 1 ? "" : String(multiplier),
      exchange: flags.exchange,
      currency,
      localSymbol: symbol,
      tradingClass: symbol,
    }),
  };
}

/**
 * The first instant at which 300 bars of every file are over; where a file has fewer than 600, half
 * of them.
 */
export function usualStart(markets: readonly GatewayMarket[]): UnixMs {
  const starts = markets.map(({ truth: { bars } }) => {
    const before = Math.min(BARS_BEFORE, Math.floor(bars.length / 2));
    return bars.openTime[before]!;
  });
  return Math.max(...starts);
}
