// Goal: every source there is keeps one contract, so that a consumer cannot tell which it has.
import { aggregate } from "../../core/feed/aggregation/aggregate.ts";
import type { BarSource } from "../../core/feed/bar-source.ts";
import { MemorySource } from "../../core/feed/memory-source.ts";
import { splice } from "../../core/feed/seam/splice.ts";
import type { Bar } from "../../core/market/bar.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import { type BarSize, barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant, MINUTE_MS } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { SimGateway } from "../../sim/gateway.ts";
import { Truth } from "../../sim/truth.ts";
import { CONTRACT_SERIES, testBarSourceContract } from "./bar-source-contract.ts";

const BEGINNING = instant("2024-01-01T00:00:00Z");
const LATER = instant("2024-01-03T00:00:00Z");
const gridOf = (size: BarSize): BarGrid => new BarGrid(calendarByName("24/7"), size);
const GRID = gridOf(CONTRACT_SERIES.size);
const FIVE_MINUTES = barSize("5m");

testBarSourceContract({
  name: "MemorySource",
  open: (bars) => new MemorySource(BarColumns.of(bars), { batchSize: 3 }),
  failing: () => new MemorySource(BarColumns.of([]), { series: { ...CONTRACT_SERIES, key: "?" } }),
});

/** Three bars of five minutes that make one of fifteen. */
function thirds(bar: Bar): Bar[] {
  const { openTime, close } = bar;
  const quiet = { open: close, high: close, low: close, close, volume: 0 };
  return [0, 1, 2].map((third) => ({
    ...(third === 0 ? bar : quiet),
    openTime: openTime + third * 5 * MINUTE_MS,
    closeTime: openTime + (third + 1) * 5 * MINUTE_MS,
  }));
}

testBarSourceContract({
  name: "aggregate",
  open: (bars) =>
    aggregate(new MemorySource(BarColumns.of(bars.flatMap(thirds)), { batchSize: 4 }), {
      base: FIVE_MINUTES,
      grid: ({ size }) => gridOf(size),
    }),
});

const time = new VirtualTime(LATER);

function gatewayOf(bars: readonly Bar[]): SimGateway {
  const truth = new Truth(CONTRACT_SERIES, GRID, BarColumns.of(bars), 1);
  return new SimGateway(truth, time, { historyDelayMs: 5 });
}

/** A source that never opens anything: the market is closed for good. */
const closedMarket: BarSource = {
  open: (_query, sink) => {
    sink.end({ kind: "empty" });
    return { close: () => {}, pause: () => {}, resume: () => {} };
  },
};

const nothing = new MemorySource(new BarColumns(), { covers: "query" });

testBarSourceContract({
  name: "history of the simulated gateway",
  open: (bars) => (bars.length === 0 ? nothing : gatewayOf(bars).history),
  run: () => void time.advanceTo(time.now() + 1_000),
  canPause: false,
});

testBarSourceContract({
  name: "splice",
  // A splice begins with the present unless it is asked for the past.
  open: (bars) => ({
    open: (query, sink) =>
      splice({
        history: bars.length === 0 ? nothing : gatewayOf(bars).history,
        live: closedMarket,
        grid: ({ size }) => gridOf(size),
        clock: time,
      }).open({ ...query, from: query.from ?? BEGINNING }, sink),
  }),
  run: () => void time.advanceTo(time.now() + 1_000),
  canPause: false,
});
