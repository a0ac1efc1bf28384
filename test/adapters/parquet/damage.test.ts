import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeParquetBars } from "../../../adapters/parquet/write-parquet.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { temporaryFolder } from "../csv/csv-files.ts";
import { columnsOf, quarters, read, type WriteSettings, writeForeign } from "./parquet-files.ts";

// Goal: damage is an error with a name, and never a wrong bar where the format can tell.

const folder = temporaryFolder();
const BARS = quarters(5);

/** What a reader makes of some bytes: bars, or an error of the world; all else fails the test. */
async function readBytes(bytes: Uint8Array): Promise<Bar[] | BarlineError> {
  const file = folder.path("damaged.parquet");
  writeFileSync(file, bytes);
  try {
    return await read(file);
  } catch (error) {
    if (!(error instanceof BarlineError)) throw error;
    expect(error.message.startsWith(file)).toBe(true);
    expect(error.message).not.toContain("\n");
    expect(error.cure).toMatch(/.{10,}/);
    return error;
  }
}

async function ownFile(): Promise<Uint8Array> {
  const file = folder.path("sound.parquet");
  await writeParquetBars(file, [BarColumns.of(BARS)], { series: "TEST 15m", size: "15m" });
  return readFileSync(file);
}

function foreignFile(settings: WriteSettings): Uint8Array {
  return readFileSync(writeForeign(folder.path("foreign.parquet"), columnsOf(BARS), settings));
}

/** The same bytes with some bits of one of them turned over. */
function flipped(bytes: Uint8Array, at: number, bits: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= bits;
  return copy;
}

describe("a file that Barline wrote", () => {
  // Goal: a cut or an unfinished download is found at every length.
  it("is an error wherever it is cut short", async () => {
    const sound = await ownFile();
    expect(await readBytes(sound)).toEqual(BARS);
    const codes = new Set<string>();
    for (let length = 0; length < sound.length; length += 1) {
      const result = await readBytes(sound.subarray(0, length));
      expect(result, `of ${length} bytes`).toBeInstanceOf(BarlineError);
      if (result instanceof BarlineError) codes.add(result.code);
    }
    expect(codes).toEqual(new Set(["empty-file", "not-parquet", "truncated-parquet"]));
  });

  // Goal: checksums, sizes, counts and bounds together see every flip that would change a bar.
  it("gives its own bars or an error, whichever bit is flipped", async () => {
    const sound = await ownFile();
    let found = 0;
    for (let at = 0; at < sound.length; at += 1) {
      const bits = at % 9 === 8 ? 0xff : 1 << (at % 9);
      const result = await readBytes(flipped(sound, at, bits));
      if (result instanceof BarlineError) found += 1;
      else expect(result, `byte ${at} turned by ${bits}`).toEqual(BARS);
    }
    // The rest is names, keys and values that no bar depends on.
    expect(found).toBeGreaterThan(sound.length / 2);
  });

  it("gives its own bars or an error with a stretch of it overwritten", async () => {
    const sound = await ownFile();
    const damage = fc.record({
      at: fc.nat({ max: sound.length - 1 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 24 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, bytes }) => {
        const copy = Uint8Array.from(sound);
        copy.set(bytes.subarray(0, sound.length - at), at);
        const result = await readBytes(copy);
        if (!(result instanceof BarlineError)) expect(result).toEqual(BARS);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a file that has no checksums", () => {
  // Goal: whatever a byte is turned into, there is an answer, and it is one of the two kinds.
  it.each([
    ["plain", { codec: "UNCOMPRESSED" }],
    ["in small pages with snappy", { codec: "SNAPPY", pageSize: 24 }],
  ] as const)("is read or refused, whichever byte is turned: %s", async (_name, settings) => {
    const sound = foreignFile(settings);
    expect(await readBytes(sound)).toEqual(BARS);
    for (let at = 0; at < sound.length; at += 1) {
      await readBytes(flipped(sound, at, 1 << ((at * 3) % 8)));
      if (at % 7 === 0) await readBytes(sound.subarray(0, at));
    }
  });

  it("is refused where a value lies outside the bounds that it states", async () => {
    const sound = foreignFile({ codec: "UNCOMPRESSED" });
    // The first high, 3.0 as a double, becomes 48.0 in the data and not in the statistics.
    const three = new Uint8Array(new Float64Array([3]).buffer);
    const at = Buffer.from(sound).indexOf(three);
    const result = await readBytes(flipped(sound, at + 6, 0x40));
    expect(result).toBeInstanceOf(BarlineError);
    expect((result as BarlineError).message).toContain("outside the bounds that the footer states");
  });
});
