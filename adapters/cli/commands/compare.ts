import type { Command } from "commander";
import { countText } from "../../kept/count-text.ts";
import { examples } from "../terminal/option-values.ts";
import { tableText } from "../terminal/talk.ts";
import { type Comparison, compareTraces } from "../trace/comparison.ts";
import { readTrace } from "../trace/trace-lines.ts";

/** `barline compare A B`. */
export function addCompare(program: Command): void {
  program
    .command("compare")
    .description(
      "compare two traces from the moment both runs were READY; exit code 1 if they differ",
    )
    .argument("<first>", "a trace")
    .argument("<second>", "another trace of the same market")
    .option("--json", "print the comparison as one JSON object")
    .addHelpText("after", examples("barline compare backtest.ndjson live.ndjson"))
    .action(async (first: string, second: string, flags: { readonly json?: boolean }) => {
      const comparison = compareTraces(await readTrace(first), await readTrace(second));
      const text = flags.json ? JSON.stringify(comparison) : comparisonText(comparison);
      process.stdout.write(`${text}\n`);
      if (!comparison.equal) process.exitCode = 1;
    });
}

/** A comparison as a table, with the first difference of each kind below it. */
export function comparisonText(comparison: Comparison): string {
  if (comparison.from === undefined) {
    return "nothing to compare: at least one of the runs was never READY";
  }
  const rows = comparison.kinds.map(({ kind, compared, different, missing }) => [
    kind,
    countText(compared),
    countText(different),
    countText(missing),
  ]);
  const table = tableText([["", "compared", "different", "missing"], ...rows]);
  const firsts = comparison.kinds.flatMap(({ kind, first }) =>
    first === undefined ? [] : [`first difference in ${kind}: ${first}`],
  );
  const verdict = comparison.equal ? "equal" : "NOT equal";
  return [`from ${comparison.from} on:`, table, ...firsts, verdict].join("\n");
}
