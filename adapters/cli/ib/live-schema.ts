import { z } from "zod";
import { barSize } from "../../../core/time/bar-size.ts";
import { commissionOption, slippageOption } from "../terminal/options.ts";

// The text of `describe` says what a value must be, and completes "it must be ...": it is what a
// mistake is answered with. docs/options.md says what each is for.

const count = (least: number, most: number, unit = "") =>
  z.int().min(least).max(most).describe(`a whole number${unit} from ${least} to ${most}`);

const milliseconds = (least: number, most: number) => count(least, most, " of milliseconds");

const text = (what: string, most = 64) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{C}*$/u)
    .describe(what);

const yesOrNo = () => z.boolean().describe("true or false");

const oneOf = <const T extends readonly [string, ...string[]]>(...names: T) =>
  z.enum(names).describe(`one of ${names.map((name) => `"${name}"`).join(", ")}`);

const HOUR_MS = 3_600_000;
const LARGEST_CLIENT_ID = 2_147_483_647;

const clientId = () => count(0, LARGEST_CLIENT_ID);

/** Whether a reader takes a text; its own words are not needed. */
function reads(read: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      read(text);
      return true;
    } catch {
      return false;
    }
  };
}

const gateway = z.strictObject({
  host: text('a host name or an address, such as "127.0.0.1"', 255),
  port: count(1, 65_535),
  clientId: clientId(),
  spareClientIds: z.array(clientId()).max(32).describe("a list of up to 32 client ids"),
});

const contract = z.strictObject({
  symbol: text('the exchange\'s ticker, such as "AAPL"'),
  secType: oneOf("STK", "FUT", "CASH", "IND", "CFD", "CRYPTO", "CMDTY", "OPT", "FOP"),
  exchange: text('where it is routed, such as "SMART" or "CFFEX"'),
  currency: z
    .string()
    .regex(/^[A-Z0-9]{2,10}$/)
    .describe('a currency in capitals, such as "USD"'),
  primaryExchange: text('the exchange of its listing, such as "NASDAQ"'),
  lastTradeDate: z
    .string()
    .regex(/^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?$/)
    .describe('a month or a day, "202403" or "20240315"'),
  multiplier: z.number().positive().describe("a number above 0"),
  localSymbol: text('the exchange\'s own symbol, such as "ESH4"'),
  tradingClass: text('a trading class, such as "ES"'),
  strike: z.number().positive().describe("a price above 0"),
  right: oneOf("C", "P"),
  conId: count(1, LARGEST_CLIENT_ID),
});

const series = z.strictObject({
  size: z.string().refine(reads(barSize)).describe('a bar size from 1s to 1d, such as "15m"'),
  session: oneOf("regular", "all"),
  priceType: oneOf("trades", "midpoint", "bid", "ask"),
});

const backfill = z.strictObject({
  enabled: yesOrNo(),
  bars: count(0, 1_000_000),
  maxMs: milliseconds(1, 24 * HOUR_MS),
});

const live = z.strictObject({
  mode: oneOf("keep-up-to-date", "real-time-bars"),
  graceMs: milliseconds(0, HOUR_MS),
  quietMs: milliseconds(0, HOUR_MS),
  staleMs: milliseconds(0, HOUR_MS),
  settleMs: milliseconds(0, 24 * HOUR_MS),
});

const pacing = z.strictObject({
  messagesPerSecond: count(2, 500),
  openHistoricalRequests: count(1, 50),
  smallBarRequests: count(2, 60),
  sameContractRequests: count(2, 5),
  identicalRequestMs: milliseconds(0, HOUR_MS),
  realTimeBarRequests: count(1, 60),
  realTimeBarStreams: count(1, 10_000),
  marginMs: milliseconds(0, HOUR_MS),
  penaltyMs: milliseconds(1, HOUR_MS),
  longestPenaltyMs: milliseconds(1, HOUR_MS),
});

const reconnect = z.strictObject({
  connectDeadlineMs: milliseconds(1, HOUR_MS),
  readyDeadlineMs: milliseconds(1, HOUR_MS),
  clockDeadlineMs: milliseconds(0, HOUR_MS),
  firstRetryMs: milliseconds(1, HOUR_MS),
  longestRetryMs: milliseconds(1, HOUR_MS),
  firstInUseRetryMs: milliseconds(1, HOUR_MS),
  longestInUseRetryMs: milliseconds(1, HOUR_MS),
  steadyMs: milliseconds(0, HOUR_MS),
  probeMs: milliseconds(1, HOUR_MS),
  probeDeadlineMs: milliseconds(1, HOUR_MS),
  clockCheckMs: milliseconds(1, HOUR_MS),
  skewWarningMs: milliseconds(0, HOUR_MS),
});

const log = z.strictObject({
  level: oneOf("error", "warn", "info", "debug"),
  file: text("the name of a file", 4_096),
});

const run = z.strictObject({
  cash: z.number().min(0).describe("an amount of 0 or more"),
  commission: z
    .string()
    .refine(reads(commissionOption))
    .describe('a commission model: "none", "fixed:2.5", "unit:0.005:1" or "share:0.00023"'),
  // Every tick will do: the real one is told by the gateway.
  slippage: z
    .string()
    .refine(reads((model) => slippageOption(model, 1)))
    .describe('a slippage model: "none", "ticks:1" or "share:0.0001"'),
  lostBars: oneOf("rewarm", "continue"),
  param: z
    .record(z.string(), z.union([z.number(), z.string(), z.boolean()]))
    .describe('parameters of the strategy, such as { "fast": 20 }'),
});

/** Every section of a configuration, each key of which may be left out. */
export const LIVE_SCHEMA = z.strictObject({
  gateway: gateway.partial().optional(),
  contract: contract.partial().optional(),
  series: series.partial().optional(),
  backfill: backfill.partial().optional(),
  live: live.partial().optional(),
  pacing: pacing.partial().optional(),
  reconnect: reconnect.partial().optional(),
  log: log.partial().optional(),
  run: run.partial().optional(),
});

/** What a configuration says; whatever it leaves out is left to the defaults. */
export type LiveConfig = z.infer<typeof LIVE_SCHEMA>;
export type SectionName = keyof LiveConfig;

/** The keys of every section. */
export const LIVE_KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(LIVE_SCHEMA.shape).map(([name, section]) => [
    name,
    Object.keys(section.unwrap().shape),
  ]),
);

/** What a key's value must be, in words; undefined for a key that there is not. */
export function expectedOf(section: string, key: string): string | undefined {
  if (!Object.hasOwn(LIVE_SCHEMA.shape, section)) return undefined;
  const keys = LIVE_SCHEMA.shape[section as SectionName].unwrap().shape;
  if (!Object.hasOwn(keys, key)) return undefined;
  return (keys as Record<string, z.ZodOptional<z.ZodType>>)[key]!.unwrap().description;
}
