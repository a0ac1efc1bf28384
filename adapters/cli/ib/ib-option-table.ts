import { durationOption, wholeNumberOption } from "../terminal/option-values.ts";
import type { LiveConfig } from "./live-schema.ts";

/** An option of the command line that says what a key of the configuration file says as well. */
export interface ConfigOption {
  readonly flags: string;
  readonly what: string;
  readonly section: keyof LiveConfig;
  readonly key: string;
  readonly parse?: (text: string) => unknown;
  readonly choices?: readonly string[];
}

/** What names a contract and its bars; a run on a file of bars has the first four as well. */
export const SHARED_OPTIONS: readonly ConfigOption[] = [
  { flags: "--symbol <symbol>", what: "the exchange's ticker", section: "contract", key: "symbol" },
  {
    flags: "--currency <code>",
    what: "currency of its prices (default: USD)",
    section: "contract",
    key: "currency",
  },
  {
    flags: "--multiplier <number>",
    what: "money per point of price and unit (default: the gateway's)",
    section: "contract",
    key: "multiplier",
    parse: Number,
  },
  { flags: "--size <size>", what: "bar size, such as 15m", section: "series", key: "size" },
];

export const CONTRACT_OPTIONS: readonly ConfigOption[] = [
  {
    flags: "--sec-type <type>",
    what: "kind of contract: STK, FUT, CASH, IND, ... (default: STK)",
    section: "contract",
    key: "secType",
  },
  {
    flags: "--exchange <name>",
    what: "where it is routed, such as SMART or CFFEX (default: SMART)",
    section: "contract",
    key: "exchange",
  },
  {
    flags: "--primary-exchange <name>",
    what: "the exchange of its listing, where a ticker alone is ambiguous",
    section: "contract",
    key: "primaryExchange",
  },
  {
    flags: "--contract-month <yyyymm>",
    what: "last trading month, or day as yyyymmdd, of a contract that expires",
    section: "contract",
    key: "lastTradeDate",
  },
  {
    flags: "--local-symbol <symbol>",
    what: "the exchange's own symbol, such as ESH4",
    section: "contract",
    key: "localSymbol",
  },
  {
    flags: "--con-id <number>",
    what: "Interactive Brokers' own number of the contract",
    section: "contract",
    key: "conId",
    parse: Number,
  },
  {
    flags: "--session <scope>",
    what: "hours that bars cover (default: regular)",
    section: "series",
    key: "session",
    choices: ["regular", "all"],
  },
  {
    flags: "--price <type>",
    what: "what bars are made of (default: trades)",
    section: "series",
    key: "priceType",
    choices: ["trades", "midpoint", "bid", "ask"],
  },
];

export const RUN_OPTIONS: readonly ConfigOption[] = [
  {
    flags: "--mode <mode>",
    what: "how live bars come (default: keep-up-to-date)",
    section: "live",
    key: "mode",
    choices: ["keep-up-to-date", "real-time-bars"],
  },
  {
    flags: "--grace <duration>",
    what: "how long after its close the gateway may still speak of a bar (default: 3s)",
    section: "live",
    key: "graceMs",
    parse: durationOption,
  },
  {
    flags: "--settle <duration>",
    what: "how long after its close a bar is fetched again; 0s: never",
    section: "live",
    key: "settleMs",
    parse: durationOption,
  },
  {
    flags: "--backfill-bars <count>",
    what: "bars to fetch beyond those of the warm-up (default: 0)",
    section: "backfill",
    key: "bars",
    parse: wholeNumberOption(0),
  },
  {
    flags: "--log-level <level>",
    what: "log in JSON on standard error or to --log-file (default: info, with --log-file)",
    section: "log",
    key: "level",
    choices: ["error", "warn", "info", "debug"],
  },
  {
    flags: "--log-file <file>",
    what: "append the log to a file",
    section: "log",
    key: "file",
  },
];

/** Options of a run on a file of bars that a configuration file can give as well. */
export const COMMON_RUN_OPTIONS: readonly ConfigOption[] = [
  { flags: "--no-backfill", what: "", section: "backfill", key: "enabled" },
  { flags: "--cash", what: "", section: "run", key: "cash" },
  { flags: "--commission", what: "", section: "run", key: "commission" },
  { flags: "--slippage", what: "", section: "run", key: "slippage" },
  { flags: "--lost-bars", what: "", section: "run", key: "lostBars" },
];

export const CONNECTION_OPTIONS: readonly ConfigOption[] = [
  {
    flags: "--client-id <number>",
    what: "names us to the gateway; no two programs may share one (default: 1)",
    section: "gateway",
    key: "clientId",
    parse: wholeNumberOption(0),
  },
];
