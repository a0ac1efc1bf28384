import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse";
import { asyncBufferFromFile, parquetRead } from "hyparquet";
import { writeCsvBars } from "../../adapters/csv/index.ts";
import { ParquetBarSource, writeParquetBars } from "../../adapters/parquet/index.ts";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import { StoredBarSource } from "../../adapters/store/bars/stored-bar-source.ts";
import { openLmdbStore } from "../../adapters/store/lmdb/open-lmdb-store.ts";
import type { BarSource } from "../../core/feed/bar-source.ts";
import type { BarColumns } from "../../core/market/bar-columns.ts";
import { instant, MINUTE_MS } from "../../core/time/instant.ts";
import { universeSeries, wanderingBars } from "./universe.ts";

const START = instant("2000-01-01T00:00:00Z");
const FIELDS = ["openTime", "closeTime", "open", "high", "low", "close", "volume"] as const;

/** One way to read bars from a file, all of them at every call; gives how many there were. */
export interface Scan {
  readonly name: string;
  readonly read: () => Promise<number> | number;
}

/** The same bars in every form, in files of a folder, and the ways to read them. */
export async function scansOf(folder: string, count: number): Promise<Scan[]> {
  const of = universeSeries(0);
  const openTime = Float64Array.from({ length: count }, (_, slot) => START + slot * 15 * MINUTE_MS);
  const closeTime = openTime.map((opens) => opens + 15 * MINUTE_MS);
  const bars = wanderingBars(0, openTime, closeTime);

  const raw = join(folder, "bars.raw");
  writeFileSync(raw, Buffer.concat(FIELDS.map((field) => Buffer.from(bars[field].buffer))));
  const csv = join(folder, "bars.csv");
  await writeCsvBars(csv, [bars]);
  const parquet = join(folder, "bars.parquet");
  await writeParquetBars(parquet, [bars], { series: of.key });
  const store = openLmdbStore(join(folder, "store"), { mode: "write" });
  const stored = new BarStore(store);
  store.write((writer) => {
    const calendar = { name: "24/7", zone: "UTC", alignment: "session" } as const;
    stored.declare(writer, { series: of, calendar });
    const covered = [{ from: START, to: closeTime[count - 1]! }];
    stored.update(writer, of.key, { bars, source: "csv", receivedAt: START, covered });
  });

  return [
    { name: "a raw file of doubles, 56 bytes a bar", read: () => readRaw(raw, count) },
    { name: "the store, all bars at once", read: () => stored.read(of.key).length },
    { name: "the store, batch by batch", read: () => total(stored.batches(of.key)) },
    { name: "StoredBarSource", read: () => heard(new StoredBarSource(stored)) },
    { name: "a Parquet file, hyparquet alone", read: () => readParquet(parquet) },
    {
      name: "ParquetBarSource, checked bars",
      read: () => heard(new ParquetBarSource(parquet, { series: of })),
    },
    { name: "a CSV file, csv-parse, rows of text", read: () => readCsv(csv) },
  ];
}

function readRaw(file: string, count: number): number {
  const { buffer, byteOffset } = readFileSync(file);
  const columns = FIELDS.map(
    (_, place) => new Float64Array(buffer, byteOffset + 8 * count * place, count),
  );
  return columns[5]!.length;
}

function total(batches: Iterable<BarColumns>): number {
  let count = 0;
  for (const batch of batches) count += batch.length;
  return count;
}

function heard(source: BarSource): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0;
    source.open(
      { series: universeSeries(0) },
      {
        bars: (batch) => {
          count += batch.bars.length;
        },
        coverage: () => {},
        event: () => {},
        end: (outcome) => {
          if (outcome.kind === "complete") resolve(count);
          else reject(new Error(`the source ended ${JSON.stringify(outcome)}`));
        },
      },
    );
  });
}

async function readParquet(path: string): Promise<number> {
  let values = 0;
  const file = await asyncBufferFromFile(path);
  await parquetRead({
    file,
    onChunk: ({ columnData }) => {
      values += columnData.length;
    },
  });
  return values / FIELDS.length;
}

async function readCsv(file: string): Promise<number> {
  let rows = 0;
  for await (const _row of createReadStream(file).pipe(parse())) rows += 1;
  return rows - 1;
}
