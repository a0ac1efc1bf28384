import { benchmarkIndicators, formatIndicatorReport } from "./suite.ts";

/** `node dist/bench/indicators/run.js [--quick] [--json] [INDICATOR ...]` */
const parameters = process.argv.slice(2);
const only = parameters.filter((each) => !each.startsWith("--"));
const report = await benchmarkIndicators({
  isQuick: parameters.includes("--quick"),
  ...(only.length === 0 ? {} : { only }),
});
process.stdout.write(
  parameters.includes("--json") ? `${JSON.stringify(report)}\n` : formatIndicatorReport(report),
);
