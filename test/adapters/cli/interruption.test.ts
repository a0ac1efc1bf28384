import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { barline, HANGS_MS, workFolder } from "./barline.ts";
import { csvOf, market } from "./markets.ts";
import { checkTrace } from "./trace-checker.ts";

// Goal: Ctrl-C ends a long run in good order: it says so, its trace is whole and it exits like a
// program that was interrupted.

const file = workFolder();
// It takes its time over every bar, so that there is a middle to be interrupted in.
const SLOW = `import { defineStrategy, sma } from "barline";
export default defineStrategy({
  name: "slow",
  parameters: {},
  setup(declare) {
    declare.indicator(sma(5));
    return {
      onBar(bar, trade) {
        const until = performance.now() + 1;
        while (performance.now() < until);
        if (trade.isReady && bar.openTime % 3_600_000 === 0) console.log("a bar");
      },
    };
  },
});
`;

beforeAll(() => {
  const bars = market("24/7", "1m", "2024-01-01T00:00:00Z", "2024-03-01T00:00:00Z");
  file("minutes.csv", csvOf(bars));
  file("slow.ts", SLOW);
});

describe("a run that hears", () => {
  it.for<["SIGINT" | "SIGTERM", number, string[]]>([
    ["SIGINT", 130, ["backtest", "--bars"]],
    ["SIGTERM", 143, ["backtest", "--bars"]],
    ["SIGINT", 130, ["live", "--start", "2024-01-02T00:00:00Z", "--sim"]],
  ])("%s stops in good order", { timeout: HANGS_MS }, async ([signal, code, args]) => {
    const [command = "", ...options] = args;
    const trace = file(`${command}-${signal}.ndjson`);
    const all = [command, file("slow.ts"), ...options, file("minutes.csv"), "--trace", trace];
    const signalOn = { text: "a bar", signal };
    const ended = await barline(all, { signalOn });
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain("\ninterrupted: ");
    expect(ended.stdout).toContain("interrupted");
    const { bars, lines } = checkTrace(readFileSync(trace, "utf8"));
    expect(bars.length).toBeGreaterThan(5);
    expect(bars.length).toBeLessThan(86_400);
    expect(lines.at(-2)).toMatchObject({ type: "state", to: "STOPPED", reason: "interrupted" });
    expect(lines.at(-1)).toMatchObject({ type: "continuity", count: bars.length });
  });
});
