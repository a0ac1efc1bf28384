import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregate } from "../../../../core/feed/aggregation/aggregate.ts";
import type { FeedOutcome } from "../../../../core/feed/bar-source.ts";
import { splice } from "../../../../core/feed/seam/splice.ts";
import { series } from "../../../../core/market/series.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSizeOfMs } from "../../../../core/time/bar-size.ts";
import { DAY_MS, type UnixMs } from "../../../../core/time/instant.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { SimGateway } from "../../../../sim/gateway.ts";
import type { GatewayOptions } from "../../../../sim/gateway-options.ts";
import type { Truth } from "../../../../sim/truth.ts";
import { gatewayOptions, gateways, momentOf, moments, truths } from "../../../properties/worlds.ts";
import { naive, plain, WordLog } from "./aggregator-fixture.ts";

interface Heard {
  readonly log: WordLog;
  readonly grid: BarGrid;
  readonly outcome: FeedOutcome | undefined;
}

/** Listens to bars four times as long as those a gateway has, to the end of the market. */
function listen(truth: Truth, start: UnixMs, warmUpBars: number, options: GatewayOptions): Heard {
  const clock = new VirtualTime(start);
  const { history, live } = new SimGateway(truth, clock, options);
  const { instrument, size: base } = truth.series;
  const larger = new BarGrid(truth.grid.calendar, barSizeOfMs(4 * base.ms), truth.grid.alignment);
  const spliced = splice({ history, live, grid: () => truth.grid, clock, backfillMs: DAY_MS });
  const source = aggregate(spliced, {
    base,
    grid: ({ size }) => (size === base ? truth.grid : larger),
    clock,
  });
  const log = new WordLog();
  source.open({ series: series(instrument, larger.size), warmUpBars }, log);
  const horizon = momentOf(truth, 1) + DAY_MS;
  const outcomeOf = (): FeedOutcome | undefined => {
    const last = log.words.at(-1);
    return last !== undefined && "outcome" in last ? last.outcome : undefined;
  };
  while (outcomeOf() === undefined && clock.step()) if (clock.now() > horizon) break;
  return { log, grid: larger, outcome: outcomeOf() };
}

// Goal: larger bars of history and live joined are those of the truth, wherever a run begins.
describe("an aggregate of a splice", () => {
  it("gives the whole periods of the truth, warm-up included, for any start and gateway", () => {
    const warmUps = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(truths, moments, warmUps, gateways, (truth, share, warmUpBars, drawn) => {
        const start = momentOf(truth, share);
        const { log, grid, outcome } = listen(
          truth,
          start,
          warmUpBars,
          gatewayOptions(truth, drawn),
        );
        expect(outcome).toBeDefined();
        const end = momentOf(truth, 1);
        const whole = naive([...truth.bars].map(plain), grid);
        const closed = whole.filter(({ closeTime }) => closeTime <= end);
        const seen = log.view.filter(({ closeTime }) => closeTime <= end);
        expect(seen).toEqual(closed.slice(closed.length - seen.length));
        const closedAtStart = (bars: readonly { readonly closeTime: UnixMs }[]): number =>
          bars.filter(({ closeTime }) => closeTime <= start).length;
        // The first period of all may have begun before the market of the test did.
        const full = closedAtStart(closed.slice(1));
        expect(closedAtStart(seen)).toBeGreaterThanOrEqual(Math.min(warmUpBars, full));
      }),
      { numRuns: 150 },
    );
  });
});
