import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { barlines, HANGS_MS, IF_15M, SMA_CROSS, workFolder } from "./barline.ts";
import { type Checked, checkTrace, expectAgreement } from "./trace-checker.ts";

// Goal: where history falls short a run warms up on live bars, says when it will be READY, is READY
// then and with exactly the bars it needs, and is in agreement with the run that never stopped.

const START = "2024-03-05T02:07:30Z";
const file = workFolder();

interface LiveRun extends Checked {
  readonly told: string;
  /** The estimates of the first time READY can be expected, as they were made. */
  readonly estimates: readonly string[];
}

type Start = readonly [what: string, options: readonly string[], expected: number];

/** With the number of bars that history has. */
const SHORT: readonly Start[] = [
  ["half a history", ["--history-bars", "130"], 130],
  ["one bar of history too few", ["--history-bars", "259"], 259],
  ["no history", ["--history-bars", "0"], 0],
  ["no backfill", ["--no-backfill"], 0],
];

/** With the milliseconds by which READY may come later. */
const FULL: readonly Start[] = [
  ["all the history it needs", [], 0],
  ["exactly the history it needs", ["--history-bars", "260"], 0],
  ["an outage in the middle of the backfill", ["--outage", "2024-03-05T02:07:30.010Z/1"], 65_000],
  ["an outage just after READY", ["--outage", "2024-03-05T02:07:31Z/30"], 0],
  ["an outage over a night", ["--outage", "2024-03-05T06:20:00Z/1200"], 0],
  ["an outage over a weekend", ["--outage", "2024-03-08T06:50:00Z/4000"], 0],
  [
    "two outages that overlap",
    ["--outage", "2024-03-06T02:00:00Z/60", "--outage", "2024-03-06T02:30:00Z/60"],
    0,
  ],
];

const runs = new Map<string, LiveRun>();
let whole: Checked;

beforeAll(async () => {
  const live = ["live", SMA_CROSS, "--sim", IF_15M, "--start", START];
  const starts = [...SHORT, ...FULL];
  const ended = await barlines(file, [
    ["backtest", SMA_CROSS, "--bars", IF_15M, "--trace", file("whole.ndjson")],
    ...starts.map(([what, options]) => [...live, ...options, "--trace", file(`${what}.ndjson`)]),
  ]);
  for (const { code } of ended) expect(code).toBe(0);
  whole = checkTrace(readFileSync(file("whole.ndjson"), "utf8"));
  starts.forEach(([what], at) => {
    const checked = checkTrace(readFileSync(file(`${what}.ndjson`), "utf8"));
    const estimates = checked.lines.flatMap(({ type, to, reason }) =>
      type === "state" && to === "WARMING_UP"
        ? (/by (\S+Z)$/.exec(String(reason))?.slice(1) ?? [])
        : [],
    );
    runs.set(what, { ...checked, told: ended[at + 1]!.stderr, estimates });
  });
}, HANGS_MS);

/** Bars that a run had counted when it was READY for the first time. */
function barsAtReady({ lines }: Checked): number {
  const at = lines.findIndex(({ type, to }) => type === "state" && to === "READY");
  return lines.slice(0, at).filter(({ type }) => type === "bar").length;
}

describe("a live run with", () => {
  it.each(SHORT)("%s", (what, _options, atFirst) => {
    const run = runs.get(what)!;
    expect(run.lines).toContainEqual(
      expect.objectContaining({ type: "state", to: "WARMING_UP", bars: atFirst, required: 260 }),
    );
    expect(barsAtReady(run)).toBe(260);
    // What was told first held: the bar that was named made it READY, as soon as it was heard of.
    expect(run.estimates.length).toBeGreaterThan(0);
    expect(run.told).toContain(`by ${run.estimates[0]}`);
    const late = Date.parse(run.readyAt!) - Date.parse(run.estimates[0]!);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(1_000);
    expectAgreement(whole, run);
  });

  it.each(FULL)("%s", (what, _options, laterMs) => {
    const run = runs.get(what)!;
    expect(barsAtReady(run)).toBe(260);
    const readyMs = Date.parse(run.readyAt!) - Date.parse(START);
    expect(readyMs).toBeLessThan(1_000 + laterMs);
    expect(run.told).toContain("READY: 260 bars");
    expectAgreement(whole, run);
  });

  it("backfill says what natural warm-up would have meant, and no other", () => {
    const natural = runs.get("no backfill")!;
    const { told } = runs.get("all the history it needs")!;
    const until = /would have taken until (\S+)\n/.exec(told)![1];
    expect(until).toBe(natural.estimates[0]);
    expect(natural.told).not.toContain("would have taken");
  });
});
