import { inFreshProcess } from "../lib/fresh-process.ts";
import { describeMachine, type Machine } from "../lib/machine.ts";
import { CONTENDERS, inputsPerPass, LIBRARIES, type Library } from "./contenders.ts";

export interface IndicatorFigure {
  readonly library: Library;
  /** Nanoseconds an update. */
  readonly timeNs: number;
  /** Times as long as the hand-written one. */
  readonly ratio: number;
  /** Bytes allocated an update, to a tenth. */
  readonly bytes: number;
}

export interface IndicatorRow {
  readonly indicator: string;
  readonly figures: readonly IndicatorFigure[];
}

export interface IndicatorReport {
  readonly machine: Machine;
  /** Inputs of one pass; every measurement takes many passes over the same real bars. */
  readonly inputs: number;
  readonly rows: readonly IndicatorRow[];
}

export interface IndicatorBenchOptions {
  /** One short measurement each, for a check that takes seconds; false unless given. */
  readonly isQuick?: boolean;
  /** Only these indicators, by their names in `CONTENDERS`; all unless given. */
  readonly only?: readonly string[];
}

const MEASURE = new URL("./measure.js", import.meta.url);
/** Room for all that one pass allocates, so that no collection falls into it. */
const MEMORY_OPTIONS = ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];

/**
 * Measures every indicator beside its rivals, each in fresh processes: as a program with one such
 * strategy would see it. The rivals of a row take turns, and each counts with its best turn, so
 * that what else the machine does at the time weighs little.
 */
export async function benchmarkIndicators(
  options: IndicatorBenchOptions = {},
): Promise<IndicatorReport> {
  const { isQuick = false, only = Object.keys(CONTENDERS) } = options;
  const rows: IndicatorRow[] = [];
  for (const indicator of only) rows.push(await measureRow(indicator, isQuick));
  return { machine: describeMachine(), inputs: inputsPerPass(), rows };
}

async function measureRow(indicator: string, isQuick: boolean): Promise<IndicatorRow> {
  const offered = LIBRARIES.filter((library) => CONTENDERS[indicator]![library] !== undefined);
  const best = new Map<Library, number>();
  for (let turn = 0; turn < (isQuick ? 1 : 3); turn += 1) {
    for (const library of offered) {
      const parameters = [indicator, library, "time", isQuick ? "150" : "500"];
      const timeNs = await inFreshProcess<number>(MEASURE, parameters);
      best.set(library, Math.min(timeNs, best.get(library) ?? Number.POSITIVE_INFINITY));
    }
  }
  const figures: IndicatorFigure[] = [];
  for (const library of offered) {
    const parameters = [indicator, library, "bytes"];
    const bytes = await inFreshProcess<number>(MEASURE, parameters, MEMORY_OPTIONS);
    const timeNs = best.get(library)!;
    figures.push({ library, timeNs, ratio: timeNs / best.get("hand-written")!, bytes });
  }
  return { indicator, figures };
}

/** The report as a table for people. */
export function formatIndicatorReport(report: IndicatorReport): string {
  const { machine } = report;
  const heading = ["indicator", ...LIBRARIES].map((text) => text.padEnd(COLUMN)).join("");
  const lines = report.rows.map(({ indicator, figures }) => {
    const cells = LIBRARIES.map((library) => {
      const figure = figures.find((each) => each.library === library);
      if (figure === undefined) return "-";
      const { timeNs, ratio, bytes } = figure;
      return `${timeNs.toFixed(1)} ns ${ratio.toFixed(1)}x ${bytes.toFixed(1)} B`;
    });
    return [indicator, ...cells]
      .map((text) => text.padEnd(COLUMN))
      .join("")
      .trimEnd();
  });
  return [
    "Indicators: time an update, times the hand-written loop, bytes allocated an update.",
    "Each figure is of a fresh process with that one indicator in it, over real 1-minute bars",
    `(${report.inputs} of them, again and again); the packages' VWAP knows no sessions.`,
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${machine.platform}`,
    "",
    heading.trimEnd(),
    ...lines,
    "",
  ].join("\n");
}

const COLUMN = 24;
