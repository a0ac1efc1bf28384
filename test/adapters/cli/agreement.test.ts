import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { HOUR_MS, MINUTE_MS, type UnixMs } from "../../../core/time/instant.ts";
import { NEW_YORK } from "../../../core/time/zone.ts";
import { barline, HANGS_MS, IF_1M, IF_15M, SMA_CROSS, SP500, workFolder } from "./barline.ts";
import { barsAt, csvOf, type MarketBar, market, wallText } from "./markets.ts";
import { type Checked, checkTrace, expectAgreement } from "./trace-checker.ts";

// Goal: a live run agrees with one that never stopped on every bar, indicator value and signal,
// wherever it begins, whatever market the file is of and however its times are written.

const file = workFolder();

async function traced(args: readonly string[], name: string): Promise<Checked> {
  const path = file(name);
  const ended = await barline([...args, "--quiet", "--trace", path]);
  expect(ended.stderr).toBe("");
  expect(ended.code).toBe(0);
  return checkTrace(readFileSync(path, "utf8"));
}

describe("on real bars, begun", () => {
  let whole: Checked;
  beforeAll(async () => {
    whole = await traced(["backtest", SMA_CROSS, "--bars", IF_15M], "whole.ndjson");
    expect(whole.bars).toHaveLength(3_200);
    expect(whole.signals.length).toBeGreaterThan(10);
  }, HANGS_MS);

  it.for<[string, string]>([
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
  ])("%s", { timeout: HANGS_MS }, async ([what, start]) => {
    const name = `${what.replaceAll(" ", "-")}.ndjson`;
    const joined = await traced(["live", SMA_CROSS, "--sim", IF_15M, "--start", start], name);
    expect(joined.readyAt! < new Date(Date.parse(start) + 1_000).toISOString()).toBe(true);
    expectAgreement(whole, joined);
    const { code, stdout } = await barline(["compare", file("whole.ndjson"), file(name)]);
    expect(stdout).toMatch(/\nequal\n$/);
    expect(code).toBe(0);
  });

  it("finds every planted difference with compare", { timeout: HANGS_MS }, async () => {
    const start = ["--start", "2024-03-05T02:07:30Z"];
    await traced(["live", SMA_CROSS, "--sim", IF_15M, ...start], "honest.ndjson");
    const lines = readFileSync(file("honest.ndjson"), "utf8").trimEnd().split("\n");
    const after = (type: string): number =>
      lines.findIndex((line, at) => at > 3_000 && line.startsWith(`{"type":"${type}"`));
    const bar = after("bar");
    const average = after("indicator");
    const signal = after("signal");
    const last = (text: string): string => text.replace(/\d(?=[,}]("|$))/, (d) => `${9 - +d}`);
    const plant = (at: number, ...by: readonly string[]): string =>
      `${lines.toSpliced(at, 1, ...by).join("\n")}\n`;
    const planted: readonly (readonly [string, string])[] = [
      [
        "close",
        plant(
          bar,
          lines[bar]!.replace(/("close":[\d.]*)(\d),/, (_, a, d) => `${a}${9 - d},`),
        ),
      ],
      [
        "volume",
        plant(
          bar,
          lines[bar]!.replace(/("volume":\d*)(\d),/, (_, a, d) => `${a}${9 - d},`),
        ),
      ],
      ["close time", plant(bar, lines[bar]!.replace(/("closeTime":"[^.]*)\.000Z/, "$1.001Z"))],
      ["bar dropped", plant(bar)],
      ["bar doubled", plant(bar, lines[bar]!, lines[bar]!)],
      ["value", plant(average, last(lines[average]!))],
      ["value gone", plant(average, lines[average]!.replace(/"value":.*/, '"value":null}'))],
      ["value dropped", plant(average)],
      ["signal renamed", plant(signal, lines[signal]!.replace(/"name":".*"/, '"name":"other"'))],
      ["signal dropped", plant(signal)],
      ["signal doubled", plant(signal, lines[signal]!, lines[signal]!)],
      ["cut short", `${lines.slice(0, -10).join("\n")}\n`],
    ];
    for (const [what, text] of planted) {
      const path = file("planted.ndjson", text);
      const { code, stdout } = await barline(["compare", file("honest.ndjson"), path]);
      expect(stdout, what).toMatch(/first difference in .*\nNOT equal\n$/);
      expect(code, what).toBe(1);
    }
  });
});

interface Market {
  readonly what: string;
  readonly text: string | Uint8Array;
  readonly start: string;
  readonly options?: readonly string[];
  readonly calendar: string;
  readonly bars?: number;
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

const MARKETS: readonly Market[] = [
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
    start: "2024-03-13T14:07:00Z",
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
  it.for(MARKETS)("$what", { timeout: HANGS_MS }, async (each) => {
    const name = each.what.replaceAll(" ", "-");
    const path = file(`${name}.csv`, each.text);
    const options = each.options ?? [];
    const backtest = ["backtest", SMA_CROSS, "--bars", path, ...options];
    const told = await barline([...backtest, "--json"]);
    expect(JSON.parse(told.stdout)).toMatchObject({ calendar: each.calendar, outcome: "complete" });
    const whole = await traced(backtest, `${name}.a.ndjson`);
    const start = ["--start", each.start];
    const live = ["live", SMA_CROSS, "--sim", path, ...start, ...options];
    const joined = await traced(live, `${name}.b.ndjson`);
    // Ready at once, from the backfill.
    expect(joined.readyAt! < new Date(Date.parse(each.start) + 1_000).toISOString()).toBe(true);
    expect(joined.signals.length).toBeGreaterThan(0);
    expectAgreement(whole, joined);
  });

  it("minutes gives the very run of the 15-minute file", { timeout: HANGS_MS }, async () => {
    const args = ["--symbol", "IF", "--quiet", "--trace", "-"];
    const made = await barline(["backtest", SMA_CROSS, "--bars", IF_1M, "--size", "15m", ...args]);
    const given = await barline(["backtest", SMA_CROSS, "--bars", IF_15M, ...args]);
    expect(made.code).toBe(0);
    expect(made.stdout).toBe(given.stdout);
  });
});
