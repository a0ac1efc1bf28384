import { inFreshProcess } from "../lib/fresh-process.ts";
import type { SuiteReport } from "../lib/report.ts";
import type { Timing } from "../lib/take-turns.ts";

const MEASURE = new URL("../sequencer/measure.js", import.meta.url);
const HISTORY_BARS = 100_000;
const LIVE_BARS = 20_000;

/** History and live bars on their way through `splice`, beside the map one writes by hand. */
export async function benchmarkSequencer(isQuick: boolean): Promise<SuiteReport> {
  const turns = isQuick ? 3 : 10;
  const parameters = [`${HISTORY_BARS}`, `${LIVE_BARS}`, `${turns}`];
  const timings = await inFreshProcess<Readonly<Record<string, Timing>>>(MEASURE, parameters);
  const figures = Object.entries(timings).map(([name, { best, median }]) => {
    const bars = name.endsWith("backfill") ? HISTORY_BARS : LIVE_BARS;
    return {
      name,
      bars,
      barsPerSecond: Math.round((bars / best) * 1e3),
      medianBarsPerSecond: Math.round((bars / median) * 1e3),
    };
  });
  return {
    title: "Sequencer: a backfill, then live bars one by one",
    notes: [
      `${HISTORY_BARS} bars of history at once, then ${LIVE_BARS} live ones at their closes;`,
      `best of ${turns} turns in one process. The map knows bars by open time and passes each on`,
      "once; the splice also checks every bar, settles every slot of the grid, and hashes the",
      "backfill with SHA-256 for the certificate.",
    ],
    heading: ["", "bars/s", "median"],
    rows: figures.map(({ name, barsPerSecond, medianBarsPerSecond }) => [
      name,
      `${barsPerSecond}`,
      `${medianBarsPerSecond}`,
    ]),
    verdicts: [],
    figures,
  };
}
