import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inFreshProcess } from "../lib/fresh-process.ts";
import type { SuiteReport } from "../lib/report.ts";
import type { ScanRow } from "../store/measure.ts";
import type { Opened, Written } from "../store/universe.ts";

const MEASURE = new URL("../store/measure.js", import.meta.url);
const YEARS = 10;

/** Storing bars and reading them: one long series, many of them, and a bar at a time. */
export async function benchmarkStore(isQuick: boolean): Promise<SuiteReport> {
  const folder = await mkdtemp(join(tmpdir(), "barline-bench-"));
  try {
    const bars = isQuick ? 100_000 : 1_000_000;
    const instruments = isQuick ? 20 : 500;
    const commits = isQuick ? 100 : 500;
    const run = <Result>(task: string, where: string, number: number): Promise<Result> =>
      inFreshProcess<Result>(MEASURE, [task, where, `${number}`]);
    const scans = await run<ScanRow[]>("scan", folder, bars);
    const universe = join(folder, "universe");
    const written = await run<Written>("write", universe, instruments);
    const { size } = await stat(join(universe, "data.mdb"));
    const opened = await run<Opened>("open", universe, 0);
    const commit = quantiles(await run<number[]>("commit", universe, commits));
    const figures = { bars, scans, instruments, written, fileBytes: size, opened, commit };
    return { ...report(figures), figures };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Figures {
  readonly bars: number;
  readonly scans: readonly ScanRow[];
  readonly instruments: number;
  readonly written: Written;
  readonly fileBytes: number;
  readonly opened: Opened;
  readonly commit: { readonly median: number; readonly p95: number };
}

function report(figures: Figures): Omit<SuiteReport, "figures"> {
  const { bars, scans, instruments, written, fileBytes, opened, commit } = figures;
  const raw = scans[0]!.barsPerSecond;
  const slowest = Math.min(...scans.slice(1, 4).map(({ barsPerSecond }) => barsPerSecond));
  const total = opened.open + opened.list;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return {
    title: "Store: bars on the disk",
    notes: [
      `Reading ${bars} bars of one series from files that the system has in memory; best of 5.`,
      `The universe: ${instruments} instruments, ${YEARS} years of 15 minutes, ${written.bars} ` +
        "bars:",
      `  written in ${written.seconds.toFixed(1)} s, ${millions(written.bars / written.seconds)} ` +
        "million bars a second, a transaction for each instrument;",
      `  ${megabytes(fileBytes)} MB, ${(fileBytes / written.bars).toFixed(2)} bytes a bar on the ` +
        `disk, ${(written.barBytes / written.bars).toFixed(2)} in blocks;`,
      `  opened in ${opened.open.toFixed(1)} ms and listed in ${opened.list.toFixed(1)} ms by a ` +
        "fresh process;",
      `  one more bar, synchronized to the disk: median ${commit.median.toFixed(2)} ms, ` +
        `95 % below ${commit.p95.toFixed(2)} ms.`,
    ],
    heading: ["", "million bars/s", "of the raw file"],
    rows: scans.map(({ name, barsPerSecond }) => [
      name,
      millions(barsPerSecond),
      `${(barsPerSecond / raw).toFixed(3)}x`,
    ]),
    verdicts: [
      {
        goal: "stored bars are read at 10 million a second or more",
        measured: `${millions(slowest)} million, in the slowest way`,
        holds: slowest >= 1e7,
      },
      {
        goal: "a universe is opened and listed in less than 100 ms",
        measured: `${total.toFixed(1)} ms for ${opened.series} series`,
        holds: total < 100,
      },
    ],
  };
}

function quantiles(taken: readonly number[]): Figures["commit"] {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { median: at(0.5), p95: at(0.95) };
}

function millions(perSecond: number): string {
  return (perSecond / 1e6).toFixed(2);
}
