import { describe, expect, it } from "vitest";
import { listening } from "../../../adapters/cli/bars/listening-source.ts";
import type { BarSink } from "../../../core/feed/bar-source.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { MINUTE_MS } from "../../../core/time/instant.ts";

// Goal: a source that is listened to between its bars says the same words in the same order, lets
// the program live meanwhile, and is silent once it is closed.

const of = series(instrument("X"), barSize("1m"));

function columns(from: number, count: number): BarColumns {
  const bars = new BarColumns();
  for (let at = from; at < from + count; at += 1) {
    bars.append(at * MINUTE_MS, (at + 1) * MINUTE_MS, 1, 1, 1, 1, at);
  }
  return bars;
}

/** A source of 1,000 bars in two batches with coverage between them, told at once. */
function source(paused: string[]) {
  return {
    open: (_query: unknown, sink: BarSink) => {
      const tell = (from: number, count: number): void =>
        sink.bars({
          series: of,
          bars: columns(from, count),
          finality: "final",
          origin: "replay",
          version: 1,
        });
      tell(0, 700);
      sink.coverage({ from: 0, to: 700 * MINUTE_MS });
      sink.event({ type: "status", series: of, state: "live", reason: "" });
      tell(700, 300);
      sink.end({ kind: "complete" });
      return {
        close: () => paused.push("close"),
        pause: () => paused.push("pause"),
        resume: () => paused.push("resume"),
      };
    },
  };
}

function recorder(words: string[], onBar: (volume: number) => void = () => {}): BarSink {
  return {
    bars: ({ bars }) => {
      for (const { volume } of bars) {
        words.push(String(volume));
        onBar(volume);
      }
    },
    coverage: ({ to }) => words.push(`to ${to / MINUTE_MS}`),
    event: ({ type }) => words.push(type),
    end: ({ kind }) => words.push(kind),
  };
}

function slow(): void {
  const until = performance.now() + 1;
  while (performance.now() < until);
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("a source that is listened to", () => {
  it("says every word once and in order", async () => {
    const words: string[] = [];
    listening(source([])).open({ series: of }, recorder(words));
    while (words.at(-1) !== "complete") await settled();
    const bars = Array.from({ length: 1_000 }, (_, at) => String(at));
    expect(words).toEqual([
      ...bars.slice(0, 700),
      "to 700",
      "status",
      ...bars.slice(700),
      "complete",
    ]);
  });

  it("lets the program live between bars that take their time", async () => {
    const words: string[] = [];
    listening(source([])).open({ series: of }, recorder(words, slow));
    await settled();
    expect(words.length).toBeGreaterThan(0);
    expect(words.length).toBeLessThan(1_000);
    while (words.at(-1) !== "complete") await settled();
  });

  it("is silent once it is closed", async () => {
    const words: string[] = [];
    const below: string[] = [];
    const stream = listening(source(below)).open(
      { series: of },
      recorder(words, (volume) => {
        if (volume < 100) slow();
        if (volume === 70) setImmediate(() => stream.close());
      }),
    );
    await settled();
    await settled();
    const heard = words.length;
    expect(heard).toBeLessThan(1_000);
    expect(below).toContain("close");
    await settled();
    expect(words.length).toBe(heard);
  });
});
