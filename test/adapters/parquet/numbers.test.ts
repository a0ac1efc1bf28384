import zlib from "node:zlib";
import type { SchemaElement } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { readParquetBars } from "../../../adapters/parquet/read-parquet.ts";
import { failureOf, temporaryFolder } from "../csv/csv-files.ts";
import {
  type Column,
  columnsOf,
  OPTIONS,
  of,
  quarters,
  read,
  typed,
  type WriteSettings,
  writeForeign,
} from "./parquet-files.ts";
import { zstdFrame } from "./zstd-frame.ts";

// Goal: a number is read as what it is, exactly or not at all, whatever it is packed in.

const folder = temporaryFolder();
const BARS = quarters(3);
const COLUMNS = columnsOf(BARS);

function write(columns: Readonly<Record<string, Column>>, settings?: WriteSettings): string {
  return writeForeign(folder.path("numbers.parquet"), columns, settings);
}

const withColumns = (changes: Readonly<Record<string, Column>>): string =>
  write({ ...COLUMNS, ...changes });

describe("numbers", () => {
  const volumes = async (element: Partial<SchemaElement>, data: Column["data"]) =>
    (await read(withColumns({ volume: typed(element, data) }))).map((bar) => bar.volume);

  it("of 32 bits are what they are, and the report says so", async () => {
    const file = withColumns({ volume: typed({ type: "FLOAT" }, [0.1, 3.4e38, 1e-45]) });
    const { bars, report } = await readParquetBars(file, OPTIONS);
    expect([...bars].map((bar) => bar.volume)).toEqual([0.1, 3.4e38, 1e-45].map(Math.fround));
    expect(report.singlePrecision).toEqual(["volume"]);
  });

  it("are whole, with a sign or without", async () => {
    expect(await volumes({ type: "INT32" }, [0, 7, 2 ** 31 - 1])).toEqual([0, 7, 2 ** 31 - 1]);
    const large = [0, 2 ** 31, 2 ** 32 - 1];
    expect(await volumes({ type: "INT32", converted_type: "UINT_32" }, large)).toEqual(large);
    const whole = [0n, 1n, BigInt(Number.MAX_SAFE_INTEGER)];
    for (const converted_type of [undefined, "INT_64", "UINT_64"] as const) {
      const element = { type: "INT64" as const, ...(converted_type && { converted_type }) };
      expect(await volumes(element, whole)).toEqual(whole.map(Number));
    }
  });

  it("that no double holds are a fault", async () => {
    const element = { type: "INT64", converted_type: "UINT_64" } as const;
    for (const value of [2n ** 53n + 1n, 2n ** 64n - 1n]) {
      const failure = await failureOf(volumes(element, [1n, 2n, value]));
      expect(failure.code).toBe("not-a-number");
      expect(failure.message).toContain("row 3, column volume: the number is too large");
    }
  });

  // Goal: a decimal number becomes the double that its digits would be read as.
  it.each([
    ["INT32", 9, 5, [0n, 12_345n, 2_147_483_647n]],
    ["INT64", 18, 6, [1n, 123_456_789n, 900_719_925_474_099_3n]],
    ["INT64", 18, 18, [1n, 3n, 9_223_372_036_854_775_807n]],
    ["FIXED_LEN_BYTE_ARRAY", 38, 10, [1n, 255n, 12_345_678_901_234_567_890_123n]],
    ["FIXED_LEN_BYTE_ARRAY", 38, 30, [7n, 65_536n, 2n ** 120n + 1n]],
  ] as const)("are decimals: %s of scale %i", async (type, precision, scale, data) => {
    const element: Partial<SchemaElement> = {
      type,
      converted_type: "DECIMAL",
      precision,
      scale,
      ...(type === "FIXED_LEN_BYTE_ARRAY" ? { type_length: 16 } : {}),
    };
    expect(await volumes(element, [...data])).toEqual(
      data.map((unscaled) => Number(`${unscaled}e-${scale}`)),
    );
  });

  it("are negative decimals", async () => {
    const element = {
      type: "FIXED_LEN_BYTE_ARRAY",
      type_length: 5,
      converted_type: "DECIMAL",
      precision: 10,
      scale: 2,
    } as const;
    const low = typed(element, [-1n, -25_000n, -1_000_000_000n]);
    const series = of("15m", { allowsNegativePrice: true });
    const bars = await read(withColumns({ low }), { series });
    expect(bars.map((bar) => bar.low)).toEqual([-0.01, -250, -10_000_000]);
  });
});

describe("what pages are packed with", () => {
  const packed = (codec: "GZIP" | "BROTLI" | "ZSTD", pack: (bytes: Uint8Array) => Uint8Array) =>
    write(COLUMNS, { codec, compressors: { [codec]: pack } });

  it("can be gzip and brotli", async () => {
    expect(await read(packed("GZIP", zlib.gzipSync))).toEqual(BARS);
    expect(await read(packed("BROTLI", zlib.brotliCompressSync))).toEqual(BARS);
  });

  it("can be zstd where Node can, and is refused with a cure where it cannot", async () => {
    const file = packed("ZSTD", zstdFrame);
    if ("zstdDecompressSync" in zlib) {
      expect(await read(file)).toEqual(BARS);
    } else {
      const failure = await failureOf(read(file));
      expect(failure.code).toBe("unsupported-codec");
      expect(failure.message).toContain("column time, row group 1: it is compressed with ZSTD; ");
      expect(failure.cure).toContain("Node 22.15");
    }
  });

  it("is refused by name where it is something else", async () => {
    const file = write(COLUMNS, { codec: "LZ4_RAW", compressors: { LZ4_RAW: (bytes) => bytes } });
    const failure = await failureOf(read(file));
    expect(failure.code).toBe("unsupported-codec");
    expect(failure.message).toContain("LZ4_RAW");
  });
});
