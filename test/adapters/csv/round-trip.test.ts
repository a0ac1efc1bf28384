import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { formatCsvBars } from "../../../adapters/csv/write-csv.ts";
import { systemZone } from "../../../adapters/system/zone.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { DAY_MS, instant } from "../../../core/time/instant.ts";
import { localDay, wallTime } from "../../../core/time/zone.ts";
import { copyBar } from "../../contracts/recording-sink.ts";
import { HEADER, temporaryFolder, writeFile } from "./csv-files.ts";
import { TIME_WRITERS } from "./time-writers.ts";

// Goal: what is written in any usual form is read back bit for bit.

const folder = temporaryFolder();
const of = (size: string): CsvOptions["series"] => series(instrument("TEST"), barSize(size));

async function read(
  content: string | Uint8Array,
  options: Partial<CsvOptions> = {},
): Promise<Bar[]> {
  const file = writeFile(folder.path("read.csv"), content);
  const { bars } = await readCsvBars(file, { series: of("15m"), ...options });
  return [...bars].map(copyBar);
}

const ZONES = [
  "UTC",
  "America/New_York",
  "Asia/Shanghai",
  "Europe/London",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "America/St_Johns",
].map(systemZone);

/** Bars without a gap, so that an hour that occurs twice is there twice, at times of all years. */
const contiguousBars = fc
  .record({
    start: fc.oneof(
      fc.integer({ min: 400_000, max: 2_000_000 }).map((quarter) => quarter * 900_000),
      // Around the changes of daylight saving of 2024 in the zones above.
      fc
        .constantFrom(
          "2024-03-10T05:00:00Z",
          "2024-11-03T03:00:00Z",
          "2024-03-30T23:00:00Z",
          "2024-10-26T22:00:00Z",
          "2024-04-06T13:00:00Z",
          "2024-10-05T14:00:00Z",
        )
        .map(instant),
    ),
    extraMs: fc.constantFrom(0, 0, 250, 59_999),
    rows: fc.array(
      fc.tuple(
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
      ),
      { minLength: 2, maxLength: 40 },
    ),
  })
  .map(({ start, extraMs, rows }) =>
    rows.map(([low, spread, volume], index): Bar => {
      const openTime = start + extraMs + index * 900_000;
      const high = low * (1 + spread);
      return { openTime, closeTime: openTime + 900_000, open: low, high, low, close: high, volume };
    }),
  );

describe("what is written is read back", () => {
  // Goal: every form of time, zone, label, delimiter and line end says the same to the reader.
  it("in every form, zone, label, delimiter and packing", async () => {
    const cases = fc.record({
      bars: contiguousBars,
      writer: fc.constantFrom(...TIME_WRITERS),
      zone: fc.constantFrom(...ZONES),
      label: fc.constantFrom("open" as const, "close" as const),
      delimiter: fc.constantFrom(",", ";", "\t", "|"),
      lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
      mark: fc.constantFrom("", "\ufeff"),
      quote: fc.constantFrom("", '"'),
      tail: fc.constantFrom("", "\n", "\n\n", "\n  \n"),
      isPacked: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async (each) => {
        const { writer, zone, delimiter, quote, lineEnd, label } = each;
        const bars = writer.isExact
          ? each.bars
          : each.bars.map((bar) => ({
              ...bar,
              openTime: bar.openTime - (bar.openTime % 1_000),
              closeTime: bar.closeTime - (bar.closeTime % 1_000),
            }));
        const columns = [...writer.columns, "Open", "HIGH", "low", "Close", "Vol."];
        const lines = bars.map((bar) => {
          const time = writer.fields(label === "open" ? bar.openTime : bar.closeTime, zone);
          const values = [bar.open, bar.high, bar.low, bar.close, bar.volume].map(String);
          return [...time, ...values].map((field) => quote + field + quote).join(delimiter);
        });
        if (writer.needsZone) {
          // A file that begins within the second of two equal hours does not show that it does.
          const first = label === "open" ? bars[0]!.openTime : bars[0]!.closeTime;
          const day = localDay(zone, first);
          const msOfDay = first + zone.offsetMsAt(first) - day * DAY_MS;
          fc.pre(wallTime(zone, day, msOfDay) === first);
        }
        const tail = each.tail.replaceAll("\n", lineEnd);
        const text = each.mark + [columns.join(delimiter), ...lines].join(lineEnd) + tail;
        const options = { label, ...(writer.needsZone ? { zone } : {}) };
        const content = each.isPacked ? gzipSync(text) : text;
        expect(await read(content, options)).toEqual(bars);
      }),
      { numRuns: 300 },
    );
  });

  // Goal: the shipped files and the writer's form are one, to the byte.
  it("byte for byte from the shipped intraday files", async () => {
    for (const [name, size] of [
      ["cffex-if-15m.csv", "15m"],
      ["cffex-if-1m.csv", "1m"],
    ] as const) {
      const file = `examples/data/${name}`;
      const { bars, report } = await readCsvBars(file, { series: of(size) });
      expect(`${HEADER}\n${formatCsvBars(bars)}`).toBe(readFileSync(file, "utf8"));
      expect(report).toEqual({ rows: bars.length, bars: bars.length, skipped: 0, faults: [] });
    }
  });

  it("bit for bit through the writer, whatever the doubles", async () => {
    const price = fc.double({ min: Number.MIN_VALUE, max: 4e307, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(price, { minLength: 1, maxLength: 20 }), async (prices) => {
        const bars = prices.map((value, index) => ({
          openTime: index * 900_000,
          closeTime: (index + 1) * 900_000,
          open: value,
          high: value,
          low: value,
          close: value,
          volume: value,
        }));
        const text = `${HEADER}\n${formatCsvBars(BarColumns.of(bars))}`;
        expect(await read(text)).toEqual(bars);
      }),
      { numRuns: 50 },
    );
  });
});
