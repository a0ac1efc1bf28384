import {
  type Bar,
  type BarColumns,
  BarGrid,
  barSize,
  calendarByName,
  instant,
  type Series,
  series,
  TraceRecorder,
} from "../../core/index.ts";
import { generateBars } from "../../sim/index.ts";
import { bytesOfPass } from "../lib/bytes-of-pass.ts";
import { takeTurns } from "../lib/take-turns.ts";
import { BENCH_INSTRUMENT, barlineRun, cross, hourlyTrend } from "./barline.ts";
import {
  type CrossResult,
  columnarLoop,
  fleetingObjectLoop,
  objectLoop,
  plainBar,
} from "./hand-written.ts";

/**
 * Measures one contender in this process and sends the figure to the parent: with `time`, its
 * timing; with `bytes` (and --expose-gc), the growth of the heap over one pass. With `check` it
 * runs several and sends true when all come to the same result.
 */

const WARM_UP_TURNS = 8;

interface Inputs {
  readonly series: Series;
  readonly bars: BarColumns;
  /** The same bars as objects, for those who ask for them. */
  readonly objects: () => readonly Bar[];
}

function inputs(count: number): Inputs {
  const grid = new BarGrid(calendarByName("24/7"), barSize("1m"));
  const from = instant("2020-01-01T00:00:00Z");
  const bars = generateBars(grid, { seed: 7, bars: count, from, price: 1_000 });
  let made: readonly Bar[] | undefined;
  const objects = (): readonly Bar[] => {
    made ??= Array.from({ length: count }, (_, i) => plainBar(bars, i));
    return made;
  };
  return { series: series(BENCH_INSTRUMENT, grid.size), bars, objects };
}

const RUNS: Readonly<Record<string, (given: Inputs) => CrossResult>> = {
  "hand-written, columns": ({ bars }) => columnarLoop(bars),
  "hand-written, fleeting objects": ({ bars }) => fleetingObjectLoop(bars),
  "hand-written, objects": ({ objects }) => objectLoop(objects()),
  barline: ({ bars, series: of }) => barlineRun(cross, bars, of),
  "barline, with hourly bars": ({ bars, series: of }) => barlineRun(hourlyTrend, bars, of),
  "barline, with a trace": ({ bars, series: of }) => {
    let length = 0;
    const observer = new TraceRecorder((line) => {
      length += line.length + 1;
    });
    const result = barlineRun(cross, bars, of, observer);
    if (length === 0) throw new Error("the trace is empty");
    return result;
  },
};

/** A comparison is fair only where all come to the same fills, cash and equity. */
function haveSameResult(names: readonly string[], given: Inputs): boolean {
  const [first, ...others] = names.map((name) => RUNS[name]!(given));
  const expected = first!.equity();
  return others.every((result) => {
    const equity = result.equity();
    let same = result.fills === first!.fills && equity.length === expected.length;
    for (let i = 0; same && i < equity.length; i += 1) {
      same = Math.abs(equity[i]! - expected[i]!) <= 1e-9 * Math.abs(expected[i]!);
    }
    return same && equity.length > 0;
  });
}

const [what, count, turns, ...names] = process.argv.slice(2);
const given = inputs(Number(count));
const run = RUNS[names[0]!]!;
if (what === "check") process.send!(haveSameResult(names, given));
else if (what === "bytes") process.send!(bytesOfPass(() => run(given)));
else {
  const contender = { name: names[0]!, pass: () => void run(given) };
  const timings = await takeTurns([contender], Number(turns), WARM_UP_TURNS);
  process.send!(timings.get(contender.name)!);
}
