import { describe, expect, it } from "vitest";
import type { BarBatch } from "../../core/feed/bar-source.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { type GatewayOptions, SimGateway, type Truth } from "../../sim/index.ts";
import { FeedLog } from "../support/feed-log.ts";
import { barAt, changed, market, plain } from "../support/market.ts";

const MARKET = { size: "15m", from: "2024-03-04T00:00:00Z", bars: 8 } as const;
const truth = market(MARKET);
const { openTime, closeTime } = truth.bars;
const NOW = openTime[2]! + 400_000;
const END = closeTime[7]! + 3_600_000;

class LiveLog extends FeedLog {
  readonly words: {
    at: number;
    index: number;
    finality: string;
    version: number;
    volume: number;
  }[] = [];
  readonly #clock: VirtualTime;

  constructor(clock: VirtualTime) {
    super(clock);
    this.#clock = clock;
  }

  override bars(batch: BarBatch): void {
    super.bars(batch);
    const { finality, version } = batch;
    for (const bar of batch.bars) {
      const index = truth.indexFrom(bar.openTime);
      this.words.push({ at: this.#clock.now(), index, finality, version, volume: bar.volume });
    }
  }
}

function hear(options: GatewayOptions = {}, of: Truth = truth, until = END): LiveLog {
  const time = new VirtualTime(NOW);
  const log = new LiveLog(time);
  const gateway = new SimGateway(of, time, options);
  const subscription = gateway.live.open({ series: of.series }, log);
  subscription.pause();
  subscription.resume();
  time.advanceTo(until);
  subscription.close();
  time.advanceTo(END * 2);
  return log;
}

const finals = (log: LiveLog) => log.words.filter(({ finality }) => finality === "final");
const forming = (log: LiveLog) => log.words.filter(({ finality }) => finality === "forming");

// Goal: the stream tells the same truth as history, at the time and in the manner it was told to.
describe("SimGateway live", () => {
  it("restates the bar in progress whole, calls each final after its close, and ends", () => {
    const log = hear({ liveDelayMs: 20, updatesPerBar: 4 });
    expect(finals(log).map(({ index, at }) => [index, at - closeTime[index]!])).toEqual(
      [2, 3, 4, 5, 6, 7].map((index) => [index, 20]),
    );
    expect(
      forming(log)
        .filter(({ index }) => index === 2)
        .map(({ at }) => at - openTime[2]!),
    ).toEqual([540_020, 720_020]);
    expect(forming(log).filter(({ index }) => index === 3)).toHaveLength(4);
    const sent = log.received.filter((_each, place) => log.words[place]!.finality === "final");
    expect(sent.map(({ bar }) => bar)).toEqual([...truth.bars].slice(2).map(plain));
    expect(log.outcome).toEqual({ kind: "complete" });
    expect(new Set(log.received.map(({ origin }) => origin))).toEqual(new Set(["live"]));
  });

  it("begins with the next bar while none is open, and ends at once when none comes", () => {
    const time = new VirtualTime(openTime[0]! - 1_000);
    const log = new FeedLog(time);
    new SimGateway(truth, time, { updatesPerBar: 0 }).live.open({ series: truth.series }, log);
    time.advanceTo(closeTime[0]! + 100);
    expect(log.finals).toEqual([barAt(truth, 0)]);
    const after = new VirtualTime(END);
    const none = new FeedLog(after);
    new SimGateway(truth, after).live.open({ series: truth.series }, none);
    after.advanceTo(END + 1_000);
    expect([none.finals, none.outcome]).toEqual([[], { kind: "complete" }]);
  });

  it("leaves finals to be implied when told to, with a last word after the close", () => {
    expect(new SimGateway(truth, new VirtualTime(NOW)).live.impliesFinals).toBe(false);
    const gateway = new SimGateway(truth, new VirtualTime(NOW), { sendsFinals: false });
    expect(gateway.live.impliesFinals).toBe(true);
    const log = hear({ sendsFinals: false, updatesPerBar: 1 });
    expect(finals(log)).toEqual([]);
    const last = forming(log).filter(({ index, at }) => at >= closeTime[index]!);
    expect(last.map(({ index, at, volume }) => [index, at - closeTime[index]!, volume])).toEqual(
      [2, 3, 4, 5, 6, 7].map((index) => [index, 1_020, barAt(truth, index).volume]),
    );
  });

  it("keeps the order of messages under jitter, unless it may change it", () => {
    const order = (log: LiveLog): boolean => {
      const places = log.words.map(({ index, volume }) => index * 1e6 + volume);
      return places.every((place, at) => at === 0 || place >= places[at - 1]!);
    };
    const options = { jitterMs: 400_000, updatesPerBar: 6 };
    expect(order(hear(options))).toBe(true);
    expect(order(hear({ ...options, reorders: true }))).toBe(false);
  });

  it("loses finals, sends them late or twice, in the share it was told", () => {
    expect(finals(hear({ lossShare: 1 }))).toEqual([]);
    const late = finals(hear({ lateShare: 1, lateMs: 60_000 }));
    expect(late).toHaveLength(6);
    expect(late.some(({ index, at }) => at > closeTime[index]! + 1_000)).toBe(true);
    expect(late.every(({ index, at }) => at <= closeTime[index]! + 60_020)).toBe(true);
    const twice = finals(hear({ duplicateShare: 1 })).filter(({ index }) => index < 7);
    expect(twice).toHaveLength(10);
  });

  it("drops what an outage cuts off and tells when the line is down and back", () => {
    const outages = [
      { from: NOW - 2_000, to: NOW - 1_000 },
      { from: closeTime[3]! - 60_000, to: closeTime[3]! + 60_000 },
    ];
    const log = hear({ outages });
    expect(finals(log).map(({ index }) => index)).toEqual([2, 4, 5, 6, 7]);
    expect(log.states).toEqual(["interrupted", "live"]);
    expect(hear({ outages, hidesOutages: true }).states).toEqual([]);
  });

  it("tells of an outage that goes on when it is opened", () => {
    const log = hear({ outages: [{ from: NOW - 1_000, to: NOW + 60_000 }] });
    expect(log.states).toEqual(["interrupted", "live"]);
  });

  it("sends corrections of the truth as they become known, with their version", () => {
    const revised = market({
      ...MARKET,
      revise: (bars) => [
        { at: NOW - 1_000, bar: changed(bars.at(0), { volume: 1 }) },
        { at: NOW + 1_000, bar: changed(bars.at(0), { volume: 2 }) },
      ],
    });
    const corrections = finals(hear({}, revised)).filter(({ index }) => index === 0);
    expect(corrections).toEqual([
      { at: NOW + 1_020, index: 0, finality: "final", version: 3, volume: 2 },
    ]);
    const silent = finals(hear({ sendsRevisions: false }, revised));
    expect(silent.filter(({ index }) => index === 0)).toEqual([]);
  });

  it("says nothing after it was closed", () => {
    const outages = [{ from: closeTime[4]!, to: closeTime[5]! }];
    const until = openTime[4]! + 10;
    const log = hear({ outages, duplicateShare: 1, lateShare: 1, lateMs: 90_000 }, truth, until);
    expect(log.words.every(({ at }) => at <= until)).toBe(true);
    expect([log.states, log.outcome]).toEqual([[], undefined]);
  });

  it("tells the same twice for one seed, and other delays for another", () => {
    const options = { jitterMs: 5_000, duplicateShare: 0.3 };
    expect(hear({ ...options, seed: 4 }).words).toEqual(hear({ ...options, seed: 4 }).words);
    expect(hear({ ...options, seed: 4 }).words).not.toEqual(hear({ ...options, seed: 5 }).words);
  });
});
