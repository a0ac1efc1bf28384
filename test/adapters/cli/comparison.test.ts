import { describe, expect, it } from "vitest";
import { comparisonText } from "../../../adapters/cli/commands/compare.ts";
import { compareTraces } from "../../../adapters/cli/trace/comparison.ts";
import { TraceReader } from "../../../adapters/cli/trace/trace-contents.ts";

// Goal: a comparison counts everything from the later READY on, and nothing before it but the bars
// that both runs have; whatever is there twice, missing or no number is a difference.

const RUN = '{"type":"run","format":1}';

function bar(seq: number, minute: number, close = 10, series = "IF 1m"): string {
  const time = (at: number) => `2024-01-01T00:${String(at).padStart(2, "0")}:00.000Z`;
  return JSON.stringify({
    type: "bar",
    seq,
    series,
    openTime: time(minute),
    closeTime: time(minute + 1),
    open: 10,
    high: 12,
    low: 8,
    close,
    volume: 5,
    origin: "live",
    version: 1,
  });
}

function ready(minute: number): string {
  const at = `2024-01-01T00:${String(minute).padStart(2, "0")}:00.000Z`;
  return JSON.stringify({ type: "state", at, from: "WARMING_UP", to: "READY" });
}

function indicator(seq: number, value: number | null): string {
  return JSON.stringify({ type: "indicator", seq, name: "SMA(2)", value });
}

function signal(seq: number, name = "long"): string {
  return JSON.stringify({ type: "signal", at: "whenever", seq, name });
}

function read(...lines: readonly string[]) {
  const reader = new TraceReader("t.ndjson");
  for (const line of [RUN, ...lines]) reader.take(line);
  return reader.contents;
}

const compare = (a: readonly string[], b: readonly string[]) =>
  compareTraces(read(...a), read(...b));

describe("compareTraces", () => {
  it("is equal whatever the sequence numbers, origins and times of signals are", () => {
    const a = [bar(1, 0), bar(2, 1), ready(2), bar(3, 2), indicator(3, 1.5), signal(3)];
    const b = [bar(1, 1), ready(2), bar(2, 2).replace("live", "repair"), indicator(2, 1.5)];
    const result = compare(a, [...b, signal(2).replace("whenever", "later")]);
    expect(result).toMatchObject({ equal: true, from: "2024-01-01T00:02:00.000Z" });
    const counts = result.kinds.map(({ kind, compared }) => [kind, compared]);
    expect(counts).toEqual([
      ["bars in warm-up", 1],
      ["bars from READY on", 1],
      ["SMA(2)", 1],
      ["signals", 1],
    ]);
    expect(comparisonText(result)).toMatch(/\nequal$/);
  });

  it("takes the later READY, and leaves out what was decided before it", () => {
    const a = [bar(1, 0), ready(1), bar(2, 1), indicator(2, 1), signal(2), bar(3, 2), signal(3)];
    const b = [bar(1, 0), bar(2, 1), ready(2), bar(3, 2), signal(3)];
    expect(compare(a, b).equal).toBe(true);
    expect(compare(b, a).equal).toBe(true);
  });

  it.each<[string, string[], string[]]>([
    ["another price in warm-up", [bar(1, 0), ready(1)], [bar(1, 0, 11), ready(1)]],
    ["another series", [ready(1), bar(1, 1)], [ready(1), bar(1, 1, 10, "IF 5m")]],
    [
      "NaN for zero",
      [ready(1), bar(1, 1), indicator(1, 0)],
      [ready(1), bar(1, 1), indicator(1, null)],
    ],
    [
      "a zero of the other sign",
      [ready(1), bar(1, 1), indicator(1, 0)],
      [ready(1), bar(1, 1), indicator(1, 0).replace("0}", "-0}")],
    ],
    ["a value of a bar not there", [ready(1), bar(1, 1)], [ready(1), bar(1, 1), indicator(9, 1)]],
    ["a signal of a bar not there", [ready(1), bar(1, 1)], [ready(1), bar(1, 1), signal(9)]],
    [
      "one name more",
      [ready(1), bar(1, 1), signal(1)],
      [ready(1), bar(1, 1), signal(1), signal(1, "x")],
    ],
    [
      "another order of names",
      [ready(1), bar(1, 1), signal(1, "a"), signal(1, "b")],
      [ready(1), bar(1, 1), signal(1, "b"), signal(1, "a")],
    ],
    ["a bar twice", [ready(1), bar(1, 1)], [ready(1), bar(1, 1), bar(2, 1)]],
  ])("tells %s", (_what, a, b) => {
    for (const result of [compare(a, b), compare(b, a)]) {
      expect(result.equal).toBe(false);
      expect(comparisonText(result)).toMatch(/first difference in .*\n.*NOT equal$/s);
    }
  });

  it("compares bars as they were revised", () => {
    const revision = JSON.stringify({
      type: "revision",
      series: "IF 1m",
      openTime: "2024-01-01T00:01:00.000Z",
      version: 2,
      before: null,
      after: { open: 10, high: 12, low: 8, close: 11, volume: 5 },
    });
    const revised = [ready(1), bar(1, 1), revision];
    expect(compare(revised, [ready(1), bar(1, 1, 11)]).equal).toBe(true);
    expect(compare(revised, [ready(1), bar(1, 1)]).equal).toBe(false);
  });

  it("has nothing to say where a run was never READY", () => {
    const result = compare([bar(1, 0)], [ready(1), bar(1, 0)]);
    expect(result).toEqual({ from: undefined, kinds: [], equal: false });
    expect(comparisonText(result)).toContain("never READY");
  });
});

describe("TraceReader", () => {
  it.each([
    ["no JSON", "{"],
    ["no object", "null"],
    ["no type", "{}"],
    ["no header first", bar(1, 0)],
  ])("refuses a first line with %s", (_what, line) => {
    const reader = new TraceReader("t.ndjson");
    expect(() => reader.take(line)).toThrow(/^t\.ndjson:1: this is not a line of a Barline trace/);
  });

  it("names the line it refuses, and passes over kinds it does not know", () => {
    const reader = new TraceReader("t.ndjson");
    reader.take(RUN);
    reader.take('{"type":"something new"}');
    expect(() => reader.take("junk")).toThrow(/^t\.ndjson:3: /);
  });
});
