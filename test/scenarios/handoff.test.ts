import { describe, expect, test } from "vitest";
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { barAt, barsOf, changed, market } from "../support/market.ts";
import { saidAfter } from "../support/run-log.ts";
import { ScriptedSource } from "../support/scripted-source.ts";
import { averageStrategy, crossStrategy } from "../support/strategies.ts";
import { uninterrupted, World } from "../support/world.ts";

// Goal: where history ends and live bars begin, nothing is lost, doubled or reordered, whoever
// speaks first, and what follows cannot be told from a run that never stopped.

const FROM = "2024-01-02T00:00:00Z";

describe("the hand-off from history to live bars", () => {
  test("1: a live bar arrives before history (NautilusTrader #4299) -> live waits for the backfill", () => {
    // Ten seconds before a close, with a history that answers in thirty: the live final comes
    // first.
    const truth = market({ size: "1m", from: FROM, bars: 40 });
    const start = barAt(truth, 30).closeTime - 10 * SECOND_MS;
    const world = new World(truth, start, { gateway: { historyDelayMs: 30 * SECOND_MS } });
    const feed = world.feed(20);
    world.runTo(start + 29 * SECOND_MS);
    expect(feed.received).toEqual([]);
    world.runTo();
    expect(feed.finals).toEqual(barsOf(truth, barAt(truth, 10).openTime));
    expect(feed.received.map(({ origin }) => origin).slice(19, 22)).toEqual([
      "backfill",
      "live",
      "live",
    ]);
    expect(feed.states).toEqual(["backfilling", "live"]);
    expect(feed.of("rejection")).toEqual([]);
  });

  test("2: 'disconnected' is said before the first connection (NautilusTrader PR #4173) -> the whole window is asked for", () => {
    // The gateway is down as we start, says so at once, and comes back twenty seconds later.
    const truth = market({ size: "1m", from: FROM, bars: 60 });
    const start = barAt(truth, 40).openTime + 5 * SECOND_MS;
    const outages = [{ from: start - HOUR_MS, to: start + 20 * SECOND_MS }];
    const world = new World(truth, start, {
      gateway: { outages },
      splice: {
        live: new ScriptedSource(truth.series, {
          onOpen: (live) => {
            live.status("interrupted", "not connected yet");
            world.clock.schedule(outages[0]!.to, () => live.status("live", "connected"));
          },
        }),
      },
    });
    const { run, log } = world.run(averageStrategy(30));
    world.runTo(start + 50 * SECOND_MS);
    expect(world.asked[0]).toMatchObject({
      from: barAt(truth, 10).openTime,
      to: barAt(truth, 40).openTime,
    });
    expect(log.bars("1m")).toEqual(barsOf(truth, barAt(truth, 10).openTime, start - MINUTE_MS));
    expect(run.state).toBe("READY");
  });

  test("3: a second subscriber hangs in warm-up (NautilusTrader #3718) -> every one of them is fanned out to", () => {
    // Two runs on one source at one instant, and the first stops before its history has come.
    const truth = market({ size: "1m", from: FROM, bars: 60 });
    const world = new World(truth, barAt(truth, 40).openTime);
    const stopped = world.run(averageStrategy(20));
    const runs = [world.run(averageStrategy(20)), world.run(averageStrategy(20))];
    stopped.run.stop();
    world.runTo();
    expect(stopped.log.readyAt).toBeUndefined();
    expect(stopped.log.handled).toEqual([]);
    for (const { log } of runs) {
      expect(log.readyAt).toBe(barAt(truth, 40).openTime + 40);
      expect(log.bars("1m")).toEqual(barsOf(truth, barAt(truth, 20).openTime));
    }
    expect(runs[0]!.log.values.length).toBe(21);
    expect(runs[1]!.log.values).toEqual(runs[0]!.log.values);
  });

  test("3: two indicators of one series -> one fetch serves both", () => {
    const truth = market({ size: "1m", from: FROM, bars: 60 });
    const world = new World(truth, barAt(truth, 40).openTime);
    const { run, log } = world.run(crossStrategy(5, 20));
    world.runTo(barAt(truth, 41).openTime);
    expect(world.asked.length).toBe(1);
    expect(run.state).toBe("READY");
    const last = log.values.slice(-2).map(({ what }) => what.split(" ").at(-1));
    expect(last).toEqual(["SMA(5)", "SMA(20)"]);
  });

  for (const offsetMs of [-1, 0, 1, 30_000]) {
    test(`22: the last bar of warm-up comes again as the first live bar (Lean #4048), start ${offsetMs} ms from a close -> once`, () => {
      // The live source opens with the bar that has just closed, which history has as well.
      const truth = market({ size: "1m", from: FROM, bars: 40 });
      const start = barAt(truth, 29).closeTime + offsetMs;
      const world = new World(truth, start, {
        splice: {
          live: new ScriptedSource(truth.series, {
            onOpen: (live) => {
              for (const index of [28, 29]) live.final(barAt(truth, index));
              // And once more when history is through.
              world.clock.schedule(start + 100, () => live.final(barAt(truth, 29)));
              for (const index of [29, 30, 31]) {
                const bar = barAt(truth, index);
                const at = Math.max(bar.closeTime + 10, start + 5);
                world.clock.schedule(at, () => live.final(bar));
              }
            },
          }),
        },
      });
      const feed = world.feed(10);
      world.runTo(barAt(truth, 31).closeTime + SECOND_MS);
      const first = offsetMs < 0 ? 19 : 20;
      const expected = barsOf(truth, barAt(truth, first).openTime, barAt(truth, 32).openTime);
      expect(feed.finals).toEqual(expected);
      expect(feed.of("revision")).toEqual([]);
      expect(feed.of("rejection")).toEqual([]);
    });
  }

  test("36: the last backfilled bar is absent, live is one bar off (backtrader #269, #359) -> one label, no hole", () => {
    const truth = market({ size: "5m", from: FROM, bars: 40 });
    const start = barAt(truth, 24).closeTime;
    const world = new World(truth, start);
    const feed = world.feed(10);
    world.runTo();
    const by = (origin: string) => feed.received.filter((each) => each.origin === origin);
    expect(by("backfill").at(-1)!.bar).toEqual(barAt(truth, 24));
    expect(by("live")[0]!.bar).toEqual(barAt(truth, 25));
    expect(world.asked.length).toBe(1);
    // A live bar goes out when it has closed, under the instant at which it opened.
    for (const { bar, at } of by("live")) expect(at).toBe(bar.openTime + 5 * MINUTE_MS + 20);
  });

  test("36: a quiet market (backtrader #269) -> backfill and READY without one live word", () => {
    const truth = market({ size: "15m", from: FROM, bars: 60 });
    const start = barAt(truth, 40).openTime + MINUTE_MS;
    const silence = new ScriptedSource(truth.series);
    const world = new World(truth, start, { splice: { live: silence } });
    const { run, log } = world.run(averageStrategy(20));
    world.runTo(start + SECOND_MS);
    expect(run.state).toBe("READY");
    expect(log.bars("15m").at(-1)).toEqual(barAt(truth, 39));
    expect(silence.queries.length).toBe(1);
  });

  test("47: a live bar is older than the last historical one (bitfinex-api-py #226) -> a duplicate, or a correction", () => {
    const truth = market({ size: "1m", from: FROM, bars: 60 });
    const live = new ScriptedSource(truth.series);
    const start = barAt(truth, 40).openTime + SECOND_MS;
    const sequencer = { rememberedBars: 10 };
    const world = new World(truth, start, { splice: { live, sequencer } });
    const feed = world.feed(20);
    world.runTo(start + SECOND_MS);
    const warm = barsOf(truth, barAt(truth, 20).openTime, barAt(truth, 40).openTime);
    expect(feed.finals).toEqual(warm);

    const old = barAt(truth, 37);
    const other = changed(old, { volume: old.volume + 7 });
    live.final(old);
    expect([feed.of("rejection"), feed.of("revision")]).toEqual([[], []]);
    live.final(other);
    expect(feed.of("rejection").map(({ fault }) => fault)).toEqual(["conflict"]);
    live.final(other, 2);
    expect(feed.of("revision")).toMatchObject([{ version: 2, before: old, after: other }]);
    live.final(changed(barAt(truth, 22), { volume: 1 }));
    expect(feed.of("rejection").map(({ fault }) => fault)).toEqual(["conflict", "too-old"]);
    expect(feed.finals).toEqual(warm);
  });
});

describe("every cut", () => {
  // A short market, so that each instant at which a run can be started is tried.
  const truth = market({ size: "15m", from: FROM, bars: 70, seed: 3, emptyShare: 0.05 });
  const strategy = crossStrategy(3, 8);
  const whole = uninterrupted(truth, strategy).log;

  for (const intoBarMs of [0, 1, 7 * MINUTE_MS, 15 * MINUTE_MS - 1]) {
    test(`43: values depend on where the frame begins (freqtrade #5957, #11342, #11480), ${intoBarMs} ms into a bar -> none does`, () => {
      let signals = 0;
      for (let cut = 12; cut < truth.bars.length; cut += 1) {
        const start = barAt(truth, cut).openTime + intoBarMs;
        const world = new World(truth, start);
        const { log } = world.run(strategy);
        world.runTo();
        expect(log.readyAt).toBeLessThan(start + SECOND_MS);
        const decided = log.readyAt!;
        expect(saidAfter(log.values, decided)).toEqual(saidAfter(whole.values, decided));
        expect(saidAfter(log.signals, decided)).toEqual(saidAfter(whole.signals, decided));
        const seen = log.bars("15m");
        expect(seen).toEqual(barsOf(truth, seen[0]!.openTime));
        signals += log.signals.length;
      }
      expect(signals).toBeGreaterThan(50);
      expect(whole.readyAt).toBe(instant(FROM) + 8 * 15 * MINUTE_MS);
    });
  }
});
