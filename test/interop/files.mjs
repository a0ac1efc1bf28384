// Bars as files: what Barline writes is read by the readers that people use, and what they write is
// read by Barline, every value compared bit for bit. Runs the built package.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { readCsvBars, writeCsvBars } from "../../dist/adapters/csv/index.js";
import { readParquetBars, writeParquetBars } from "../../dist/adapters/parquet/index.js";
import { systemZone } from "../../dist/adapters/system/index.js";
import { BarColumns, barSize, instrument, series } from "../../dist/core/index.js";

const here = import.meta.dirname;
const data = join(here, "../../examples/data");
const run = promisify(execFile);

/** Far beyond what a program takes. */
const PROGRAM_MS = 120_000;
const ROW_GROUP = 131_072;
const COLUMNS = ["openTime", "closeTime", "open", "high", "low", "close", "volume"];

const SHIPPED = [
  { name: "cffex-if-15m", size: "15m" },
  { name: "cffex-if-1m", size: "1m" },
  { name: "sp500-daily", size: "1d" },
];

function seriesOf(size) {
  return series(instrument("TEST", { allowsNegativePrice: true }), barSize(size));
}

/** All columns one after another, the form of the truth. */
function bytesOf(bars) {
  const columns = COLUMNS.map((name) => {
    const values = bars[name].subarray(0, bars.length);
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  });
  return Buffer.concat(columns);
}

/** Doubles that are easily lost, in more bars than a row group has. */
function edgeBars() {
  const known = [-0, 0, 5e-324, -5e-324, 2.2250738585072014e-308, 4e307, 0.1 + 0.2, 1 / 3];
  const bars = new BarColumns(ROW_GROUP);
  for (let index = 0; index < ROW_GROUP + 1_000; index += 1) {
    const drawn = Math.sin(index) * 2 ** ((index % 2_000) - 1_000);
    const value = known[index % 50] ?? drawn;
    const high = Math.max(value, drawn);
    const low = Math.min(value, drawn);
    const openTime = index * 900_000 + (index % 7);
    bars.append(openTime, (index + 1) * 900_000, value, high, low, drawn, Math.abs(value));
  }
  return bars;
}

/** Writes bars in every form that Barline has, with the truth beside them. */
async function writeOurs(folder) {
  const files = [];
  const add = async (name, size, bars, hasCsv) => {
    const { key } = seriesOf(size);
    const file = { name, size, series: key, truth: `${name}.truth`, parquet: `${name}.parquet` };
    const whole = Math.floor(bars.length / ROW_GROUP);
    const groups = [...Array(whole).fill(ROW_GROUP), bars.length % ROW_GROUP].filter((n) => n > 0);
    writeFileSync(join(folder, file.truth), bytesOf(bars));
    await writeParquetBars(join(folder, file.parquet), [bars], { series: key, size });
    if (hasCsv) await writeCsvBars(join(folder, `${name}.csv`), [bars]);
    files.push({ ...file, groups, ...(hasCsv && { csv: `${name}.csv` }) });
  };
  for (const { name, size } of SHIPPED) {
    const { bars } = await readCsvBars(join(data, `${name}.csv`), {
      series: seriesOf(size),
      onFault: "skip",
    });
    await add(name, size, bars, true);
  }
  await add("edge", "15m", edgeBars(), false);
  writeFileSync(join(folder, "written.json"), JSON.stringify(files));
}

async function runProgram(python, name, folder) {
  const program = run(python, ["-B", join(here, "files", name), folder], { timeout: PROGRAM_MS });
  return program.catch((error) => error);
}

function say(isOk, who, what) {
  process.stdout.write(`${isOk ? "ok    " : "FAILED"}  ${who.padEnd(26)}  ${what}\n`);
  return isOk;
}

/** Where bars differ first from the truth, in words; undefined where they do not. */
function difference(bars, truth) {
  const length = truth.length / 8 / COLUMNS.length;
  if (bars.length !== length) return `${bars.length} bars, not ${length}`;
  for (const [place, name] of COLUMNS.entries()) {
    for (let row = 0; row < length; row += 1) {
      const value = truth.readDoubleLE((place * length + row) * 8);
      if (!Object.is(bars[name][row], value)) {
        return `${name} of row ${row + 1} is ${bars[name][row]}, not ${value}`;
      }
    }
  }
  return undefined;
}

/** The same bars with the last bit of one value changed, in the middle. */
function planted(bars, name) {
  const changed = new BarColumns(bars.length);
  for (const bar of bars) changed.push(bar);
  const bits = new BigInt64Array(changed[name].buffer);
  bits[bars.length >> 1] ^= 1n;
  return changed;
}

/** Reads one file that something else wrote, and says whether it is what it has to be. */
async function readTheirs(file, folder) {
  const { zone, ...options } = file.options;
  const what = file.what;
  // Whether Node can unpack it depends on its version.
  const needsZstd = /zstd/.test(what) && !("zstdDecompressSync" in zlib);
  const wanted = needsZstd ? "unsupported-codec" : file.code;
  const settings = {
    ...options,
    series: seriesOf(file.size),
    ...(zone && { zone: systemZone(zone) }),
  };
  let bars;
  try {
    ({ bars } = await readParquetBars(join(folder, file.file), settings));
  } catch (error) {
    const isWanted = error.name === "BarlineError" && error.code === wanted;
    const told = isWanted ? `refused as it must be, ${wanted}` : error.message;
    return say(isWanted, file.who, `${what}: ${told}`);
  }
  if (wanted !== null && wanted !== undefined) {
    return say(false, file.who, `${what}: it was read, and has to be refused as ${wanted}`);
  }
  const truth = readFileSync(join(folder, file.truth));
  const problem = difference(bars, truth);
  if (problem !== undefined) return say(false, file.who, `${what}: ${problem}`);
  const escaped = COLUMNS.filter((name) => difference(planted(bars, name), truth) === undefined);
  const found = `${COLUMNS.length} faults planted, ${COLUMNS.length - escaped.length} found`;
  return say(escaped.length === 0, file.who, `${what}: ${bars.length} bars; ${found}`);
}

/** Whether files go both ways unharmed. */
export async function compareFiles(python, folder) {
  await writeOurs(folder);
  const [read, written] = [
    await runProgram(python, "read_bars.py", folder),
    await runProgram(python, "write_bars.py", folder),
  ];
  process.stdout.write(`${read.stdout}${read.stderr}${written.stdout}${written.stderr}`);
  if (written.code !== undefined) return say(false, "files", "the writers ended early");
  let isRight = read.code === undefined;
  for (const file of JSON.parse(readFileSync(join(folder, "foreign.json"), "utf8"))) {
    isRight = (await readTheirs(file, folder)) && isRight;
  }
  return isRight;
}
