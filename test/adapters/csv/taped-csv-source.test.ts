// Goal: a CSV file that was put on a tape says, word for word, what the file itself says: whatever
// its rows are, whatever part of it is asked for, however its bytes were cut on the way.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePart } from "../../../adapters/cli/bars/memory/tape-part.ts";
import { TapeRecorder } from "../../../adapters/cli/bars/memory/tape-recorder.ts";
import { CsvBarSource } from "../../../adapters/csv/csv-bar-source.ts";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import { recordCsv } from "../../../adapters/csv/record-csv.ts";
import { TapedCsvSource } from "../../../adapters/csv/taped-csv-source.ts";
import type { BarQuery, BarSource } from "../../../core/feed/bar-source.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { formatInstant, instant, MINUTE_MS } from "../../../core/time/instant.ts";
import { Random } from "../../../sim/random.ts";
import { workFolder } from "../cli/barline.ts";

const file = workFolder();
const MINUTES = series(instrument("TEST"), barSize("1m"));
const START = instant("2024-01-02T00:00:00Z");
const SKIP: CsvOptions = {
  series: MINUTES,
  grid: new BarGrid(calendarByName("24/7"), MINUTES.size),
  onFault: "skip",
};

/** Everything that a source says, as text; batches of bars with what is before and behind them. */
function wordsOf(source: BarSource, query: Partial<BarQuery> = {}): Promise<string[]> {
  const words: string[] = [];
  return new Promise((resolve) => {
    source.open(
      { series: MINUTES, ...query },
      {
        bars: ({ bars, ...batch }) =>
          words.push(`bars ${JSON.stringify([{ ...batch, series: batch.series.key }, [...bars]])}`),
        coverage: (range) => words.push(`coverage ${JSON.stringify(range)}`),
        event: (event) => words.push(`event ${JSON.stringify(event)}`),
        end: (outcome) => {
          words.push(`end ${JSON.stringify(outcome)}`);
          resolve(words);
        },
      },
    );
  });
}

async function taped(path: string, options: CsvOptions): Promise<TapedCsvSource | BarlineError> {
  const tape = new TapeRecorder();
  const failure = await recordCsv(path, options, tape, () => true);
  if (failure !== undefined) return failure;
  const parts = tape.finish();
  const read = function* () {
    for (const part of parts) yield decodePart(part);
  };
  return new TapedCsvSource({ file: path, header: tape.names, parts: read }, options);
}

async function onTape(path: string, options: CsvOptions): Promise<TapedCsvSource> {
  const tape = await taped(path, options);
  if (tape instanceof BarlineError) throw tape;
  return tape;
}

type Row = { readonly minute: number; readonly kind: string };

function lineOf({ minute, kind }: Row, seed: number): string {
  const time = formatInstant(START + minute * MINUTE_MS);
  const price = 100 + ((minute * 7 + seed) % 13) / 8;
  switch (kind) {
    case "no time":
      return "then,1,2,1,2,3";
    case "impossible":
      return `${time},${price},1,2,${price},3`;
    case "sentinel":
      return `${time},-1,-1,-1,-1,-1`;
    case "no number":
      return `${time},${price},NaN,1,${price},`;
    case "short":
      return `${time},${price}`;
    case "off the grid":
      return `${formatInstant(START + minute * MINUTE_MS + 17_000)},1,1,1,1,1`;
    default:
      return `${time},${price},${price + 1},${price - 1},${price},${minute % 97}`;
  }
}

const KINDS = ["no time", "impossible", "sentinel", "no number", "short", "off the grid"];

/** Rows that mostly go on, sometimes jump ahead or back, and are sometimes faulty. */
function randomRows(count: number, seed: number, faulty: number): string {
  const random = new Random(seed, "rows");
  const lines = ["open_time,open,high,low,close,volume"];
  let minute = 0;
  for (let index = 0; index < count; index += 1) {
    const kind = random.chance(faulty) ? KINDS[random.integer(0, KINDS.length - 1)]! : "sound";
    const late = random.chance(faulty / 2) ? random.integer(1, 30) : 0;
    lines.push(lineOf({ minute: Math.max(0, minute - late), kind }, seed));
    minute += random.chance(0.05) ? random.integer(2, 9) : 1;
  }
  return `${lines.join("\n")}\n`;
}

describe("a file on a tape", () => {
  it("says what the file says, whatever the rows and the range", async () => {
    let number = 0;
    const at = fc.option(fc.integer({ min: -10, max: 400 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.nat(1_000_000),
        fc.constantFrom(0, 0.02, 0.3),
        at,
        at,
        async (count, seed, faulty, first, last) => {
          number += 1;
          const path = file(`rows-${number}.csv`, randomRows(count, seed, faulty));
          const query = {
            ...(first === undefined ? {} : { from: START + first * MINUTE_MS }),
            ...(last === undefined ? {} : { to: START + last * MINUTE_MS }),
          };
          const told = await wordsOf(new CsvBarSource(path, SKIP), query);
          const tape = await taped(path, SKIP);
          // A file that cannot be read to its end says why, and is on no tape.
          if (tape instanceof BarlineError) expect(told.at(-1)).toContain(tape.code);
          else expect(await wordsOf(tape, query)).toEqual(told);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says it over many blocks of bytes and of bars, and with many rows left out", async () => {
    const path = file("long.csv", randomRows(30_000, 5, 0.05));
    const file2 = new CsvBarSource(path, SKIP);
    const tape = await onTape(path, SKIP);
    for (const query of [{}, { from: START + 9_000 * MINUTE_MS, to: START + 21_111 * MINUTE_MS }]) {
      const told = await wordsOf(file2, query);
      expect(told.filter((word) => word.includes('"rejection"')).length).toBeGreaterThan(500);
      expect(await wordsOf(tape, query)).toEqual(told);
    }
    // The same tape can be read again, and says the same.
    expect(await wordsOf(tape)).toEqual(await wordsOf(file2));
  });

  it("refuses another series as the file does", async () => {
    const path = file("short.csv", randomRows(30, 6, 0));
    const query = { series: series(instrument("OTHER"), barSize("1m")) };
    const told = await wordsOf(new CsvBarSource(path, SKIP), query);
    expect(told).toHaveLength(1);
    expect(await wordsOf(await onTape(path, SKIP), query)).toEqual(told);
  });

  it("is none where the file has a fault to end with", async () => {
    const path = file("faulty.csv", randomRows(300, 7, 0.3));
    const tape = new TapeRecorder();
    const failure = await recordCsv(path, { ...SKIP, onFault: "fail" }, tape, () => true);
    expect(failure?.message).toContain(path);
  });
});
