import { describe, expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import { expectBars, expectNothingLeft, readySince } from "../support/ib-outcome.ts";
import { IbWorld, type LaterFault } from "../support/ib-world.ts";
import { barAt, barsOf, market, plain } from "../support/market.ts";
import { saidAfter } from "../support/run-log.ts";
import { crossStrategy } from "../support/strategies.ts";
import { uninterrupted } from "../support/world.ts";

// Goal: a bar that history corrects after it went out is told as a revision, never as a second bar,
// and from then on a run says what a run on the corrected market says.

const truth = market({ size: "5m", from: "2024-03-05T00:00:00Z", bars: 200 });
const strategy = crossStrategy(4, 60);
const whole = uninterrupted(truth, strategy).log;
/** In the bar 120. */
const START = barAt(truth, 120).openTime + 2 * MINUTE_MS;
/** Half a minute after the close of the bar 132. */
const LATER_MS = HOUR_MS + 3 * MINUTE_MS + 30 * SECOND_MS;

interface Case {
  readonly name: string;
  readonly faults: readonly LaterFault[];
  /** Where the corrected bar lies in the truth. */
  readonly index: number;
  /** The last bar before the correction is known. */
  readonly before: number;
  /** The first bar after it must be known. */
  readonly after: number;
}

const CASES: readonly Case[] = [
  {
    name: "the bar that closed half a minute ago",
    faults: [[LATER_MS, { kind: "revise", back: 1 }]],
    index: 132,
    before: 132,
    after: 133,
  },
  {
    name: "a bar of half an hour ago",
    faults: [[LATER_MS, { kind: "revise", back: 6 }]],
    index: 127,
    before: 132,
    after: 133,
  },
  {
    name: "a bar that came with the backfill",
    faults: [[LATER_MS - 30 * MINUTE_MS, { kind: "revise", back: 10 }]],
    index: 117,
    before: 126,
    after: 127,
  },
  {
    name: "a bar that went out before the gateway was gone for ten minutes",
    faults: [
      [LATER_MS, { kind: "down", forMs: 10 * MINUTE_MS }],
      [LATER_MS + MINUTE_MS, { kind: "revise", back: 1 }],
    ],
    index: 132,
    before: 132,
    // The bars of the outage come at once when it is over, before the second look at those before.
    after: 136,
  },
];

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a live run with %s", (mode) => {
  test.each(CASES)(
    "$name is corrected -> a revision, and the corrected market's indicators",
    (each) => {
      const { faults, index, before, after } = each;
      const world = new IbWorld(truth, START, { feed: { mode }, faults }).live(strategy);
      world.playTo(barAt(truth, -1).closeTime + 10 * SECOND_MS);
      const { log } = world;
      const told = log.of("revision").map((event) => ({
        version: event.version,
        before: event.before === null ? null : plain(event.before),
        after: plain(event.after),
      }));
      const original = barAt(truth, index);
      expect(told).toEqual([{ version: 2, before: original, after: expect.anything() }]);
      const corrected = told[0]!.after;
      expect({ ...corrected, close: 0, high: 0, low: 0 }).toEqual({
        ...original,
        close: 0,
        high: 0,
        low: 0,
      });
      expect(Math.abs(corrected.close - original.close)).toBeCloseTo(0.01, 9);

      expectBars(log, truth);
      expect(log.of("rejection")).toEqual([]);
      expect(readySince(world)).toBeLessThan(START + LATER_MS + 11 * MINUTE_MS);
      const bars = barsOf(truth).map((bar) =>
        bar.openTime === original.openTime ? corrected : bar,
      );
      const revised = uninterrupted(truth, strategy, { bars }).log;
      // Values up to the bar before are of the old market, those from the bar after on of the new.
      const known = barAt(truth, after).closeTime - 1;
      const unknown = barAt(truth, before).closeTime;
      const values = saidAfter(log.values, log.readyAt!);
      const until = <T extends { readonly closeTime: number }>(said: readonly T[]): readonly T[] =>
        said.filter(({ closeTime }) => closeTime <= unknown);
      expect(until(values)).toEqual(until(saidAfter(whole.values, log.readyAt!)));
      expect(saidAfter(values, known)).toEqual(saidAfter(revised.values, known));
      expect(saidAfter(log.signals, known)).toEqual(saidAfter(revised.signals, known));
      expect(saidAfter(revised.values, known)).not.toEqual(saidAfter(whole.values, known));
      expect([...world.gateway.violations]).toEqual([]);
      expectNothingLeft(world);
    },
  );
});
