import fc from "fast-check";
import {
  BarAggregator,
  type BarAggregatorOptions,
} from "../../../../core/feed/aggregation/bar-aggregator.ts";
import type {
  BarBatch,
  BarOrigin,
  BarSink,
  FeedOutcome,
} from "../../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../../core/feed/feed-event.ts";
import { type Bar, createBar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { type Series, series } from "../../../../core/market/series.ts";
import { BarGrid, type GridAlignment } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import {
  DAY_MS,
  HOUR_MS,
  instant,
  MINUTE_MS,
  type UnixMs,
  utcDay,
} from "../../../../core/time/instant.ts";
import type { TimeRange } from "../../../../core/time/range.ts";
import {
  calendarOfSessions,
  type Session,
  type TradingCalendar,
} from "../../../../core/time/trading-calendar.ts";
import { NEW_YORK, SHANGHAI, UTC, wallTime } from "../../../../core/time/zone.ts";

const STOCK = instrument("TEST");

export const seriesOf = (size: string): Series => series(STOCK, barSize(size));

/** A bar as a plain value. */
export function plain(bar: Bar): Bar {
  const { openTime, closeTime, open, high, low, close, volume } = bar;
  return { openTime, closeTime, open, high, low, close, volume };
}

/** Writes down every word in order: bars one by one, so that batches make no difference. */
export class WordLog implements BarSink {
  readonly words: (
    | { readonly bar: Bar; readonly origin: BarOrigin }
    | { readonly covered: TimeRange }
    | { readonly event: FeedEvent }
    | { readonly outcome: FeedOutcome }
  )[] = [];
  batches = 0;

  bars(batch: BarBatch): void {
    this.batches += 1;
    for (const bar of batch.bars) this.words.push({ bar: plain(bar), origin: batch.origin });
  }
  coverage(covered: TimeRange): void {
    this.words.push({ covered });
  }
  event(event: FeedEvent): void {
    this.words.push({ event });
  }
  end(outcome: FeedOutcome): void {
    this.words.push({ outcome });
  }

  get finals(): Bar[] {
    return this.words.flatMap((word) => ("bar" in word ? [word.bar] : []));
  }
  get events(): FeedEvent[] {
    return this.words.flatMap((word) => ("event" in word ? [word.event] : []));
  }
  /** The bars as they stand after all revisions, in order. */
  get view(): Bar[] {
    const bars = new Map(this.finals.map((bar) => [bar.openTime, bar]));
    for (const event of this.events) {
      if (event.type === "revision") bars.set(event.after.openTime, plain(event.after));
    }
    return [...bars.values()].sort((a, b) => a.openTime - b.openTime);
  }
}

/** An aggregator between two sizes and everything that comes out of it. */
export class Bench {
  readonly log = new WordLog();
  readonly base: Series;
  readonly baseGrid: BarGrid;
  readonly grid: BarGrid;
  readonly aggregator: BarAggregator;

  constructor(
    calendar: TradingCalendar,
    from: string,
    to: string,
    more: Pick<BarAggregatorOptions, "rememberedBars" | "clock"> = {},
    alignment: GridAlignment = "session",
    sink?: BarSink,
  ) {
    this.base = seriesOf(from);
    this.baseGrid = new BarGrid(calendar, barSize(from), alignment);
    this.grid = new BarGrid(calendar, barSize(to), alignment);
    const { base, baseGrid, grid } = this;
    this.aggregator = new BarAggregator({ base, baseGrid, grid, ...more }, sink ?? this.log);
  }

  send(bars: readonly Bar[], origin: BarOrigin = "replay"): void {
    this.aggregator.bars({
      series: this.base,
      bars: BarColumns.of(bars),
      finality: "final",
      origin,
      version: 1,
    });
  }

  cover(from: UnixMs, to: UnixMs): void {
    this.aggregator.coverage({ from, to });
  }

  gap(outcome: "suspected" | "repaired" | "empty" | "lost", from: UnixMs, to: UnixMs): void {
    const range = { from, to };
    this.aggregator.event({ type: "gap", series: this.base, range, outcome, reason: "test" });
  }

  revise(before: Bar | null, after: Bar, version = 2): void {
    this.aggregator.event({ type: "revision", series: this.base, version, before, after });
  }

  end(outcome: FeedOutcome = { kind: "complete" }): void {
    this.aggregator.end(outcome);
  }
}

/** The larger bars by the plainest reading: every slot that has bars, summed in whole numbers. */
export function naive(bars: readonly Bar[], grid: BarGrid): Bar[] {
  const groups = new Map<UnixMs, Bar[]>();
  for (const bar of bars) {
    const { openTime } = grid.slotAt(bar.openTime)!;
    groups.set(openTime, [...(groups.get(openTime) ?? []), bar]);
  }
  return [...groups].map(([openTime, group]) => ({
    openTime,
    closeTime: grid.closeOf(openTime),
    open: group[0]!.open,
    high: Math.max(...group.map(({ high }) => high)),
    low: Math.min(...group.map(({ low }) => low)),
    close: group.at(-1)!.close,
    volume: group.reduce((sum, { volume }) => sum + volume, 0),
  }));
}

/** Lunch break, by minutes that no size divides. */
export const LUNCH = dailyHours("LUNCH", [
  [9 * 60 + 30, 11 * 60 + 37],
  [13 * 60, 15 * 60],
]);

function dailyHours(name: string, hours: readonly (readonly [number, number])[]): TradingCalendar {
  const first = utcDay(instant("2024-01-02T00:00:00Z"));
  const sessions = [0, 1, 2, 3].map((later) => ({
    day: first + later,
    segments: hours.map(([from, to]) => ({
      from: wallTime(SHANGHAI, first + later, from * MINUTE_MS),
      to: wallTime(SHANGHAI, first + later, to * MINUTE_MS),
    })),
  }));
  return calendarOfSessions(name, SHANGHAI, sessions);
}

/** Open overnight, through a change of the clocks. */
const overnight = (firstDay: string): TradingCalendar => {
  const first = utcDay(instant(`${firstDay}T00:00:00Z`));
  const sessions = [0, 1, 2].map((later) => ({
    day: first + later,
    segments: [
      {
        from: wallTime(NEW_YORK, first + later, -3 * HOUR_MS),
        to: wallTime(NEW_YORK, first + later, 4 * HOUR_MS + 30 * MINUTE_MS),
      },
    ],
  }));
  return calendarOfSessions(`OVERNIGHT ${firstDay}`, NEW_YORK, sessions);
};

/** Sessions of one to three segments of odd lengths, some the night before. */
const anyCalendar: fc.Arbitrary<TradingCalendar> = fc
  .array(
    fc.record({
      start: fc.integer({ min: -240, max: 300 }),
      segments: fc.array(
        fc.record({
          pause: fc.integer({ min: 0, max: 60 }),
          length: fc.integer({ min: 1, max: 80 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((days) => {
    const first = utcDay(instant("2024-05-06T00:00:00Z"));
    const sessions: Session[] = days.map(({ start, segments }, index) => {
      let at = (first + index) * DAY_MS + start * MINUTE_MS;
      const spans = segments.map(({ pause, length }) => {
        const from = at + pause * MINUTE_MS;
        at = from + length * MINUTE_MS;
        return { from, to: at };
      });
      return { day: first + index, segments: spans };
    });
    return calendarOfSessions("ANY", UTC, sessions);
  });

export const calendars: fc.Arbitrary<TradingCalendar> = fc.oneof(
  { weight: 3, arbitrary: anyCalendar },
  {
    weight: 1,
    arbitrary: fc.constantFrom(LUNCH, overnight("2024-03-09"), overnight("2024-11-02")),
  },
);

export const alignments: fc.Arbitrary<GridAlignment> = fc.constantFrom("session", "clock");

/** The minutes of all sessions of a calendar. */
export function minutesOf(calendar: TradingCalendar, alignment: GridAlignment): UnixMs[] {
  const grid = new BarGrid(calendar, barSize("1m"), alignment);
  const from = (calendar.firstDay - 2) * DAY_MS;
  return [...grid.slots({ from, to: (calendar.lastDay + 2) * DAY_MS })].map(
    (slot) => slot.openTime,
  );
}

/** A one-minute bar drawn from a number: ticks of 0.2, whole volumes. */
export function minuteBar(openTime: UnixMs, draw: number): Bar {
  const ticks = (part: number): number => 100 + ((draw >>> part) % 16) * 0.2;
  const prices = [ticks(0), ticks(4), ticks(8), ticks(12)];
  return createBar({
    openTime,
    closeTime: openTime + MINUTE_MS,
    open: prices[0]!,
    close: prices[1]!,
    high: Math.max(...prices),
    low: Math.min(...prices),
    volume: (draw >>> 16) % 1000,
  });
}

/** Repeatable numbers from a seed, for what has too many draws to be drawn one by one. */
export function* numbers(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield (state ^ (state >>> 15)) >>> 0;
  }
}

/** Bars of a calendar's minutes; about one in `thin` is missing, none when it is 0. */
export function minuteBars(
  calendar: TradingCalendar,
  alignment: GridAlignment,
  seed: number,
  thin: number,
): Bar[] {
  const draws = numbers(seed);
  return minutesOf(calendar, alignment).flatMap((openTime) => {
    const isMissing = thin > 0 && draws.next().value % thin === 0;
    const draw = draws.next().value;
    return isMissing ? [] : [minuteBar(openTime, draw)];
  });
}

/** Cuts a list into parts at places drawn from a seed. */
export function split<T>(list: readonly T[], seed: number): T[][] {
  const draws = numbers(seed);
  const parts: T[][] = [];
  for (let at = 0; at < list.length; ) {
    const size = 1 + (draws.next().value % 40);
    parts.push(list.slice(at, at + size));
    at += size;
  }
  return parts;
}
