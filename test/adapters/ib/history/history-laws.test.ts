// Goal: whatever the calendar, and however the gateway understands durations, history is delivered
// as it was, and nothing is claimed that was not.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOST_BARS } from "../../../../adapters/ib/history/history-options.ts";
import { IbHistoricalSource } from "../../../../adapters/ib/history/ib-historical-source.ts";
import { pageOf, pageRules } from "../../../../adapters/ib/history/page-plan.ts";
import { ibBarSize } from "../../../../adapters/ib/port/bar-sizes.ts";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { series } from "../../../../core/market/series.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { DAY_MS, HOUR_MS, instant, type UnixMs } from "../../../../core/time/instant.ts";
import { RangeSet } from "../../../../core/time/range.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { RecordingSink } from "../../../contracts/recording-sink.ts";
import { allCalendars } from "../../../core/time/some-calendars.ts";
import { ScriptedIbLink } from "../../../support/scripted-ib-link.ts";
import { type GatewayHabits, HistoryGateway, type HistoryQuestion } from "./history-gateway.ts";

const LABELS = ["30s", "1m", "5m", "15m", "1h", "4h", "1d"];

interface Case {
  readonly grid: BarGrid;
  readonly now: UnixMs;
  readonly from: UnixMs;
  readonly to: UnixMs;
  readonly truth: readonly Bar[];
  readonly pageBars: number;
  readonly habits: GatewayHabits;
}

const price = (openTime: UnixMs): number => 100 + ((openTime / 30_000) % 977) / 8;

function barAt(openTime: UnixMs, closeTime: UnixMs): Bar {
  const close = price(openTime);
  const volume = 1 + ((openTime / 30_000) % 89);
  return { openTime, closeTime, open: close - 1, high: close + 2, low: close - 2, close, volume };
}

/** Whether something trades in a slot: drawn by its time, so that it needs no table. */
const trades = (openTime: UnixMs, emptyShare: number): boolean =>
  ((openTime / 30_000) * 7_919) % 1_000 >= emptyShare * 1_000;

const cases = (emptyShares: readonly number[]): fc.Arbitrary<Case> =>
  fc
    .record({
      calendar: fc.constantFrom(...allCalendars),
      label: fc.constantFrom(...LABELS),
      alignment: fc.constantFrom("session" as const, "clock" as const),
      hour: fc.integer({ min: 0, max: 3 * 365 * 24 }),
      ms: fc.integer({ min: 0, max: HOUR_MS }),
      back: fc.integer({ min: 0, max: 150 }),
      length: fc.integer({ min: 1, max: 150 }),
      offsetMs: fc.constantFrom(0, 0, 1, 60_000),
      before: fc.integer({ min: 0, max: 120 }),
      emptyShare: fc.constantFrom(...emptyShares),
      pageBars: fc.integer({ min: 3, max: 120 }),
      seconds: fc.constantFrom("trading" as const, "clock" as const),
      days: fc.constantFrom("trading" as const, "clock" as const),
      mostRows: fc.constantFrom(10_000, 10_000, 40, 5),
      tellsEmptySlots: fc.boolean(),
    })
    .map((drawn) => {
      const grid = new BarGrid(drawn.calendar, barSize(drawn.label), drawn.alignment);
      const now = instant("2019-06-01T00:00:00Z") + drawn.hour * HOUR_MS + drawn.ms;
      const back = (at: UnixMs, bars: number) => {
        return grid.nthBack(at, bars) ?? grid.slotAtOrAfter(grid.calendar.firstDay * DAY_MS)!;
      };
      const last = back(now, 1 + drawn.back);
      const first = back(last.closeTime, drawn.length);
      const oldest = back(first.openTime, drawn.before + 1);
      const truth = [...grid.slots({ from: oldest.openTime, to: now + 2 * DAY_MS })]
        .filter(({ openTime }) => trades(openTime, drawn.emptyShare))
        .map(({ openTime, closeTime }) => barAt(openTime, closeTime));
      const { seconds, days, mostRows, tellsEmptySlots, pageBars, offsetMs } = drawn;
      const habits = { seconds, days, mostRows, tellsEmptySlots };
      const from = first.openTime - offsetMs;
      return { grid, now, from, to: last.closeTime + offsetMs, truth, pageBars, habits };
    });

/**
 * No request for so small bars reaches behind a closed week: that nothing traded in the first
 * minutes after it can be seen from nothing else.
 */
function afterClosedWeek(): Case {
  const odd = allCalendars.find(({ name }) => name === "ODD")!;
  const grid = new BarGrid(odd, barSize("1m"));
  const now = instant("2022-03-06T00:42:25.329Z");
  const from = instant("2022-02-28T22:31:17Z");
  const truth = [...grid.slots({ from: from - 3 * HOUR_MS, to: now + 2 * DAY_MS })]
    .filter(({ openTime }) => trades(openTime, 0.9))
    .map(({ openTime, closeTime }) => barAt(openTime, closeTime));
  const habits = { seconds: "trading", days: "trading", mostRows: 40 } as const;
  return { grid, now, from, to: instant("2022-03-05T01:23:00Z"), truth, pageBars: 577, habits };
}

function hear({ grid, now, from, to, truth, pageBars, habits }: Case) {
  const time = new VirtualTime(now);
  const link = new ScriptedIbLink(time);
  const gateway = new HistoryGateway(grid, truth, habits);
  link.script = (asked) => gateway.reply(asked, time.now());
  const of = series(instrument("TEST"), grid.size);
  const contract = ibContract({ conId: 1, symbol: "TEST", secType: "STK" });
  const source = new IbHistoricalSource({
    link,
    contract,
    grid: () => grid,
    options: { pageBars, settleMs: 0 },
  });
  const sink = new RecordingSink();
  source.open({ series: of, from, to }, sink);
  for (let step = 0; step < 20_000 && sink.outcomes.length === 0; step += 1) time.step();
  return { sink, link, time };
}

const ascending = (bars: readonly Bar[]): Bar[] =>
  [...bars].sort((a, b) => a.openTime - b.openTime);

describe("history, as laws", () => {
  // Goal: exactly the final bars of the range, each once, and everything is claimed in the end.
  it("delivers the truth of the range and covers all of it", () => {
    fc.assert(
      fc.property(cases([0, 0, 0.2, 0.9]), (world) => {
        const { sink, time } = hear(world);
        const { grid, now, from, to, truth } = world;
        const wanted = truth.filter((bar) => {
          return bar.openTime >= from && bar.openTime < to && bar.closeTime <= now;
        });
        expect(ascending(sink.delivered)).toEqual(wanted);
        expect(sink.outcomes).toEqual([{ kind: wanted.length > 0 ? "complete" : "empty" }]);
        const claimed = new RangeSet();
        for (const { range } of sink.claims) claimed.add(range);
        const closed = [...grid.slots({ from, to })].filter(({ closeTime }) => closeTime <= now);
        for (const slot of closed) {
          const part = { from: slot.openTime, to: Math.min(slot.closeTime, to) };
          expect(claimed.covers(part)).toBe(true);
        }
        expect(time.nextAt).toBeUndefined();
      }),
      { numRuns: 400, examples: [[afterClosedWeek()]] },
    );
  });

  // Goal: a claim is true when it is made, page by page, the newest first.
  it("never claims a slot whose bar it has not delivered", () => {
    fc.assert(
      fc.property(cases([0, 0.3]), (world) => {
        const { sink } = hear(world);
        let newest = Number.POSITIVE_INFINITY;
        for (const { range, barsBefore } of sink.claims) {
          const told = new Set(sink.delivered.slice(0, barsBefore).map((bar) => bar.openTime));
          for (const bar of world.truth) {
            const isClaimed = bar.openTime >= range.from && bar.closeTime <= range.to;
            if (isClaimed && bar.openTime >= world.from) expect(told).toContain(bar.openTime);
          }
          expect(range.to).toBeLessThanOrEqual(newest);
          newest = range.from;
        }
      }),
      { numRuns: 150 },
    );
  });

  // Goal: a gateway that answers in full is asked for no page more than was planned.
  it("asks exactly the pages that the plan names", () => {
    fc.assert(
      fc.property(cases([0]), (drawn) => {
        const from = drawn.grid.slotAtOrAfter(drawn.from)!.openTime;
        const to = drawn.grid.slotClosedBy(Math.min(drawn.to, drawn.now))!.closeTime;
        const world = { ...drawn, from, to, habits: { ...drawn.habits, mostRows: 10_000 } };
        const { link } = hear(world);
        const rules = pageRules(world.grid, { pageBars: world.pageBars });
        const planned: string[] = [];
        for (let end = to; ; ) {
          const page = pageOf(rules, { from, to: end }, world.now, end === to);
          if (page === undefined) break;
          expect(page.slots).toBeLessThanOrEqual(world.pageBars);
          planned.push(`${page.end} ${page.duration}`);
          end = page.range.from;
        }
        const texts = link.asked.flatMap(({ question }) => {
          return question.kind === "history" ? `${question.end} ${question.duration}` : [];
        });
        // An answer that reaches further back than it had to saves pages; where history begins
        // with the range, its absence before that is asked for as well.
        expect(texts[0]).toBe(planned[0]);
        expect(texts.length).toBeLessThanOrEqual(planned.length + 2);
      }),
      { numRuns: 150 },
    );
  });

  // Goal: no answer can be so long that the client's decoder stands still.
  it("never asks for more bars than one answer may hold", () => {
    fc.assert(
      fc.property(cases([0]), fc.integer({ min: 500, max: MOST_BARS }), (world, pageBars) => {
        const { grid, now } = world;
        const rules = pageRules(grid, { pageBars });
        const reach = grid.nthBack(now, 2_500)?.openTime ?? now;
        const page = pageOf(rules, { from: reach, to: now }, now, true);
        if (page === undefined) return;
        for (const seconds of ["trading", "clock"] as const) {
          for (const days of ["trading", "clock"] as const) {
            const gateway = new HistoryGateway(grid, [], { seconds, days, tellsEmptySlots: true });
            const rows = gateway.answer(
              { ...QUESTION, ...page, barSize: ibBarSize(grid.size) },
              now,
            );
            expect(rows.length).toBeLessThanOrEqual(MOST_BARS);
            expect(rows.length).toBeGreaterThanOrEqual(page.slots);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

const QUESTION: HistoryQuestion = {
  kind: "history",
  contract: ibContract({ symbol: "TEST" }),
  end: "",
  duration: "1 D",
  barSize: "1 min",
  whatToShow: "TRADES",
  useRegularHours: true,
  formatDate: 2,
  keepUpToDate: false,
};
