import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { compareTraces } from "../../../adapters/cli/trace/comparison.ts";
import { type TraceContents, TraceReader } from "../../../adapters/cli/trace/trace-contents.ts";
import { HOUR_MS, MINUTE_MS, type UnixMs } from "../../../core/time/instant.ts";
import { NEW_YORK } from "../../../core/time/zone.ts";
import {
  barline,
  barlines,
  HANGS_MS,
  IF_1M,
  IF_15M,
  SMA_CROSS,
  SP500,
  workFolder,
} from "./barline.ts";
import { barsAt, csvOf, type MarketBar, market, wallText } from "./markets.ts";
import { type Checked, checkTrace, expectAgreement } from "./trace-checker.ts";

// Goal: a live run agrees with one that never stopped on every bar, indicator value and signal,
// wherever it begins, whatever market the file is of and however its times are written.

const file = workFolder();

function traceOf(name: string): Checked {
  return checkTrace(readFileSync(file(`${name}.ndjson`), "utf8"));
}

/** Runs command lines that write traces, given with the names of these; each must go well. */
async function traced(runs: readonly (readonly [name: string, ...args: string[]])[]) {
  const ended = await barlines(
    file,
    runs.map(([name, ...args]) => [...args, "--json", "--trace", file(`${name}.ndjson`)]),
  );
  for (const { stderr, code } of ended) expect([stderr, code]).toEqual(["", 0]);
  return ended.map(({ stdout }) => JSON.parse(stdout) as Readonly<Record<string, unknown>>);
}

/** Expects READY within a second of the start: from the backfill, not from live bars. */
function expectReadyAtOnce({ readyAt }: Checked, start: string): void {
  expect(Date.parse(readyAt!) - Date.parse(start)).toBeLessThan(1_000);
}

const STARTS: readonly (readonly [what: string, start: string])[] = [
  ["at the close of the 260th bar", "2023-12-26T02:30:00Z"],
  ["at a bar's boundary", "2024-03-05T02:15:00Z"],
  ["in the first millisecond of a bar", "2024-03-05T02:15:00.001Z"],
  ["in the middle of a bar", "2024-03-05T02:07:30Z"],
  ["in the last second of a bar", "2024-03-05T02:29:59Z"],
  ["in the last millisecond of a bar", "2024-03-05T02:29:59.999Z"],
  ["at the beginning of the lunch break", "2024-03-05T03:30:00Z"],
  ["in the lunch break", "2024-03-05T12:10:00+08:00"],
  ["at the end of a session", "2024-03-05T07:00:00Z"],
  ["at night", "2024-03-05T20:00:00Z"],
  ["at the first opening of a session", "2024-03-06T01:30:00Z"],
  ["on a weekend", "2024-03-09T12:00:00Z"],
  ["in the week of a holiday", "2024-02-13T02:30:00Z"],
  ["before the last bar closes", "2024-09-27T06:59:59.999Z"],
];

describe("on real bars, begun", () => {
  let whole: Checked;
  beforeAll(async () => {
    const live = ["live", SMA_CROSS, "--sim", IF_15M, "--start"];
    await traced([
      ["whole", "backtest", SMA_CROSS, "--bars", IF_15M],
      ...STARTS.map(([what, start]) => [what, ...live, start] as const),
    ]);
    whole = traceOf("whole");
    expect(whole.bars).toHaveLength(3_200);
    expect(whole.signals.length).toBeGreaterThan(10);
  }, HANGS_MS);

  it.each(STARTS)("%s", (what, start) => {
    const joined = traceOf(what);
    expectReadyAtOnce(joined, start);
    expectAgreement(whole, joined);
  });

  it("agrees in the eyes of compare, and no planted difference escapes it", {
    timeout: HANGS_MS,
  }, async () => {
    const path = file("in the middle of a bar.ndjson");
    const same = await barline(["compare", file("whole.ndjson"), path]);
    expect(same.stdout).toMatch(/\nequal\n$/);
    expect(same.code).toBe(0);

    const honest = readFileSync(path, "utf8").trimEnd().split("\n");
    const reading = contentsOf(honest);
    for (const [what, lines] of planted(honest)) {
      const { equal, kinds } = compareTraces(reading, contentsOf(lines));
      expect(equal, what).toBe(false);
      expect(kinds.filter(({ first }) => first !== undefined).length, what).toBeGreaterThan(0);
    }
    const [, lines] = planted(honest)[0]!;
    file("planted.ndjson", `${lines.join("\n")}\n`);
    const other = await barline(["compare", path, file("planted.ndjson")]);
    expect(other.stdout).toMatch(/\nfirst difference in .*\nNOT equal\n$/);
    expect(other.code).toBe(1);
  });
});

function contentsOf(lines: readonly string[]): TraceContents {
  const reader = new TraceReader("a trace");
  for (const line of lines) reader.take(line);
  return reader.contents;
}

/** A trace with one thing wrong, in each of the ways that matter. */
function planted(honest: readonly string[]): (readonly [string, readonly string[]])[] {
  const find = (type: string): number =>
    honest.findIndex((line, at) => at > 3_000 && line.startsWith(`{"type":"${type}"`));
  const bar = find("bar");
  const value = find("indicator");
  const signal = find("signal");
  const change = (at: number, from: RegExp, to: string): readonly string[] => {
    const line = honest[at]!.replace(from, to);
    expect(line).not.toBe(honest[at]);
    return honest.toSpliced(at, 1, line);
  };
  return [
    [
      "last digit of a close",
      change(bar, /("close":[\d.]*)\d,/, `$1${lastDigit(honest[bar]!, "close")}`),
    ],
    [
      "last digit of a volume",
      change(bar, /("volume":\d*)\d,/, `$1${lastDigit(honest[bar]!, "volume")}`),
    ],
    ["time of a close", change(bar, /("closeTime":"[^.]*)\.000Z/, "$1.001Z")],
    ["bar dropped", honest.toSpliced(bar, 1)],
    ["bar doubled", honest.toSpliced(bar, 0, honest[bar]!)],
    ["last bit of a value", change(value, /"value":.*/, `"value":${nextDouble(honest[value]!)}}`)],
    ["value that is none", change(value, /"value":.*/, '"value":null}')],
    ["value dropped", honest.toSpliced(value, 1)],
    ["value doubled", honest.toSpliced(value, 0, honest[value]!)],
    ["signal renamed", change(signal, /"name":".*"/, '"name":"other"')],
    ["signal dropped", honest.toSpliced(signal, 1)],
    ["signal doubled", honest.toSpliced(signal, 0, honest[signal]!)],
    ["cut short", honest.slice(0, -10)],
  ];
}

/** Another digit than the last one of a field, and a comma. */
function lastDigit(line: string, field: string): string {
  const digit = new RegExp(`"${field}":[\\d.]*(\\d),`).exec(line)![1]!;
  return `${(Number(digit) + 1) % 10},`;
}

function nextDouble(line: string): number {
  const bits = new BigInt64Array(1);
  const value = new Float64Array(bits.buffer);
  value[0] = (JSON.parse(line) as { value: number }).value;
  bits[0]! += 1n;
  return value[0]!;
}

interface Market {
  readonly what: string;
  readonly text: string | Uint8Array;
  readonly start: string;
  readonly options?: readonly string[];
  readonly calendar: string;
}

const isHole = (at: UnixMs): boolean => at % (31 * HOUR_MS) < 3 * HOUR_MS;
const spring = market("XNYS", "1h", "2024-01-02T00:00:00Z", "2024-04-30T00:00:00Z");
const springMinutes = market("XNYS", "1m", "2024-03-05T00:00:00Z", "2024-03-14T00:00:00Z");
const crypto = market(
  "24/7",
  "15m",
  "2024-03-01T00:00:00Z",
  "2024-03-20T00:00:00Z",
  (at) => !isHole(at),
);
const byClock = market(
  "XNYS",
  "1h",
  "2024-01-02T00:00:00Z",
  "2024-04-30T00:00:00Z",
  () => true,
  "clock",
);
const seconds = ({ openTime }: MarketBar): string => String(openTime / 1_000);

// Mumbai: 09:15 to 15:30 on weekdays, which no known calendar has.
const mumbai = barsAt(
  Array.from({ length: 40 * 25 }, (_, at) => {
    const day = Math.floor(at / 25);
    const date = Date.UTC(2024, 0, 1 + Math.floor(day / 5) * 7 + (day % 5));
    return date + 225 * MINUTE_MS + (at % 25) * 15 * MINUTE_MS;
  }),
  "15m",
);

// No volume, names of its own, and a calendar that is not to be guessed.
const foreign = csvOf(market("FX", "1h", "2024-03-01T00:00:00Z", "2024-04-20T00:00:00Z"))
  .replace(/^.*/, "When,Erster,Hoch,Tief,Letzter")
  .replace(/(?<=\n.*),\d+$/gm, "");
const foreignColumns = ["time=When", "open=Erster", "high=Hoch", "low=Tief", "close=Letzter"];

const MARKETS: readonly Market[] = [
  {
    what: "columns with names of their own and no volume",
    text: foreign,
    start: "2024-03-20T10:10:10Z",
    options: [
      ...foreignColumns.flatMap((column) => ["--column", column]),
      ...["--no-volume", "--calendar", "bars"],
    ],
    calendar: "of the file",
  },
  {
    what: "daily bars over 20 years",
    text: readFileSync(SP500),
    start: "2010-06-15T15:00:00Z",
    calendar: "XNYS",
  },
  {
    what: "hourly bars over a change of clocks",
    text: csvOf(spring),
    start: "2024-03-08T15:10:00Z",
    calendar: "XNYS",
  },
  {
    what: "hourly bars on the clock's hours",
    text: csvOf(byClock),
    start: "2024-03-08T15:10:00Z",
    calendar: "XNYS",
  },
  {
    what: "minutes over a change of clocks, in local time",
    text: csvOf(springMinutes, ({ openTime }) => wallText(NEW_YORK, openTime)),
    start: "2024-03-08T20:59:59Z",
    options: ["--zone", "America/New_York"],
    calendar: "XNYS",
  },
  {
    what: "minutes made into 15 minutes",
    text: csvOf(springMinutes, seconds),
    start: "2024-03-11T14:07:00Z",
    options: ["--size", "15m", "--param", "fast=10", "--param", "slow=60"],
    calendar: "XNYS",
  },
  {
    what: "a market that never closes, with holes",
    text: csvOf(crypto, ({ openTime }) => String(openTime)),
    start: "2024-03-10T12:34:56Z",
    calendar: "24/7",
  },
  {
    what: "a market that no calendar fits",
    text: csvOf(mumbai),
    start: "2024-01-25T05:00:00Z",
    calendar: "of the file",
  },
  {
    what: "times at the close, gzipped",
    text: gzipSync(
      csvOf(springMinutes, ({ closeTime }) => String(closeTime / 1_000), "close_time"),
    ),
    start: "2024-03-11T14:00:30Z",
    calendar: "XNYS",
  },
  {
    what: "times at the close of bars that a session's end cuts short",
    text: csvOf(spring, ({ closeTime }) => String(closeTime / 1_000)),
    start: "2024-03-08T15:10:00Z",
    options: ["--label", "close"],
    calendar: "XNYS",
  },
];

describe("on a file of", () => {
  let told: readonly Readonly<Record<string, unknown>>[];
  beforeAll(async () => {
    const runs = MARKETS.flatMap(({ what, text, start, options = [] }) => {
      const path = file(`${what}.csv`, text);
      const live = ["live", SMA_CROSS, "--sim", path, "--start", start, ...options];
      const backtest = ["backtest", SMA_CROSS, "--bars", path, ...options];
      return [[`${what}, whole`, ...backtest] as const, [`${what}, joined`, ...live] as const];
    });
    told = await traced(runs);
  }, HANGS_MS);

  it.each(MARKETS.map((each, at) => [each.what, at] as const))("%s", (what, at) => {
    const { calendar, start } = MARKETS[at]!;
    expect(told[2 * at]).toMatchObject({ calendar, outcome: "complete" });
    const joined = traceOf(`${what}, joined`);
    expectReadyAtOnce(joined, start);
    expect(joined.signals.length).toBeGreaterThan(0);
    expectAgreement(traceOf(`${what}, whole`), joined);
  });

  it("minutes gives the very run of the 15-minute file", { timeout: HANGS_MS }, async () => {
    const run = ["backtest", SMA_CROSS, "--symbol", "IF", "--bars"];
    await traced([
      ["made", ...run, IF_1M, "--size", "15m"],
      ["given", ...run, IF_15M],
    ]);
    const bytesOf = (name: string) => readFileSync(file(`${name}.ndjson`), "utf8");
    expect(bytesOf("made")).toBe(bytesOf("given"));
  });
});
