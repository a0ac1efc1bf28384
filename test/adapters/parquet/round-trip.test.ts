import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { readParquetBars } from "../../../adapters/parquet/read-parquet.ts";
import { writeParquetBars } from "../../../adapters/parquet/write-parquet.ts";
import { type Bar, sameBar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { DAY_MS } from "../../../core/time/instant.ts";
import { temporaryFolder } from "../csv/csv-files.ts";
import { columnsOf, of, QUARTER_MS, read, timestamps, writeForeign } from "./parquet-files.ts";

// Goal: what is written is read back bit for bit, whoever wrote it.

const folder = temporaryFolder();
const file = folder.path("bars.parquet");

function expectSame(actual: readonly Bar[], expected: readonly Bar[]): void {
  expect(actual).toHaveLength(expected.length);
  const different = expected.findIndex((bar, index) => !sameBar(bar, actual[index]!));
  expect(different, "the first bar that differs").toBe(-1);
}

/** Any double whose sum with three others is finite: both zeros, the tiny, and the huge. */
const double = fc.double({ min: -4e307, max: 4e307, noNaN: true });
const values = fc
  .tuple(
    double,
    double,
    double,
    double,
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  )
  .map(([a, b, c, d, volume]) => {
    const [low, open, close, high] = [a, b, c, d].sort((x, y) => x - y) as [
      number,
      number,
      number,
      number,
    ];
    return { open, high, low, close, volume };
  });

/** Bars anywhere in time, with holes and of any length up to theirs. */
const anyBars = fc
  .record({
    start: fc.integer({ min: -8_600_000_000_000_000, max: 8_600_000_000_000_000 }),
    rows: fc.array(
      fc.record({
        values,
        holeMs: fc.oneof(fc.constant(0), fc.nat({ max: 10 * DAY_MS })),
        lengthMs: fc.oneof(fc.constant(QUARTER_MS), fc.integer({ min: 1, max: QUARTER_MS })),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  })
  .map(({ start, rows }) => {
    let openTime = start;
    return rows.map(({ values: each, holeMs, lengthMs }): Bar => {
      openTime += holeMs;
      const closeTime = openTime + lengthMs;
      const bar = { openTime, closeTime, ...each };
      openTime = closeTime;
      return bar;
    });
  });

describe("what is written is read back", () => {
  it("bit for bit, whatever the doubles and the times", async () => {
    const series = of("15m", { allowsNegativePrice: true });
    await fc.assert(
      fc.asyncProperty(anyBars, async (bars) => {
        await writeParquetBars(file, [BarColumns.of(bars)]);
        expectSame(await read(file, { series }), bars);
      }),
      { numRuns: 200 },
    );
  });

  it("bit for bit with both zeros, the smallest and the largest doubles", async () => {
    const series = of("15m", { allowsNegativePrice: true });
    const least = Number.MIN_VALUE;
    const rows: [number, number, number, number, number][] = [
      [-0, 0, -0, -0, -0],
      [0, 0, -0, 0, 0],
      [least, least, -least, -0, least],
      [4e307, 4e307, -4e307, 1 / 3, Number.MAX_VALUE],
    ];
    const bars = rows.map(([open, high, low, close, volume], index): Bar => {
      const openTime = index * QUARTER_MS;
      return { openTime, closeTime: openTime + QUARTER_MS, open, high, low, close, volume };
    });
    await writeParquetBars(file, [BarColumns.of(bars)]);
    expectSame(await read(file, { series }), bars);
  });

  it.each([
    ["cffex-if-15m.csv", "15m"],
    ["cffex-if-1m.csv", "1m"],
    ["sp500-daily.csv", "1d"],
  ])("from the shipped file %s", async (name, size) => {
    const options = { series: of(size), onFault: "skip" } as const;
    const { bars } = await readCsvBars(`examples/data/${name}`, options);
    expect(bars.length).toBeGreaterThan(3_000);
    await writeParquetBars(file, [bars]);
    const { bars: read } = await readParquetBars(file, options);
    expectSame([...read], [...bars]);
  });

  // Goal: every unit, encoding, page size and packing of other writers says the same to the reader.
  it("from another writer, in every unit and encoding that it has", async () => {
    const cases = fc.record({
      bars: anyBars.map((bars) =>
        bars.map((bar) => ({ ...bar, closeTime: bar.openTime + QUARTER_MS })),
      ),
      unit: fc.constantFrom("MILLIS" as const, "MICROS" as const, "NANOS" as const),
      timeEncoding: fc.constantFrom("PLAIN", "RLE_DICTIONARY", "DELTA_BINARY_PACKED"),
      valueEncoding: fc.constantFrom("PLAIN", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"),
      codec: fc.constantFrom("UNCOMPRESSED" as const, "SNAPPY" as const),
      pageSize: fc.constantFrom(16, 100, 1_048_576),
      rowGroupSize: fc.constantFrom(1, 7, 1_000),
      repetition: fc.constantFrom("REQUIRED" as const, "OPTIONAL" as const),
    });
    await fc.assert(
      fc.asyncProperty(cases, async (each) => {
        // Bars of this law have one length: they must not overlap.
        let openTime = -Math.abs(each.bars[0]!.openTime % 9_000_000_000_000);
        const bars = each.bars.map((bar): Bar => {
          const whole = { ...bar, openTime, closeTime: openTime + QUARTER_MS };
          openTime += QUARTER_MS + (Math.abs(bar.openTime) % 100_000);
          return whole;
        });
        const columns = {
          ...columnsOf(bars),
          time: timestamps(
            bars.map((bar) => bar.openTime),
            each.unit,
          ),
        };
        const written = Object.fromEntries(
          Object.entries(columns).map(([name, column]) => {
            const encoding = name === "time" ? each.timeEncoding : each.valueEncoding;
            const element = { ...column.element, repetition_type: each.repetition };
            return [name, { ...column, element, encoding } as typeof column];
          }),
        );
        const { codec, pageSize, rowGroupSize } = each;
        writeForeign(file, written, { codec, pageSize, rowGroupSize });
        const series = of("15m", { allowsNegativePrice: true });
        // Two zeros are one key of that writer's dictionary: which of them is read is its choice.
        const plain = (bar: Bar): Bar =>
          each.valueEncoding === "RLE_DICTIONARY" ? withoutSigns(bar) : bar;
        expectSame((await read(file, { series })).map(plain), bars.map(plain));
      }),
      { numRuns: 150 },
    );
  });
});

/** A bar with its zeros made positive. */
function withoutSigns(bar: Bar): Bar {
  const { open, high, low, close, volume } = bar;
  return {
    ...bar,
    open: open + 0,
    high: high + 0,
    low: low + 0,
    close: close + 0,
    volume: volume + 0,
  };
}
