import { LIBRARIES, type Library } from "../indicators/contenders.ts";
import {
  type IndicatorFigure,
  type IndicatorRow,
  benchmarkIndicators as measureIndicators,
} from "../indicators/suite.ts";
import type { SuiteReport, Verdict } from "../lib/report.ts";

/** What the quick form measures: exact windows and a recursive one. */
const QUICK = ["SMA(40)", "SMA(260)", "RSI(14)"];
const PEERS: readonly Library[] = ["trading-signals", "technicalindicators"];

/** Every indicator beside a loop written by hand and two packages, each in processes of its own. */
export async function benchmarkIndicators(isQuick: boolean): Promise<SuiteReport> {
  const report = await measureIndicators({ isQuick, ...(isQuick ? { only: QUICK } : {}) });
  return {
    title: "Indicators: nanoseconds and bytes an update",
    notes: [
      `${report.inputs} real one-minute bars, again and again, one indicator a process;`,
      "x: times the time of the loop written by hand, which for SMA is the naive running sum.",
      "The packages' VWAP knows no sessions.",
    ],
    heading: ["", ...LIBRARIES],
    rows: report.rows.map((row) => [
      row.indicator,
      ...LIBRARIES.map((library) => cell(figureOf(row, library))),
    ]),
    verdicts: [averagesNearNaive(report.rows), fasterThanPeers(report.rows)],
    figures: report.rows,
  };
}

function figureOf(row: IndicatorRow, library: Library): IndicatorFigure | undefined {
  return row.figures.find((figure) => figure.library === library);
}

function cell(figure: IndicatorFigure | undefined): string {
  if (figure === undefined) return "-";
  const { timeNs, ratio, bytes } = figure;
  return `${timeNs.toFixed(1)} ns ${ratio.toFixed(1)}x ${bytes.toFixed(1)} B`;
}

/** That each value is also the correctly rounded mean is shown by the tests of the averages. */
function averagesNearNaive(rows: readonly IndicatorRow[]): Verdict {
  const ours = rows
    .filter(({ indicator }) => indicator.startsWith("SMA("))
    .map((row) => figureOf(row, "barline")!);
  const ratio = Math.max(...ours.map((figure) => figure.ratio));
  const bytes = Math.max(...ours.map((figure) => figure.bytes));
  return {
    goal: "SMA takes at most 3 times the naive ring loop, and 0 bytes an update",
    measured: `${ratio.toFixed(2)}x, ${bytes.toFixed(1)} B`,
    holds: ratio <= 3 && bytes === 0,
  };
}

function fasterThanPeers(rows: readonly IndicatorRow[]): Verdict {
  const slower: string[] = [];
  let closest = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const ours = figureOf(row, "barline")!;
    for (const peer of PEERS) {
      const theirs = figureOf(row, peer);
      if (theirs === undefined) continue;
      closest = Math.min(closest, theirs.timeNs / ours.timeNs);
      if (theirs.timeNs <= ours.timeNs) slower.push(`${row.indicator} than ${peer}`);
    }
  }
  return {
    goal: "every indicator is faster than both packages",
    measured:
      slower.length === 0
        ? `the closest by ${closest.toFixed(1)}x`
        : `slower: ${slower.join(", ")}`,
    holds: slower.length === 0,
  };
}
