import { beforeAll, describe, it } from "vitest";
import {
  barlines,
  type Ended,
  expectOneLine,
  HANGS_MS,
  IF_15M,
  SMA_CROSS,
  workFolder,
} from "./barline.ts";

// Goal: a mistake on the command line is one line that names the option and the cure, exit code 2.

const file = workFolder();
const BACKTEST = ["backtest", SMA_CROSS, "--bars", IF_15M];
const LIVE = ["live", SMA_CROSS, "--sim", IF_15M];
const STARTED = [...LIVE, "--start", "2024-03-05T02:07:30Z"];

const ON_IB = ["live", SMA_CROSS, "--ib", "--symbol", "SPY", "--size", "15m"];

type Mistake = readonly [what: string, args: readonly string[], ...parts: string[]];

const MISTAKES: readonly Mistake[] = [
  ["an unknown command", ["nonsense"], "nonsense", "--help"],
  ["a missing argument", ["backtest"], "strategy", "--help"],
  ["no bars at all", ["backtest", SMA_CROSS], "--bars: ", "--store and --series"],
  ["bars of two places", [...BACKTEST, "--series", "IF"], "--bars --series: ", "leave one"],
  ["a series of no store", ["backtest", SMA_CROSS, "--series", "IF"], "--series: ", "--store"],
  [
    "a calendar for a series, whose store says it",
    ["backtest", SMA_CROSS, "--series", "IF", "--store", "data", "--calendar", "CFFEX"],
    "--calendar: ",
    "leave it out",
  ],
  ["a store that is not there", ["bars", "ls", "--store", "nowhere"], "nowhere: ", "bars import"],
  ["a store that is a file", ["bars", "ls", "--store", IF_15M], ".csv: ", "name another place"],
  ["no store", ["bars", "ls"], "--store", "--help"],
  ["an unknown command of a command", ["bars", "nonsense"], "nonsense", "--help"],
  ["an option without its value", ["backtest", SMA_CROSS, "--bars"], "--bars", "--help"],
  ["an unknown option", [...BACKTEST, "--nope"], "--nope", "--help"],
  ["an argument too many", [...BACKTEST, "more"], "too many", "--help"],
  ["an instant that is none", [...BACKTEST, "--from", "yesterday"], "--from", "2024-03-01T"],
  [
    "a range beyond the data",
    [...BACKTEST, "--quiet", "--from", "2030-01-01T00:00:00Z"],
    "check --from",
  ],
  [
    "a range that ends before it begins",
    [...BACKTEST, "--from", "2024-06-01T00:00:00Z", "--to", "2024-05-01T00:00:00Z"],
    "--to: ",
    "give a later instant",
  ],
  ["an unknown zone", [...BACKTEST, "--zone", "Mars/Olympus"], "--zone: ", "Europe/London"],
  ["an unknown calendar", [...BACKTEST, "--calendar", "MARS"], "--calendar: ", "use one of"],
  ["a calendar that does not fit", [...BACKTEST, "--calendar", "XNYS"], "bars lies on XNYS; check"],
  ["a size that is none", [...BACKTEST, "--size", "15x"], "--size: ", "15m"],
  ["a size that is no multiple", [...BACKTEST, "--size", "20m"], "a multiple of it"],
  ["a size too small", [...BACKTEST, "--size", "5m"], "a multiple of it"],
  ["a label that is none", [...BACKTEST, "--label", "middle"], "--label", "open, close"],
  [
    "the wrong label",
    [...BACKTEST, "--quiet", "--label", "close", "--calendar", "CFFEX"],
    ".csv:2:1",
    "check the zone, the label",
  ],
  ["a column that is none", [...BACKTEST, "--column", "foo"], "--column: ", "close=Last"],
  ["a column not there", [...BACKTEST, "--column", "close=Last"], '"Last"', "; "],
  ["no symbol", [...BACKTEST, "--symbol", ""], "--symbol", "letters"],
  ["no currency", [...BACKTEST, "--currency", ""], "--currency", "USD"],
  ["a multiplier of zero", [...BACKTEST, "--multiplier", "0"], "--multiplier", "above 0"],
  ["a negative tick", [...BACKTEST, "--tick", "-1"], "--tick", "at least 0"],
  ["cash that is no number", [...BACKTEST, "--cash", "much"], "--cash", "at least 0"],
  ["an unknown commission", [...BACKTEST, "--commission", "some"], "--commission: ", "fixed:2.5"],
  ["slippage in unknown ticks", [...BACKTEST, "--slippage", "ticks:1"], "--slippage: ", "--tick"],
  ["slippage of all the price", [...BACKTEST, "--slippage", "share:1"], "--slippage: ", "write"],
  ["no start", LIVE, "--start"],
  ["a start without an offset", [...LIVE, "--start", "2024-03-05T02:07:30"], "--start", "offset"],
  ["a start before the data", [...LIVE, "--start", "1970-01-01T00:00:00Z"], "--start: ", "within"],
  ["a start after the data", [...LIVE, "--start", "2024-09-27T07:00:00Z"], "--start: ", "within"],
  ["half a bar of history", [...STARTED, "--history-bars", "1.5"], "--history-bars", "whole"],
  ["an outage that is none", [...STARTED, "--outage", "soon/5"], "--outage: ", "minutes"],
  [
    "an outage without end",
    [...STARTED, "--outage", "2024-03-06T02:07:30Z/1e300"],
    "--outage: ",
    "1000000 minutes",
  ],
  ["no market", ["live", SMA_CROSS], "live: ", "--sim FILE", "--ib HOST:PORT"],
  ["two markets", [...STARTED, "--ib", "127.0.0.1:4002"], "--ib: ", "leave one of them out"],
  ["an option of the other market", [...ON_IB, "--seed", "4"], "--seed: ", "leave it out"],
  ["a file's option on a gateway", [...ON_IB, "--calendar", "XNYS"], "--calendar: ", "--sim"],
  ["no contract", ["live", SMA_CROSS, "--ib", "--size", "15m"], "--symbol: ", "--symbol SPY"],
  ["no bar size", ["live", SMA_CROSS, "--ib", "--symbol", "X"], "--size: ", "--size 15m"],
  ["a bar size no gateway has", [...ON_IB, "--size", "7m"], "--size: ", "5m, 10m"],
  ["a gateway that is none", ["live", SMA_CROSS, "--ib", "a:b:c"], "--ib", "127.0.0.1:4002"],
  ["a port that is none", ["live", SMA_CROSS, "--ib", "localhost:99999"], "--ib", "HOST:PORT"],
  ["a month that is none", [...ON_IB, "--contract-month", "24-13"], "--contract-month: ", "202403"],
  ["a mode that is none", [...ON_IB, "--mode", "fast"], "--mode", "real-time-bars"],
  ["a grace without a unit", [...ON_IB, "--grace", "3"], "--grace", "3s"],
  ["a grace without end", [...ON_IB, "--grace", "9d"], "--grace: ", "from 0 to 3600000"],
  [
    "a grace longer than patience",
    [...ON_IB, "--grace", "1m", "--config", file("stale.json", '{ "live": { "staleMs": 9 } }')],
    "live section: staleMs is 9",
    "at least 60000",
  ],
  ["an end that is none", [...ON_IB, "--until", "soon"], "--until", "90m"],
  ["no configuration", ["live", SMA_CROSS, "--config", file("no.json")], "examples/ib.json"],
  ["a log over the strategy", [...ON_IB, "--log-file", SMA_CROSS], "--log-file: ", "another file"],
  ["a log in no folder", [...ON_IB, "--log-file", file("no/x.log")], "x.log", "a folder that"],
  ["no size to make", ["aggregate", IF_15M, "--out", file("x.csv")], "--size: ", "write it"],
  [
    "a folder not there",
    ["aggregate", IF_15M, "--size", "1h", "--out", file("no/x.csv")],
    "x.csv",
    "check the path",
  ],
  ["an unknown calendar to show", ["calendars", "MARS"], "calendars: ", "use one of"],
  [
    "a time no calendar knows",
    ["calendars", "XNYS", "--from", "2200-01-01T00:00:00Z"],
    "--from: ",
    "2030-12-31",
  ],
  ["traces not there", ["compare", file("a"), file("b")], "no such file", "check the path"],
  ["no traces", ["compare", IF_15M, IF_15M], ".csv:1", "compare files that --trace wrote"],
  ["an empty trace", ["compare", file("e", ""), file("e")], "empty; compare files"],
];

let ended: readonly Ended[];
beforeAll(async () => {
  ended = await barlines(
    file,
    MISTAKES.map(([, args]) => args),
  );
}, HANGS_MS);

describe("barline", () => {
  it.each(MISTAKES.map((mistake, at) => [mistake[0], at] as const))("refuses %s", (_what, at) => {
    const [, , ...parts] = MISTAKES[at]!;
    expectOneLine(ended[at]!, 2, ...parts);
  });
});
