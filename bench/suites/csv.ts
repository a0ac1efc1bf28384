import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { SuiteReport } from "../lib/report.ts";

const RUN = fileURLToPath(new URL("../csv/run.js", import.meta.url));

/** What `bench/csv/run.ts` prints with `--json`, as far as it is shown here. */
interface CsvFigures {
  readonly rows: number;
  readonly csvParseRowsPerSecond: number;
  readonly barlineBarsPerSecond: number;
  readonly residentMegabytes: number;
}

/** Reading bars from a file, beside the parser alone; in a process of its own. */
export async function benchmarkCsv(isQuick: boolean): Promise<SuiteReport> {
  const parameters = [RUN, "--json", ...(isQuick ? ["--quick"] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, parameters);
  const figures = JSON.parse(stdout) as CsvFigures;
  const { rows, csvParseRowsPerSecond, barlineBarsPerSecond, residentMegabytes } = figures;
  const share = barlineBarsPerSecond / csvParseRowsPerSecond;
  return {
    title: "CSV: a file of bars, read as a stream",
    notes: [`${rows} rows, the best of some rounds; ${residentMegabytes} MB resident at the end.`],
    heading: ["", "rows/s", "of csv-parse"],
    rows: [
      ["csv-parse, rows of text", `${csvParseRowsPerSecond}`, "1.00x"],
      ["barline, checked bars", `${barlineBarsPerSecond}`, `${share.toFixed(2)}x`],
    ],
    verdicts: [],
    figures,
  };
}
