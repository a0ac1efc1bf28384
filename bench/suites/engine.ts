import { MEMORY_OPTIONS } from "../lib/bytes-of-pass.ts";
import { inFreshProcess } from "../lib/fresh-process.ts";
import type { SuiteReport } from "../lib/report.ts";
import type { Timing } from "../lib/take-turns.ts";

const MEASURE = new URL("../engine/measure.js", import.meta.url);
const OBJECTS = "hand-written, objects";
const FLEETING = "hand-written, fleeting objects";
const COLUMNS = "hand-written, columns";
const ENGINE = "barline";
const HOURLY = "barline, with hourly bars";
const TRACED = "barline, with a trace";
const RACE = [OBJECTS, FLEETING, COLUMNS, ENGINE];

interface Row {
  readonly name: string;
  readonly bars: number;
  readonly barsPerSecond: number;
  readonly medianBarsPerSecond: number;
  /** Bytes of heap a bar. */
  readonly bytes: number;
}

/** What is measured, how many bars at a time, and how often. */
interface Plan {
  readonly names: readonly string[];
  readonly bars: number;
  readonly turns: number;
  readonly rounds: number;
}

/**
 * The SMA 40/260 cross with next-open fills, fees and an equity curve: the engine, and the loops
 * one writes by hand.
 */
export async function benchmarkEngine(isQuick: boolean): Promise<SuiteReport> {
  const bars = isQuick ? 200_000 : 1_000_000;
  const turns = isQuick ? 8 : 15;
  const rounds = isQuick ? 2 : 3;
  const same = await inFreshProcess<boolean>(MEASURE, ["check", `${bars}`, "1", ...RACE]);
  if (!same) throw new Error("the engine and the loops come to different results");
  const rows = [
    ...(await measure({ names: RACE, bars, turns, rounds })),
    ...(await measure({ names: [HOURLY], bars, turns, rounds: 1 })),
    ...(await measure({ names: [TRACED], bars: bars / 10, turns, rounds: 1 })),
  ];
  const of = (name: string): Row => rows.find((row) => row.name === name)!;
  const times = (name: string, other: string): number =>
    of(name).barsPerSecond / of(other).barsPerSecond;
  const share = times(ENGINE, OBJECTS);
  return {
    title: "Engine: SMA 40/260 cross, next-open fills, fees, equity curve",
    notes: [
      `${bars} one-minute bars (a tenth of them with a trace), each contender in processes of`,
      `its own that take turns: best of ${rounds * turns} passes, median of the best process.`,
      "Objects: strategy, broker and account, bar objects that a loader left in an array.",
      "Fleeting objects: one function that makes each bar object itself; V8 never really makes it.",
      "The loops sum in plain floating point; barline's averages and cash are exact.",
    ],
    heading: ["", "M bars/s", "median", "of objects", "bytes a bar"],
    rows: rows.map((row) => [
      row.name,
      millions(row.barsPerSecond),
      millions(row.medianBarsPerSecond),
      `${times(row.name, OBJECTS).toFixed(2)}x`,
      row.bytes.toFixed(0),
    ]),
    verdicts: [
      {
        goal: "the engine has at least half the speed of the loop with objects",
        measured:
          `${share.toFixed(2)}x; ${times(ENGINE, FLEETING).toFixed(2)}x with fleeting ones, ` +
          `${times(ENGINE, COLUMNS).toFixed(2)}x with columns`,
        holds: share >= 0.5,
      },
    ],
    figures: rows,
  };
}

/** In processes of their own, that take turns; each contender counts with its best pass. */
async function measure({ names, bars, turns, rounds }: Plan): Promise<Row[]> {
  const timings = new Map<string, Timing>();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const parameters = ["time", `${bars}`, `${turns}`, name];
      const { best, median } = await inFreshProcess<Timing>(MEASURE, parameters);
      const before = timings.get(name) ?? { best, median };
      timings.set(name, {
        best: Math.min(best, before.best),
        median: Math.min(median, before.median),
      });
    }
  }
  const rows: Row[] = [];
  for (const name of names) {
    const counted = Math.min(bars, 200_000);
    const parameters = ["bytes", `${counted}`, "1", name];
    const bytes = await inFreshProcess<number>(MEASURE, parameters, MEMORY_OPTIONS);
    const { best, median } = timings.get(name)!;
    const barsPerSecond = Math.round((bars / best) * 1e3);
    const medianBarsPerSecond = Math.round((bars / median) * 1e3);
    rows.push({ name, bars, barsPerSecond, medianBarsPerSecond, bytes: bytes / counted });
  }
  return rows;
}

function millions(barsPerSecond: number): string {
  return (barsPerSecond / 1e6).toFixed(2);
}
