import { beforeEach, describe, expect, it } from "vitest";
import type { BarQuery } from "../../core/feed/bar-source.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { type GatewayOptions, SimGateway } from "../../sim/index.ts";
import { FeedLog } from "../support/feed-log.ts";
import { barAt, barsOf, changed, market } from "../support/market.ts";

const truth = market({ size: "15m", from: "2024-03-04T00:00:00Z", bars: 40 });
const { openTime, closeTime } = truth.bars;
const NOW = openTime[20]! + 60_000;
const END = closeTime[39]!;

let time: VirtualTime;
let gateway: SimGateway;
let log: FeedLog;

function ask(query: Partial<BarQuery>, options: GatewayOptions = {}, now = NOW): FeedLog {
  time = new VirtualTime(now);
  gateway = new SimGateway(truth, time, options);
  log = new FeedLog(time);
  gateway.history.open({ series: truth.series, ...query }, log);
  time.advanceTo(now + 10 * 60_000);
  return log;
}

const PAST = { from: openTime[10]!, to: openTime[20]! };

// Goal: history tells the truth, page by page, and says exactly what it told.
describe("SimGateway history", () => {
  it("answers after its delay with the bars of the range, covered whole", () => {
    ask(PAST, { historyDelayMs: 40 });
    expect(log.finals).toEqual(barsOf(truth, PAST.from, PAST.to));
    expect(log.received.every(({ at, origin }) => at === NOW + 40 && origin === "backfill")).toBe(
      true,
    );
    expect([log.coverages, log.outcome]).toEqual([[PAST], { kind: "complete" }]);
    expect(gateway.historyRequests).toBe(1);
  });

  it("sends pages from the newest to the oldest, each covered", () => {
    ask(PAST, { pageBars: 4, historyDelayMs: 100 });
    expect(
      log.received.map(({ at, bar }) => [at - NOW, (bar.openTime - PAST.from) / 900_000]),
    ).toEqual(
      [6, 7, 8, 9]
        .map((index) => [100, index])
        .concat(
          [2, 3, 4, 5].map((index) => [200, index]),
          [0, 1].map((index) => [300, index]),
        ),
    );
    expect(log.coverages).toEqual([
      { from: openTime[16], to: PAST.to },
      { from: openTime[12], to: openTime[16] },
      { from: PAST.from, to: openTime[12] },
    ]);
  });

  it("knows nothing that has not closed, and ends well for a range without an end", () => {
    ask({ from: PAST.from });
    expect(log.finals).toEqual(barsOf(truth, PAST.from, openTime[20]));
    expect(log.coverages).toEqual([{ from: PAST.from, to: openTime[20] }]);
    expect(log.outcome).toEqual({ kind: "complete" });
  });

  it("begins where the truth does when the query has no beginning", () => {
    ask({ to: openTime[3]! });
    expect(log.finals).toEqual(barsOf(truth, openTime[0], openTime[3]));
  });

  it("says that a range before the truth is empty", () => {
    const range = { from: openTime[0]! - 9_000_000, to: openTime[0]! };
    ask(range);
    expect([log.finals, log.coverages, log.outcome]).toEqual([[], [range], { kind: "empty" }]);
  });

  it("does not know of a bar before its lag, and says that it owes it", () => {
    ask(PAST, { historyLagMs: 120_000 }, openTime[20]! + 1_000);
    expect(log.finals).toEqual(barsOf(truth, PAST.from, openTime[19]));
    expect(log.coverages).toEqual([{ from: PAST.from, to: openTime[19] }]);
    expect(log.outcome).toMatchObject({
      kind: "partial",
      fault: { code: "not-yet", retry: "later" },
    });
  });

  it("tells a correction once it is known", () => {
    const at = closeTime[15]! + 60_000;
    const bar = changed(barAt(truth, 15), { volume: 1 });
    const revised = market({
      size: "15m",
      from: "2024-03-04T00:00:00Z",
      bars: 40,
      revise: () => [{ at, bar }],
    });
    const volumeAt = (now: number): number => {
      const clock = new VirtualTime(now);
      const seen = new FeedLog(clock);
      const range = { from: bar.openTime, to: bar.closeTime };
      new SimGateway(revised, clock, { historyDelayMs: 0 }).history.open(
        { series: revised.series, ...range },
        seen,
      );
      clock.advanceTo(now);
      return seen.finals[0]!.volume;
    };
    expect([volumeAt(at - 1), volumeAt(at)]).toEqual([barAt(truth, 15).volume, 1]);
  });

  it("knows nothing before its own beginning", () => {
    ask(PAST, { historyFrom: openTime[15]! });
    expect(log.finals).toEqual(barsOf(truth, openTime[15], PAST.to));
    expect(log.outcome).toEqual({ kind: "complete" });
  });

  it("shows the bar in progress, half formed and called final, when told to", () => {
    ask(PAST, { historyShowsForming: true });
    const shown = log.finals.at(-1)!;
    expect(shown.openTime).toBe(openTime[20]);
    expect(shown.volume).toBeLessThan(barAt(truth, 20).volume);
    expect(log.coverages).toEqual([PAST]);
    ask({ from: openTime[38]!, to: END }, { historyShowsForming: true }, END + 1);
    expect(log.finals).toHaveLength(2);
  });

  it("sends a page twice when told to", () => {
    ask(PAST, { duplicateShare: 1 });
    const once = barsOf(truth, PAST.from, PAST.to);
    expect(log.finals).toEqual([...once, ...once]);
  });

  it.each([
    ["failed", { kind: "failed", fault: { code: "failed", retry: "soon" } }, 0],
    ["denied", { kind: "failed", fault: { code: "no-permission", retry: "never" } }, 0],
    ["pacing", { kind: "failed", fault: { code: "pacing-violation", retry: "soon" } }, 0],
    ["empty", { kind: "empty" }, 0],
    ["partial", { kind: "partial", fault: { code: "truncated", retry: "soon" } }, 4],
  ] as const)("fails its first request as told: %s", (fault, outcome, bars) => {
    ask(PAST, { historyFaults: [fault], pageBars: 4 });
    expect(log.outcome).toMatchObject(outcome);
    expect(log.finals).toHaveLength(bars);
    expect(log.coverages).toHaveLength(bars > 0 ? 1 : 0);
    const second = new FeedLog(time);
    gateway.history.open({ series: truth.series, ...PAST }, second);
    time.advanceTo(time.now() + 1_000);
    expect(second.outcome).toEqual({ kind: "complete" });
  });

  it("fails a partial request without bars as failed", () => {
    ask({ from: 0, to: openTime[0]! }, { historyFaults: ["partial"] });
    expect(log.outcome).toMatchObject({ kind: "failed" });
  });

  it("never answers when told to be silent, or cut off without a word", () => {
    ask(PAST, { historyFaults: ["silent"] });
    expect([log.finals, log.outcome]).toEqual([[], undefined]);
    ask(PAST, { outages: [{ from: NOW + 10, to: NOW + 20 }], hidesOutages: true });
    expect([log.finals, log.outcome]).toEqual([[], undefined]);
  });

  it("fails what an outage cuts off, with what it had told before", () => {
    const outages = [{ from: NOW + 150, to: NOW + 160 }];
    ask(PAST, { outages, historyDelayMs: 100, pageBars: 4 });
    expect(log.outcome).toMatchObject({
      kind: "partial",
      fault: { code: "disconnected", retry: "later" },
    });
    ask(PAST, { outages, historyDelayMs: 200 });
    expect(log.outcome).toMatchObject({ kind: "failed", fault: { code: "disconnected" } });
  });

  it("says nothing after it was closed, not even within its own words", () => {
    time = new VirtualTime(NOW);
    gateway = new SimGateway(truth, time, { pageBars: 4, duplicateShare: 1 });
    log = new FeedLog(time);
    const sink = {
      bars: (batch: Parameters<FeedLog["bars"]>[0]) => {
        log.bars(batch);
        subscription.close();
      },
      coverage: log.coverage.bind(log),
      event: log.event.bind(log),
      end: log.end.bind(log),
    };
    const subscription = gateway.history.open({ series: truth.series, ...PAST }, sink);
    subscription.pause();
    subscription.resume();
    time.advanceTo(END);
    expect([log.finals.length, log.coverages, log.outcome]).toEqual([4, [], undefined]);
  });
});

// Goal: the spans of outages are half-open.
describe("SimGateway outages", () => {
  beforeEach(() => {
    gateway = new SimGateway(truth, new VirtualTime(0), { outages: [{ from: 10, to: 20 }] });
  });

  it("cuts off whatever was under way when one began or was sent within it", () => {
    const unbroken = [
      [0, 9],
      [0, 10],
      [12, 14],
      [19, 30],
      [20, 30],
    ].map(([from, to]) => gateway.isUnbroken(from!, to!));
    expect(unbroken).toEqual([true, false, false, false, true]);
  });
});
