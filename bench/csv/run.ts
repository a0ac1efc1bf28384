/**
 * How much our reading of bars costs beside the parser it stands on: csv-parse as a stream of rows,
 * and the same file as checked columns of bars. Best of some rounds, in turn, in one process.
 *
 * Run the built form: `node dist/bench/csv/run.js [--quick] [--json]`.
 */
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parse } from "csv-parse";
import { CsvBarSource, writeCsvBars } from "../../adapters/csv/index.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { instrument } from "../../core/market/instrument.ts";
import { type Series, series } from "../../core/market/series.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { instant, MINUTE_MS } from "../../core/time/instant.ts";

const BATCH_BARS = 10_000;

/** Bars of a price that wanders in steps of 0.2, from a generator of our own: always the same. */
function* generatedBars(count: number): Generator<BarColumns> {
  const start = instant("2015-01-01T00:00:00Z");
  let state = 42;
  const draw = (bound: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % bound;
  };
  let price = 17_500;
  for (let from = 0; from < count; from += BATCH_BARS) {
    const bars = new BarColumns(BATCH_BARS);
    for (let index = from; index < Math.min(from + BATCH_BARS, count); index += 1) {
      const open = price;
      price = Math.max(5_000, price + draw(21) - 10);
      const high = Math.max(open, price) + draw(8);
      const low = Math.min(open, price) - draw(8);
      const openTime = start + index * MINUTE_MS;
      const closeTime = openTime + MINUTE_MS;
      bars.append(openTime, closeTime, open / 5, high / 5, low / 5, price / 5, draw(5_000));
    }
    yield bars;
  }
}

async function readRaw(file: string): Promise<number> {
  let rows = 0;
  for await (const _row of createReadStream(file).pipe(parse())) rows += 1;
  return rows - 1;
}

function readBars(file: string, of: Series): Promise<number> {
  return new Promise((resolve, reject) => {
    let bars = 0;
    new CsvBarSource(file, { series: of }).open(
      { series: of },
      {
        bars: (batch) => {
          bars += batch.bars.length;
        },
        coverage: () => {},
        event: () => {},
        end: (outcome) => {
          if (outcome.kind === "complete") resolve(bars);
          else reject(new Error(`the source ended ${outcome.kind}`));
        },
      },
    );
  });
}

async function secondsOf(read: () => Promise<number>, expected: number): Promise<number> {
  const begun = performance.now();
  const count = await read();
  const seconds = (performance.now() - begun) / 1_000;
  if (count !== expected) throw new Error(`it read ${count} of ${expected} rows`);
  return seconds;
}

async function main(): Promise<void> {
  const isQuick = process.argv.includes("--quick");
  const rows = isQuick ? 100_000 : 1_000_000;
  const rounds = isQuick ? 2 : 4;
  const folder = await mkdtemp(join(tmpdir(), "barline-bench-"));
  try {
    const file = join(folder, "bars.csv");
    await writeCsvBars(file, generatedBars(rows));
    const of = series(instrument("BENCH"), barSize("1m"));
    let raw = Number.POSITIVE_INFINITY;
    let ours = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round += 1) {
      raw = Math.min(raw, await secondsOf(() => readRaw(file), rows));
      ours = Math.min(ours, await secondsOf(() => readBars(file, of), rows));
    }
    const result = {
      rows,
      csvParseRowsPerSecond: Math.round(rows / raw),
      barlineBarsPerSecond: Math.round(rows / ours),
      timesCsvParse: Math.round((ours / raw) * 100) / 100,
      residentMegabytes: Math.round(process.memoryUsage.rss() / 1e6),
      machine: `${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
    };
    process.stdout.write(
      process.argv.includes("--json")
        ? `${JSON.stringify(result)}\n`
        : `CSV, ${rows} rows, best of ${rounds}; ${result.machine}\n` +
            `  csv-parse stream  ${result.csvParseRowsPerSecond} rows/s\n` +
            `  CsvBarSource      ${result.barlineBarsPerSecond} bars/s, ` +
            `${result.timesCsvParse} times the time\n` +
            `  resident memory   ${result.residentMegabytes} MB\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
