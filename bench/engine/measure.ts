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
import { type Contender, takeTurns } from "../lib/take-turns.ts";
import { BENCH_INSTRUMENT, barlineRun, cross, hourlyTrend } from "./barline.ts";
import {
  type CrossResult,
  columnarLoop,
  fleetingObjectLoop,
  objectLoop,
  plainBar,
} from "./hand-written.ts";

/**
 * Measures some contenders in this process and sends the figures to the parent: with `time`, their
 * timings by name; with `bytes` (and --expose-gc), the growth of the heap over one pass of the first.
 */

const WARM_UP_TURNS = 8;

interface Inputs {
  readonly series: Series;
  readonly bars: BarColumns;
  readonly objects: readonly Bar[];
}

function inputs(count: number): Inputs {
  const grid = new BarGrid(calendarByName("24/7"), barSize("1m"));
  const from = instant("2020-01-01T00:00:00Z");
  const bars = generateBars(grid, { seed: 7, bars: count, from, price: 1_000 });
  const objects = Array.from({ length: count }, (_, i) => plainBar(bars, i));
  return { series: series(BENCH_INSTRUMENT, grid.size), bars, objects };
}

const RUNS: Readonly<Record<string, (given: Inputs) => CrossResult>> = {
  "hand-written, columns": ({ bars }) => columnarLoop(bars),
  "hand-written, fleeting objects": ({ bars }) => fleetingObjectLoop(bars),
  "hand-written, objects": ({ objects }) => objectLoop(objects),
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

/** The race is one of equals only while all come to the same fills, cash and equity. */
function requireSameResult(names: readonly string[], given: Inputs): void {
  const [first, ...others] = names.map((name) => ({ name, result: RUNS[name]!(given) }));
  const expected = first!.result.equity();
  for (const { name, result } of others) {
    const equity = result.equity();
    let same = result.fills === first!.result.fills && equity.length === expected.length;
    for (let i = 0; same && i < equity.length; i += 1) {
      same = Math.abs(equity[i]! - expected[i]!) <= 1e-9 * Math.abs(expected[i]!);
    }
    if (!same) throw new Error(`${name} comes to another result than ${first!.name}`);
  }
}

const [what, count, turns, ...names] = process.argv.slice(2);
const given = inputs(Number(count));
if (what === "bytes") {
  const run = RUNS[names[0]!]!;
  for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) run(given);
  process.send!(bytesOfPass(() => run(given)));
} else {
  requireSameResult(names, given);
  const contenders = names.map((name): Contender => {
    const run = RUNS[name]!;
    return {
      name,
      pass: () => {
        run(given);
      },
    };
  });
  process.send!(Object.fromEntries(await takeTurns(contenders, Number(turns), WARM_UP_TURNS)));
}
