/**
 * `npm run bench`: every suite, one table each, with the machine it ran on. `--quick` takes less
 * than a minute and measures less well; `--json` prints one object instead; names of suites pick
 * some. A goal that is not reached is printed, and is no failure: figures depend on the machine.
 */

import { describeMachine } from "./lib/machine.ts";
import { formatReport, type SuiteReport } from "./lib/report.ts";
import { benchmarkCsv } from "./suites/csv.ts";
import { benchmarkEngine } from "./suites/engine.ts";
import { benchmarkIndicators } from "./suites/indicators.ts";
import { benchmarkSequencer } from "./suites/sequencer.ts";
import { benchmarkStore } from "./suites/store.ts";

const SUITES: Readonly<Record<string, (isQuick: boolean) => Promise<SuiteReport>>> = {
  indicators: benchmarkIndicators,
  engine: benchmarkEngine,
  sequencer: benchmarkSequencer,
  csv: benchmarkCsv,
  store: benchmarkStore,
};

const parameters = process.argv.slice(2);
const isQuick = parameters.includes("--quick");
const isJson = parameters.includes("--json");
const named = parameters.filter((each) => !each.startsWith("--"));
const unknown = named.find((name) => SUITES[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(`no suite "${unknown}": use ${Object.keys(SUITES).join(", ")}\n`);
  process.exit(2);
}

const machine = describeMachine();
const { processor, cores, node, platform } = machine;
if (!isJson) process.stdout.write(`${processor}, ${cores} cores, Node ${node}, ${platform}\n\n`);
const reports: SuiteReport[] = [];
for (const name of named.length === 0 ? Object.keys(SUITES) : named) {
  const report = await SUITES[name]!(isQuick);
  reports.push(report);
  if (!isJson) process.stdout.write(formatReport(report));
}
if (isJson) {
  const suites = reports.map(({ title, figures, verdicts }) => ({ title, figures, verdicts }));
  process.stdout.write(`${JSON.stringify({ machine, isQuick, suites })}\n`);
}
