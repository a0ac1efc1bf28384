import fc from "fast-check";
import { instrument } from "../../core/market/instrument.ts";
import { series } from "../../core/market/series.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, utcDay } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { calendarOfSessions, type TradingCalendar } from "../../core/time/trading-calendar.ts";
import { UTC } from "../../core/time/zone.ts";
import type { GatewayOptions, HistoryFault } from "../../sim/gateway-options.ts";
import { generateBars } from "../../sim/generate.ts";
import { Truth } from "../../sim/truth.ts";

/** Hours of a trading day, as offsets from UTC midnight in minutes. */
const HOURS: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  lunch: [
    [90, 210],
    [300, 420],
  ],
  short: [[870, 960]],
  overnight: [[-120, 1260]],
  round: [[0, 1440]],
};

const FIRST_DAY = utcDay(instant("2024-03-04T00:00:00Z"));

/** Weekdays and some holidays under one of four kinds of hours. */
function calendarOf(hours: string, holidays: readonly number[]): TradingCalendar {
  const days = Array.from({ length: 500 }, (_, index) => FIRST_DAY + index).filter(
    (day, index) => (hours === "round" || (day + 3) % 7 < 5) && !holidays.includes(index),
  );
  return calendarOfSessions(
    hours,
    UTC,
    days.map((day) => ({
      day,
      segments: HOURS[hours]!.map(([from, to]) => ({
        from: day * DAY_MS + from * MINUTE_MS,
        to: day * DAY_MS + to * MINUTE_MS,
      })),
    })),
  );
}

/** A random kind of market: its calendar, its bar size and how it moves. */
const markets = fc.record({
  hours: fc.constantFrom("lunch", "short", "overnight", "round"),
  size: fc.constantFrom("1m", "5m", "15m", "45m", "1h"),
  bars: fc.integer({ min: 5, max: 160 }),
  seed: fc.nat(1_000_000),
  emptyShare: fc.constantFrom(0, 0, 0.05, 0.4),
  holidays: fc.array(fc.nat(30), { maxLength: 4 }),
});

type Market = typeof markets extends fc.Arbitrary<infer T> ? T : never;

function truthOf({ hours, size, bars, seed, emptyShare, holidays }: Market): Truth {
  const grid = new BarGrid(calendarOf(hours, holidays), barSize(size));
  const made = generateBars(grid, { seed, bars, from: FIRST_DAY * DAY_MS, emptyShare });
  return new Truth(series(instrument("X"), grid.size), grid, made, seed);
}

/** A random market of 5 to 160 bars. */
export const truths = markets.map(truthOf);

/** A random market of exactly so many bars. */
export function truthsOf(bars: number): fc.Arbitrary<Truth> {
  return markets.map((market) => truthOf({ ...market, bars }));
}

/** Where in the life of a market something happens: 0 at its first open, 1 at its last close. */
export const moments = fc.double({ min: 0, max: 1, noNaN: true });

export function momentOf(truth: Truth, share: number): number {
  const from = truth.bars.openTime[0]!;
  const to = truth.bars.closeTime[truth.bars.length - 1]!;
  return Math.floor(from + (to - from) * share);
}

/** Faults that pass: whatever they do, nothing may be lost in the end. */
const passing = fc.constantFrom<HistoryFault>("failed", "silent", "partial", "empty", "pacing");

/** How a gateway misbehaves; outages as shares of the market's life. */
export const gateways = fc.record({
  seed: fc.nat(1_000_000),
  historyDelayMs: fc.constantFrom(1, 40, 900),
  pageBars: fc.integer({ min: 1, max: 60 }),
  historyLagMs: fc.constantFrom(0, 0, 1_500, 8_000),
  historyFaults: fc.array(passing, { maxLength: 3 }),
  historyShowsForming: fc.boolean(),
  liveDelayMs: fc.constantFrom(0, 20, 700),
  jitterMs: fc.constantFrom(0, 0, 300, 2_000),
  reorders: fc.boolean(),
  updatesPerBar: fc.integer({ min: 0, max: 6 }),
  sendsFinals: fc.boolean(),
  duplicateShare: fc.constantFrom(0, 0.2),
  lateShare: fc.constantFrom(0, 0, 0.2),
  lateMs: fc.constantFrom(2_000, 400_000),
  lossShare: fc.constantFrom(0, 0, 0.1),
  outages: fc.array(fc.tuple(moments, fc.integer({ min: 1, max: 3 * HOUR_MS })), { maxLength: 3 }),
});

interface Gateway extends Omit<GatewayOptions, "outages"> {
  readonly sendsFinals: boolean;
  readonly jitterMs: number;
  readonly outages: readonly (readonly [number, number])[];
}

/** The options of a drawn gateway for a market: its outages placed in time, disjoint. */
export function gatewayOptions(truth: Truth, drawn: Gateway): GatewayOptions {
  const outages: TimeRange[] = [];
  for (const [share, length] of [...drawn.outages].sort((a, b) => a[0] - b[0])) {
    const last = outages[outages.length - 1];
    const from = Math.max(momentOf(truth, share), (last?.to ?? 0) + 1);
    outages.push({ from, to: from + length });
  }
  if (drawn.sendsFinals) return { ...drawn, outages };
  // Without stated finals only the order of messages tells which restatement was the last, and it
  // has to arrive, and within the grace: what comes later becomes a revision.
  const jitterMs = Math.min(drawn.jitterMs, 300);
  return { ...drawn, outages, reorders: false, lossShare: 0, jitterMs };
}
