import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import type { IbGatewayFault } from "../../sim/ib/index.ts";
import {
  expectBars,
  expectNothingLeft,
  expectSame,
  expectSpotless,
  readySince,
} from "../support/ib-outcome.ts";
import { IbWorld, type IbWorldOptions } from "../support/ib-world.ts";
import { barAt, market } from "../support/market.ts";
import { crossStrategy } from "../support/strategies.ts";
import { uninterrupted } from "../support/world.ts";

// Goal: the laws of the live path hold wherever a run starts and whatever goes wrong once: every
// bar of the truth once, in order, values of a run that never stopped, READY in the end, nothing
// broken at the gateway, nothing left behind.

/** Shanghai, Wednesday to Monday: lunch breaks, nights and a weekend. */
const truth = market({
  calendar: calendarByName("CFFEX"),
  size: "15m",
  from: "2024-03-13T00:00:00Z",
  bars: 16 * 4,
});
const strategy = crossStrategy(3, 20);
const whole = uninterrupted(truth, strategy).log;
const FIRST = barAt(truth, 24).openTime;
const LAST = barAt(truth, 56).openTime;

const starts = fc.oneof(
  fc.integer({ min: FIRST, max: LAST }),
  // About the edges of bars, of lunch, of a day: the last second, the first, and the very instant.
  fc
    .tuple(
      fc.integer({ min: 24, max: 55 }),
      fc.constantFrom("openTime" as const, "closeTime" as const),
      fc.integer({ min: -1_000, max: 1_000 }),
    )
    .map(([index, edge, byMs]) => barAt(truth, index)[edge] + byMs),
);

const spans = fc.integer({ min: 1, max: 30 * MINUTE_MS });

const faults: fc.Arbitrary<IbGatewayFault> = fc.oneof(
  spans.map((forMs) => ({ kind: "down", forMs }) as const),
  fc
    .tuple(spans, fc.constantFrom("1101" as const, "1102" as const, "1102-dead" as const))
    .map(([forMs, ending]) => ({ kind: "link", forMs, ending }) as const),
  fc.tuple(spans, fc.boolean()).map(([forMs, kills]) => ({ kind: "farm", forMs, kills }) as const),
  fc
    .oneof(spans, fc.constant(Number.POSITIVE_INFINITY))
    .map((forMs) => ({ kind: "half-open", forMs }) as const),
  spans.map((forMs) => ({ kind: "client-id", forMs }) as const),
  spans.map((forMs) => ({ kind: "competing", forMs }) as const),
  fc.constantFrom(
    { kind: "silent-streams" } as const,
    { kind: "bust" } as const,
    { kind: "port" } as const,
  ),
  fc
    .tuple(
      fc.constantFrom(
        "empty" as const,
        "partial" as const,
        "never" as const,
        "fail" as const,
        "pacing" as const,
      ),
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([kind, count]) => ({ kind: "history", what: { kind }, count }) as const),
  fc
    .tuple(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 3 }))
    .map(([byMs, count]) => ({ kind: "history", what: { kind: "slow", byMs }, count }) as const),
);

const runs = fc.record({
  start: starts,
  mode: fc.constantFrom("keep-up-to-date" as const, "real-time-bars" as const),
  pageBars: fc.constantFrom(7, 30, 2_000),
});

const troubles = fc.record({
  afterMs: fc.oneof(
    fc.integer({ min: 0, max: SECOND_MS }),
    fc.integer({ min: 0, max: 3 * HOUR_MS }),
  ),
  fault: faults,
});

describe("a live run that starts at any moment", () => {
  const play = (start: number, options: IbWorldOptions) => {
    const world = new IbWorld(truth, start, options).live(strategy);
    // Whatever goes wrong last has time to heal, and the next session is far away.
    world.playTo(world.endsAt + 5 * HOUR_MS);
    readySince(world);
    expectBars(world.log, truth);
    expectSame(world.log, whole);
    expectSpotless(world.log);
    expect([...world.gateway.violations]).toEqual([]);
    const { path } = world.log;
    expectNothingLeft(world);
    return { path, readyAt: world.log.readyAt! };
  };

  test("nothing goes wrong -> READY within a second, 3 s after the last close, and for good", () => {
    fc.assert(
      fc.property(runs, ({ start, mode, pageBars }) => {
        const { path, readyAt } = play(start, { feed: { mode, history: { pageBars } } });
        expect(path).toEqual(["WARMING_UP", "READY"]);
        // A bar that has only just closed may lack its last trades for 3 s.
        expect(readyAt).toBeLessThan(start + 3.5 * SECOND_MS);
      }),
      { numRuns: 20 },
    );
  });

  test("one thing goes wrong at any moment -> healed by itself", () => {
    fc.assert(
      fc.property(runs, troubles, ({ start, mode, pageBars }, { afterMs, fault }) => {
        play(start, { feed: { mode, history: { pageBars } }, faults: [[afterMs, fault]] });
      }),
      { numRuns: 40 },
    );
  });
});
