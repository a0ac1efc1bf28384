import { describe, expect, test } from "vitest";
import type { LiveMode } from "../../adapters/ib/live/live-options.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import type { HistoryFault, IbGatewayFault } from "../../sim/ib/index.ts";
import { expectHealed, expectNothingLeft } from "../support/ib-outcome.ts";
import { IbWorld, type IbWorldOptions, type LaterFault } from "../support/ib-world.ts";
import { barAt, market } from "../support/market.ts";
import { crossStrategy } from "../support/strategies.ts";
import { uninterrupted } from "../support/world.ts";

// Goal: whatever goes wrong at a gateway and can heal, a live run heals by itself, within a stated
// time, and what it did cannot be told from a run that never stopped.

/** Two days of New York. */
const truth = market({
  calendar: calendarByName("XNYS"),
  size: "5m",
  from: "2024-03-05T00:00:00Z",
  bars: 2 * 78,
});
const strategy = crossStrategy(4, 80);
const whole = uninterrupted(truth, strategy).log;
/** In the middle of a bar, about noon of the second. */
const START = barAt(truth, 78 + 30).openTime + 2 * MINUTE_MS + 13;
/** Amid the pages of the backfill, of which there are three. */
const BACKFILL_MS = 130;
/** Long after READY, within a bar. */
const LIVE_MS = HOUR_MS + 4_321;

interface Case {
  readonly name: string;
  /** When it goes wrong, after the start. */
  readonly atMs: number;
  readonly faults: readonly LaterFault[];
  /** READY, and for good, so long after it went wrong, at the latest. */
  readonly withinMs: number;
}

function oneFault(name: string, atMs: number, fault: IbGatewayFault, withinMs: number): Case {
  return { name, atMs, faults: [[atMs, fault]], withinMs };
}

/** A fault in the backfill and one while the run is live, alike. */
function bothTimes(name: string, fault: IbGatewayFault, withinMs: number): readonly Case[] {
  return [
    oneFault(`${name}, in backfill`, BACKFILL_MS, fault, withinMs),
    oneFault(`${name}, live`, LIVE_MS, fault, withinMs),
  ];
}

function inBackfill(what: HistoryFault, count: number, withinMs: number): Case {
  const fault = { kind: "history", what, count } as const;
  return oneFault(
    `history ${what.kind}, ${count} in a row, in backfill`,
    BACKFILL_MS,
    fault,
    withinMs,
  );
}

/** The gateway is gone for twenty minutes, and answers badly when the gap is to be repaired. */
function inRepair(what: HistoryFault, count: number, afterMs: number): Case {
  const goneMs = 20 * MINUTE_MS;
  return {
    name: `history ${what.kind}, ${count} in a row, in repair`,
    atMs: LIVE_MS,
    faults: [
      [LIVE_MS, { kind: "down", forMs: goneMs }],
      // What was asked before was answered; what is asked from then on is of the repair.
      [LIVE_MS + SECOND_MS, { kind: "history", what, count }],
    ],
    withinMs: goneMs + afterMs,
  };
}

const CASES: readonly Case[] = [
  ...bothTimes("gateway killed for 90 s", { kind: "down", forMs: 90 * SECOND_MS }, 2 * MINUTE_MS),
  ...bothTimes(
    "1100, then 1101",
    { kind: "link", forMs: 30 * SECOND_MS, ending: "1101" },
    40 * SECOND_MS,
  ),
  ...bothTimes(
    "1100, then 1102",
    { kind: "link", forMs: 20 * MINUTE_MS, ending: "1102" },
    21 * MINUTE_MS,
  ),
  ...bothTimes(
    "1100, then 1102 with streams that are dead",
    { kind: "link", forMs: 30 * SECOND_MS, ending: "1102-dead" },
    40 * SECOND_MS,
  ),
  ...bothTimes(
    "a farm blip, and 10182 on every stream",
    { kind: "farm", forMs: 2_900, kills: true },
    10 * SECOND_MS,
  ),
  ...bothTimes(
    "the farms are gone for 20 min",
    { kind: "farm", forMs: 20 * MINUTE_MS, kills: false },
    21 * MINUTE_MS,
  ),
  ...bothTimes(
    "half-open for ever",
    { kind: "half-open", forMs: Number.POSITIVE_INFINITY },
    30 * SECOND_MS,
  ),
  ...bothTimes("half-open, then reset", { kind: "half-open", forMs: 5_000 }, 15 * SECOND_MS),
  ...bothTimes("the port is changed and back", { kind: "port" }, 10 * SECOND_MS),
  oneFault("client id in use for a minute", 0, { kind: "client-id", forMs: MINUTE_MS }, 80_000),
  oneFault("streams fall silent", LIVE_MS, { kind: "silent-streams" }, 90 * SECOND_MS),
  oneFault("a bust ends every stream", LIVE_MS, { kind: "bust" }, 10 * SECOND_MS),
  oneFault(
    "another session takes the data for 10 min",
    LIVE_MS,
    { kind: "competing", forMs: 10 * MINUTE_MS },
    11 * MINUTE_MS,
  ),
  inBackfill({ kind: "pacing" }, 1, MINUTE_MS),
  inBackfill({ kind: "pacing" }, 3, 2 * MINUTE_MS),
  inBackfill({ kind: "empty" }, 1, 5 * SECOND_MS),
  inBackfill({ kind: "empty" }, 2, MINUTE_MS),
  inBackfill({ kind: "empty" }, 6, 5 * MINUTE_MS),
  inBackfill({ kind: "partial" }, 2, 5 * SECOND_MS),
  inBackfill({ kind: "fail" }, 3, 10 * SECOND_MS),
  inBackfill({ kind: "slow", byMs: 30 * SECOND_MS }, 2, MINUTE_MS),
  inBackfill({ kind: "never" }, 2, MINUTE_MS),
  inRepair({ kind: "pacing" }, 3, 3 * MINUTE_MS),
  inRepair({ kind: "empty" }, 3, 5 * MINUTE_MS),
  inRepair({ kind: "partial" }, 3, MINUTE_MS),
  inRepair({ kind: "fail" }, 3, MINUTE_MS),
  inRepair({ kind: "slow", byMs: 30 * SECOND_MS }, 3, 3 * MINUTE_MS),
  inRepair({ kind: "never" }, 2, 5 * MINUTE_MS),
];

function worldOf(mode: LiveMode, options: IbWorldOptions = {}): IbWorld {
  const feed = { mode, history: { pageBars: 30 } };
  return new IbWorld(truth, START, { feed, ...options }).live(strategy);
}

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a live run with %s", (mode) => {
  const calm = worldOf(mode).playTo();

  test("nothing goes wrong -> READY within a second, and for good", () => {
    expectHealed(calm, whole, START + SECOND_MS);
    expect(calm.log.path).toEqual(["WARMING_UP", "READY"]);
    expect(calm.link).toEqual([{ kind: "up" }]);
    expectNothingLeft(calm);
  });

  test.each(CASES)("$name -> heals by itself", ({ atMs, faults, withinMs }) => {
    const world = worldOf(mode, { faults }).playTo();
    expectHealed(world, whole, START + atMs + withinMs);
    // It did go wrong: the backfill took longer, or READY was lost.
    if (atMs < LIVE_MS) expect(world.log.readyAt).toBeGreaterThan(calm.log.readyAt!);
    else expect(world.log.path.slice(0, 3)).toEqual(["WARMING_UP", "READY", "SUSPENDED"]);
    expectNothingLeft(world);
  });

  test("while the farms are gone -> not READY on streams that say nothing", () => {
    const goneMs = 20 * MINUTE_MS;
    const faults = [[LIVE_MS, { kind: "farm", forMs: goneMs, kills: false }]] as const;
    const world = worldOf(mode, { faults });
    const gone = START + LIVE_MS;
    for (let at = gone + 20 * SECOND_MS; at < gone + goneMs; at += 5 * SECOND_MS) {
      expect(world.playTo(at).run!.state, world.log.states.at(-1)!.reason).toBe("SUSPENDED");
    }
    world.close();
  });
});
