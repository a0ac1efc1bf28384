// Goal: every source there is keeps one contract, so that a consumer cannot tell which it has.
import { ParquetBarSource } from "../../adapters/parquet/parquet-bar-source.ts";
import { writeParquetBars } from "../../adapters/parquet/write-parquet.ts";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import { StoredBarSource } from "../../adapters/store/bars/stored-bar-source.ts";
import { aggregate } from "../../core/feed/aggregation/aggregate.ts";
import type { BarSource } from "../../core/feed/bar-source.ts";
import { inTurn } from "../../core/feed/in-turn.ts";
import { MemorySource } from "../../core/feed/memory-source.ts";
import { splice } from "../../core/feed/seam/splice.ts";
import type { Bar } from "../../core/market/bar.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import { type BarSize, barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant, MINUTE_MS } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { SimDisk } from "../../sim/disk/index.ts";
import { SimGateway } from "../../sim/gateway.ts";
import { Truth } from "../../sim/truth.ts";
import { temporaryFolder } from "../adapters/csv/csv-files.ts";
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

const folder = temporaryFolder();
let files = 0;

testBarSourceContract({
  name: "ParquetBarSource",
  open: async (bars) => {
    files += 1;
    const file = folder.path(`bars-${files}.parquet`);
    await writeParquetBars(file, [BarColumns.of(bars)]);
    return new ParquetBarSource(file, { series: CONTRACT_SERIES });
  },
  failing: () => new ParquetBarSource(folder.path("absent.parquet"), { series: CONTRACT_SERIES }),
});

const STORED_TIME: TimeRange = { from: BEGINNING - 24 * 60 * MINUTE_MS, to: LATER };

/** A store of these bars that knows some time to be complete. */
function storeOf(bars: readonly Bar[], covered: readonly TimeRange[] = [STORED_TIME]): BarStore {
  const disk = new SimDisk().open();
  const store = new BarStore(disk);
  disk.write((writer) => {
    const calendar = { name: "24/7", zone: "UTC", alignment: "session" } as const;
    store.declare(writer, { series: CONTRACT_SERIES, calendar });
    const told = { bars: BarColumns.of(bars), source: "csv", receivedAt: LATER, covered };
    store.update(writer, CONTRACT_SERIES.key, told);
  });
  return store;
}

testBarSourceContract({
  name: "StoredBarSource",
  open: (bars) => new StoredBarSource(storeOf(bars), { batchSize: 3 }),
  failing: () => new StoredBarSource(new BarStore(new SimDisk().open())),
});

testBarSourceContract({
  name: "inTurn",
  // The near source knows the bars of every other stretch of eight, with what is around them.
  open: (bars) => {
    const covered = [0, 2, 4, 6].map((stretch) => ({
      from: BEGINNING + 8 * stretch * CONTRACT_SERIES.size.ms,
      to: BEGINNING + 8 * (stretch + 1) * CONTRACT_SERIES.size.ms,
    }));
    const far = new MemorySource(BarColumns.of(bars), { covers: "query", batchSize: 3 });
    const source = inTurn(new StoredBarSource(storeOf(bars, covered), { batchSize: 3 }), far);
    return {
      open: (query, sink) => source.open({ from: BEGINNING, to: LATER, ...query }, sink),
    };
  },
});
