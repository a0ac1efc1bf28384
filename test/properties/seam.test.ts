// Goal: whatever a gateway does that passes, the seam gives every bar of the truth once, in order
// and whole, after its close; and what it cannot give it declares.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeedOutcome } from "../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../core/feed/feed-event.ts";
import { splice } from "../../core/feed/seam/splice.ts";
import { type Bar, sameBar } from "../../core/market/bar.ts";
import { DAY_MS } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { SimGateway } from "../../sim/gateway.ts";
import type { GatewayOptions, HistoryFault } from "../../sim/gateway-options.ts";
import type { Truth } from "../../sim/truth.ts";
import { gatewayOptions, gateways, momentOf, moments, truths } from "./worlds.ts";

interface Heard {
  readonly bars: readonly Bar[];
  readonly handledAt: readonly number[];
  readonly events: readonly FeedEvent[];
  readonly outcome: FeedOutcome | undefined;
}

/** Runs a splice on a gateway from an instant to the end of the market, and a while longer. */
function listen(truth: Truth, start: number, warmUpBars: number, options: GatewayOptions): Heard {
  const time = new VirtualTime(start);
  const gateway = new SimGateway(truth, time, options);
  const { history, live } = gateway;
  const grid = () => truth.grid;
  const source = splice({ history, live, grid, clock: time, backfillMs: DAY_MS });
  const bars: Bar[] = [];
  const handledAt: number[] = [];
  const events: FeedEvent[] = [];
  let outcome: FeedOutcome | undefined;
  source.open(
    { series: truth.series, warmUpBars },
    {
      bars: (batch) => {
        for (const bar of batch.bars) {
          bars.push(bar);
          handledAt.push(time.now());
        }
      },
      coverage: () => {},
      event: (event) => events.push(event),
      end: (end) => {
        outcome = end;
      },
    },
  );
  const horizon = momentOf(truth, 1) + DAY_MS;
  while (outcome === undefined && time.step()) if (time.now() > horizon) break;
  return { bars, handledAt, events, outcome };
}

/** The bars that must come out: the last `count` of the truth. */
function expectTail(truth: Truth, heard: Heard): void {
  const first = truth.bars.length - heard.bars.length;
  heard.bars.forEach((bar, index) => {
    if (!sameBar(bar, truth.bars.at(first + index))) {
      expect({ index, bar }).toEqual({ index, bar: truth.bars.at(first + index) });
    }
  });
}

describe("the seam, for random markets, cuts and gateways", () => {
  it("gives every bar once, in order, equal to the truth, none lost, and ends", () => {
    fc.assert(
      fc.property(
        truths,
        moments,
        fc.integer({ min: 0, max: 80 }),
        gateways,
        (truth, share, warmUpBars, drawn) => {
          const start = momentOf(truth, share);
          const heard = listen(truth, start, warmUpBars, gatewayOptions(truth, drawn));
          expect(heard.outcome).toEqual({ kind: "complete" });
          expectTail(truth, heard);
          // What had closed at the start is warm-up: as much as was asked for, or all there is.
          const closed = truth.bars.closeTime.slice(0, truth.bars.length).filter((c) => c <= start);
          const before = heard.bars.filter((bar) => bar.closeTime <= start).length;
          expect(before).toBe(Math.min(warmUpBars, closed.length));
          const lost = heard.events.filter((e) => e.type === "gap" && e.outcome === "lost");
          expect(lost).toEqual([]);
          const revisions = heard.events.filter((e) => e.type === "revision");
          expect(revisions).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("declares every bar that it cannot give, and no other", () => {
    const lasting = fc.array(fc.constantFrom<HistoryFault>("denied", "failed", "partial"), {
      minLength: 1,
      maxLength: 12,
    });
    const worlds = fc.record({
      gateway: gateways,
      historyFaults: lasting,
      lossShare: fc.constant(0.3),
    });
    fc.assert(
      fc.property(truths, moments, worlds, (truth, share, world) => {
        const { gateway, historyFaults, lossShare } = world;
        const drawn = {
          ...gateway,
          lossShare,
          sendsFinals: true,
          historyFaults: [] as HistoryFault[],
        };
        const options = { ...gatewayOptions(truth, drawn), historyFaults };
        const heard = listen(truth, momentOf(truth, share), 20, options);
        expect(heard.outcome).toEqual({ kind: "complete" });
        const lost = heard.events.filter((e) => e.type === "gap" && e.outcome === "lost");
        const isLost = (bar: Bar): boolean =>
          lost.some(
            (e) => e.type === "gap" && e.range.from <= bar.openTime && bar.closeTime <= e.range.to,
          );
        const given = new Set(heard.bars.map((bar) => bar.openTime));
        const first =
          heard.bars[0]?.openTime ??
          (lost[0]?.type === "gap" ? lost[0].range.from : undefined) ??
          Number.POSITIVE_INFINITY;
        for (const bar of truth.bars) {
          if (bar.openTime < first) continue;
          // A bar that came after it had been declared lost is a revision of nothing.
          const late = heard.events.some(
            (e) => e.type === "revision" && e.before === null && sameBar(e.after, bar),
          );
          const ways = [given.has(bar.openTime), isLost(bar)].filter((way) => way).length;
          expect({ at: bar.openTime, ways, late: late && !isLost(bar) }).toEqual({
            at: bar.openTime,
            ways: 1,
            late: false,
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  it("hands out no bar before its close", () => {
    fc.assert(
      fc.property(truths, moments, gateways, (truth, share, drawn) => {
        const heard = listen(truth, momentOf(truth, share), 20, gatewayOptions(truth, drawn));
        heard.bars.forEach((bar, index) => {
          expect(heard.handledAt[index]).toBeGreaterThanOrEqual(bar.closeTime);
        });
      }),
      { numRuns: 100 },
    );
  });
});
