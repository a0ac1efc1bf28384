// Goal: bars of 5 seconds become larger ones that are final with their last part, and whole.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bar } from "../../../../core/market/bar.ts";
import { SECOND_MS, type UnixMs } from "../../../../core/time/instant.ts";
import { at, type Bench, bench, CONTRACT, seriesOf } from "./bench.ts";
import { row } from "./fake-link.ts";

const STEP_MS = 5 * SECOND_MS;

/** The 5 seconds from an instant on; every field follows from it. */
function part(openTime: UnixMs, fields: Partial<Bar> = {}): Bar {
  const price = 100 + ((openTime / STEP_MS) % 7);
  const prices = { open: price, high: price + 2, low: price - 1, close: price + 1 };
  return { openTime, closeTime: openTime + STEP_MS, ...prices, volume: 0.1, ...fields };
}

/** Five seconds in which nothing traded: the last price again. */
const QUIET = { open: 100, high: 100, low: 100, close: 100, volume: 0, count: 0, average: 0 };

/** The bar that parts add up to, by the plainest reading. */
function sum(openTime: UnixMs, closeTime: UnixMs, parts: readonly Bar[]): Bar {
  return {
    openTime,
    closeTime,
    open: parts[0]!.open,
    high: Math.max(...parts.map(({ high }) => high)),
    low: Math.min(...parts.map(({ low }) => low)),
    close: parts.at(-1)!.close,
    volume: Math.round(parts.reduce((total, { volume }) => total + volume * 10, 0)) / 10,
  };
}

const span = (from: UnixMs, to: UnixMs): UnixMs[] =>
  Array.from({ length: (to - from) / STEP_MS }, (_, index) => from + index * STEP_MS);

function opened(now: UnixMs, size: string): Bench {
  const made = bench(now, size, { mode: "real-time-bars" });
  made.open();
  return made;
}

/** Sends the 5 seconds that begin at these instants, each 100 ms after its end. */
function play({ clock, link }: Bench, openTimes: readonly UnixMs[]): void {
  for (const openTime of openTimes) {
    clock.advanceTo(openTime + STEP_MS + 100);
    link.last.realTimeBar(row(part(openTime)));
  }
}

describe("the question", () => {
  it("asks for 5-second bars of the price and the hours of the series", () => {
    const { open, link, source } = bench(at("09:20"), "1m", { mode: "real-time-bars" });
    open({ series: seriesOf("1m", "ask", "all") });
    expect(source.impliesFinals).toBe(false);
    expect(link.last.question).toEqual({
      kind: "real-time-bars",
      contract: CONTRACT,
      whatToShow: "ASK",
      useRegularHours: false,
    });
  });

  it.each(["1s", "7s"])("refuses bars of %s, to which they do not add up", (size) => {
    const { log } = opened(at("09:20"), size);
    expect(log.outcome).toMatchObject({ kind: "failed", fault: { retry: "never" } });
  });

  it.each(["45m", "1d", "10s"])("makes bars of %s as well", (size) => {
    expect(opened(at("09:20"), size).link.asked).toHaveLength(1);
  });
});

describe("bars of 5 seconds themselves", () => {
  it("are final as they come, and their time is covered", () => {
    const { link, log } = opened(at("09:20"), "5s");
    link.last.realTimeBar(row(part(at("09:20"))));
    link.last.realTimeBar(row(part(at("09:20:05")), QUIET));
    expect(log.finals).toEqual([part(at("09:20"))]);
    expect(log.covered).toEqual([
      { from: at("09:20"), to: at("09:20:05") },
      { from: at("09:20:05"), to: at("09:20:10") },
    ]);
  });

  it("keep to the query, coverage too", () => {
    const made = bench(at("09:20"), "5s", { mode: "real-time-bars" });
    made.open({ from: at("09:20:05"), to: at("09:20:10") });
    play(made, span(at("09:20"), at("09:20:10")));
    expect(made.log.finals).toEqual([part(at("09:20:05"))]);
    expect(made.log.covered).toEqual([{ from: at("09:20:05"), to: at("09:20:10") }]);
    made.link.last.realTimeBar(row(part(at("09:20:10"))));
    expect(made.log.outcome).toEqual({ kind: "complete" });
  });
});

describe("larger bars", () => {
  it("are final with their last part", () => {
    const made = opened(at("09:20"), "1m");
    const parts = span(at("09:20"), at("09:21"));
    play(made, parts.slice(0, -1));
    expect(made.log.finals).toEqual([]);
    play(made, parts.slice(-1));
    const bar = sum(
      at("09:20"),
      at("09:21"),
      parts.map((each) => part(each)),
    );
    // Twelve times 0.1, exactly.
    expect(bar.volume).toBe(1.2);
    expect(made.log.finals).toEqual([bar]);
    expect(made.log.covered).toEqual([{ from: at("09:20"), to: at("09:21") }]);
  });

  it("that were joined in the middle never come", () => {
    const made = opened(at("09:20:30"), "1m");
    play(made, span(at("09:20:30"), at("09:22")));
    expect(made.log.finals.map(({ openTime }) => openTime)).toEqual([at("09:21")]);
    expect(made.log.covered).toEqual([{ from: at("09:21"), to: at("09:22") }]);
  });

  it("of which a part is missing never come, though nobody said that it is", () => {
    for (const missing of [at("09:20"), at("09:20:25"), at("09:20:55")]) {
      const made = opened(at("09:19"), "1m");
      play(
        made,
        span(at("09:19"), at("09:22")).filter((each) => each !== missing),
      );
      const opens = made.log.finals.map(({ openTime }) => openTime);
      expect(opens).toEqual([at("09:19"), at("09:21")]);
      expect(made.log.covered.some(({ from, to }) => from <= missing && missing < to)).toBe(false);
    }
  });

  it("of which a part cannot be true never come", () => {
    for (const fields of [{ close: Number.NaN }, { open: -1, high: -1, low: -1, close: -1 }]) {
      const made = opened(at("09:20"), "1m");
      play(made, span(at("09:20"), at("09:20:30")));
      made.link.last.realTimeBar(row(part(at("09:20:30")), fields));
      play(made, span(at("09:20:35"), at("09:22")));
      expect(made.log.finals.map(({ openTime }) => openTime)).toEqual([at("09:21")]);
    }
  });

  it("take each part once, whatever is repeated", () => {
    const made = opened(at("09:20"), "1m");
    const parts = span(at("09:20"), at("09:21"));
    for (const each of parts) play(made, [each, each]);
    made.link.last.realTimeBar(row(part(at("09:20:30"))));
    expect(made.log.finals).toHaveLength(1);
    expect(made.log.finals[0]!.volume).toBe(1.2);
    expect(made.log.events.filter(({ type }) => type === "rejection")).toEqual([]);
  });

  it("in which nothing traded are covered, and no bars", () => {
    const made = opened(at("09:20"), "1m");
    for (const each of span(at("09:20"), at("09:21"))) {
      made.link.last.realTimeBar(row(part(each), QUIET));
    }
    expect(made.log.finals).toEqual([]);
    expect(made.log.covered).toEqual([{ from: at("09:20"), to: at("09:21") }]);
  });

  it("are final with a last part in which nothing traded", () => {
    const made = opened(at("09:20"), "1m");
    const parts = span(at("09:20"), at("09:21"));
    play(made, parts.slice(0, -1));
    made.link.last.realTimeBar(row(part(parts.at(-1)!), QUIET));
    const traded = parts.slice(0, -1).map((each) => part(each));
    expect(made.log.finals).toEqual([sum(at("09:20"), at("09:21"), traded)]);
  });

  it("go on over a break without one", () => {
    const made = opened(at("09:45"), "15m");
    play(made, span(at("09:45"), at("10:00")));
    play(made, span(at("11:00"), at("11:15")));
    const opens = made.log.finals.map(({ openTime }) => openTime);
    expect(opens).toEqual([at("09:45"), at("11:00")]);
  });

  it("that were interrupted never come, whatever interrupts them", () => {
    const interruptions: ((made: Bench) => void)[] = [
      ({ link }) => {
        link.down();
        link.up();
      },
      ({ link }) => {
        link.suspend();
        link.resume(false);
      },
      ({ link, pass }) => {
        link.last.fail({ ibCode: 10182 });
        pass(1);
      },
    ];
    for (const interrupt of interruptions) {
      const made = opened(at("09:20"), "1m");
      play(made, span(at("09:20"), at("09:20:30")));
      interrupt(made);
      play(made, span(at("09:20:30"), at("09:22")));
      expect(made.log.finals.map(({ openTime }) => openTime)).toEqual([at("09:21")]);
    }
  });

  it("are those whose every part came, and what they add up to, whatever is dropped", () => {
    const all = span(at("09:20"), at("09:40"));
    const drops = fc.uniqueArray(fc.nat(all.length - 1), { maxLength: 12 });
    fc.assert(
      fc.property(drops, fc.constantFrom("10s", "1m", "5m"), (dropped, size) => {
        const made = opened(at("09:20"), size);
        const kept = all.filter((_, index) => !dropped.includes(index));
        play(made, kept);
        const sizeMs = seriesOf(size).size.ms;
        const whole: Bar[] = [];
        for (let open = at("09:20"); open < at("09:40"); open += sizeMs) {
          const parts = span(open, open + sizeMs);
          if (!parts.every((each) => kept.includes(each))) continue;
          whole.push(
            sum(
              open,
              open + sizeMs,
              parts.map((each) => part(each)),
            ),
          );
        }
        expect(made.log.finals).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the proof that it lives", () => {
  it("is the first bar", () => {
    const { link, log, pass } = opened(at("09:20"), "1m");
    pass(7);
    link.last.realTimeBar(row(part(at("09:20"))));
    expect(log.take()).toEqual(["09:20:07 live: the live stream is under way"]);
  });

  it("is a bar in which nothing traded as well", () => {
    const { link, log } = opened(at("09:20"), "1m");
    link.last.realTimeBar(row(part(at("09:20")), QUIET));
    expect(log.take()).toEqual(["09:20:00 live: the live stream is under way"]);
  });

  it("is that nobody refused it for 5 s while the market is closed", () => {
    const { log, pass } = opened(at("10:30"), "1m");
    pass(4.999);
    expect(log.take()).toEqual([]);
    pass(0.001);
    expect(log.take()).toEqual(["10:30:05 live: the live stream was not refused, and is quiet"]);
  });

  it("is that nobody refused it for 15 s while it is open: history has to give the bars", () => {
    const { log, pass } = opened(at("09:20"), "1m");
    pass(15);
    expect(log.take()).toEqual(["09:20:15 live: the live stream was not refused, and is quiet"]);
  });

  it("does not begin before the question went out", () => {
    const made = bench(at("10:30"), "1m", { mode: "real-time-bars" });
    made.link.onAsk = (asked) => {
      asked.isSent = false;
    };
    made.open();
    made.pass(30);
    expect(made.log.take()).toEqual([]);
    made.link.last.isSent = true;
    made.pass(10);
    expect(made.log.take()).toEqual([
      "10:30:40 live: the live stream was not refused, and is quiet",
    ]);
  });
});
