import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { TRACE_FORMAT, TraceRecorder } from "../../../core/journal/trace.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import type { Order } from "../../../core/trading/order.ts";
import { bar, close, GRID, open, SERIES } from "../feed/seam/seam-fixture.ts";

let lines: string[];
let trace: TraceRecorder;

beforeEach(() => {
  lines = [];
  trace = new TraceRecorder((line) => lines.push(line));
});

const take = (): unknown[] => lines.splice(0).map((line) => JSON.parse(line));
const at = "2024-03-04T09:15:00.000Z";
const describeRun = (): void =>
  trace.run({ strategy: "s", parameters: { length: 3 }, series: SERIES, warmUpBars: 3 });

// Goal: every line is one JSON object with the documented fields, in order, and nothing else.
describe("TraceRecorder", () => {
  it("begins with the run", () => {
    describeRun();
    expect(lines).toEqual([
      `{"type":"run","format":${TRACE_FORMAT},"strategy":"s","parameters":{"length":3},` +
        '"series":"TEST 15m trades regular","warmUpBars":3}',
    ]);
  });

  it("writes bars and indicators with numbers in shortest form", () => {
    describeRun();
    lines = [];
    const odd = bar(0, { open: 100.10000000000001, low: 1e-7, high: 1e21, volume: 0 });
    trace.bar(1, SERIES, odd, "backfill", 1);
    trace.indicator(1, 'SMA(3) "x"', 0.1 + 0.2);
    expect(lines).toEqual([
      '{"type":"bar","seq":1,"series":"TEST 15m trades regular",' +
        '"openTime":"2024-03-04T09:00:00.000Z","closeTime":"2024-03-04T09:15:00.000Z",' +
        '"open":100.10000000000001,"high":1e+21,"low":1e-7,' +
        '"close":101,"volume":0,"origin":"backfill","version":1}',
      '{"type":"indicator","seq":1,"name":"SMA(3) \\"x\\"","value":0.30000000000000004}',
    ]);
  });

  it("writes states, signals, orders and fills", () => {
    const order: Order = {
      id: 1,
      instrument: SERIES.instrument,
      side: "buy",
      quantity: 2,
      submittedAt: open(1),
    };
    trace.state({
      at: open(1),
      from: "WARMING_UP",
      to: "READY",
      reason: "r",
      bars: 3,
      required: 3,
    });
    trace.signal(open(1), 4, "long");
    trace.order({ order, status: "submitted", at: open(1), reason: "" });
    trace.fill({ ...order, orderId: 1, price: 101.5, fee: 0.1, at: open(1) });
    const traded = { instrument: "TEST", side: "buy", quantity: 2 };
    expect(take()).toEqual([
      { type: "state", at, from: "WARMING_UP", to: "READY", reason: "r", bars: 3, required: 3 },
      { type: "signal", at, seq: 4, name: "long" },
      { type: "order", at, id: 1, ...traded, status: "submitted", reason: "" },
      { type: "fill", at, orderId: 1, ...traded, price: 101.5, fee: 0.1 },
    ]);
  });

  it("writes gaps, revisions, rejections and certificates of the feed, and nothing of its progress", () => {
    const reason = "test";
    const key = SERIES.key;
    const range = { from: open(1), to: close(1) };
    trace.feed({ type: "gap", series: SERIES, range, outcome: "lost", reason });
    trace.feed({
      type: "revision",
      series: SERIES,
      version: 2,
      before: bar(1),
      after: bar(1, { volume: 21 }),
    });
    trace.feed({ type: "revision", series: SERIES, version: 2, before: null, after: bar(1) });
    trace.feed({ type: "rejection", series: SERIES, bar: bar(1), fault: "off-grid", reason });
    const timeless = bar(1, { openTime: Number.NaN });
    trace.feed({
      type: "rejection",
      series: SERIES,
      bar: timeless,
      fault: "time-not-integer",
      reason,
    });
    trace.feed({
      type: "continuity",
      series: SERIES,
      count: 2,
      first: open(0),
      last: open(1),
      hash: "ab",
    });
    trace.feed({ type: "status", series: SERIES, state: "live", reason });
    trace.feed({ type: "progress", series: SERIES, bars: 1, expected: 2 });
    const prices = { open: 101, high: 103, low: 100, close: 102, volume: 20 };
    expect(take()).toEqual([
      {
        type: "gap",
        series: key,
        from: at,
        to: "2024-03-04T09:30:00.000Z",
        outcome: "lost",
        reason,
      },
      {
        type: "revision",
        series: key,
        openTime: at,
        version: 2,
        before: prices,
        after: { ...prices, volume: 21 },
      },
      { type: "revision", series: key, openTime: at, version: 2, before: null, after: prices },
      { type: "rejection", series: key, openTime: at, fault: "off-grid", reason },
      { type: "rejection", series: key, openTime: null, fault: "time-not-integer", reason },
      {
        type: "continuity",
        series: key,
        count: 2,
        first: "2024-03-04T09:00:00.000Z",
        last: at,
        hash: "ab",
      },
    ]);
  });

  it("certifies all bars of the main series at the end, and only those", () => {
    describeRun();
    const hour = series(instrument("OTHER"), GRID.size);
    trace.bar(1, SERIES, bar(0), "backfill", 1);
    trace.bar(2, hour, bar(0), "backfill", 1);
    trace.bar(3, SERIES, bar(1), "live", 1);
    lines = [];
    trace.state({ at: open(1), from: "READY", to: "STOPPED", reason: "", bars: 2, required: 1 });
    const hashed =
      "2024-03-04T09:00:00.000Z,100,102,99,101,10\n2024-03-04T09:15:00.000Z,101,103,100,102,20\n";
    expect(take()[1]).toEqual({
      type: "continuity",
      series: SERIES.key,
      count: 2,
      first: "2024-03-04T09:00:00.000Z",
      last: at,
      hash: createHash("sha256").update(hashed).digest("hex"),
    });
  });

  it("certifies nothing where there was nothing", () => {
    const stopped = {
      at: open(1),
      from: "READY",
      to: "STOPPED",
      reason: "",
      bars: 0,
      required: 0,
    } as const;
    trace.state(stopped);
    describeRun();
    trace.state(stopped);
    expect(take()).toHaveLength(3);
  });
});
