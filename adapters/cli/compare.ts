import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { fail } from "../../core/time/failure.ts";
import { type Comparison, compareTraces } from "./comparison.ts";
import { countText, tableText } from "./talk.ts";
import { type TraceContents, TraceReader } from "./trace-contents.ts";

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
    .action(async (first: string, second: string, flags: { readonly json?: boolean }) => {
      const comparison = compareTraces(await readTrace(first), await readTrace(second));
      const text = flags.json ? JSON.stringify(comparison) : comparisonText(comparison);
      process.stdout.write(`${text}\n`);
      if (!comparison.equal) process.exitCode = 1;
    });
}

async function readTrace(file: string): Promise<TraceContents> {
  const reader = new TraceReader(file);
  try {
    const input = createReadStream(file);
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      reader.take(line);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (typeof code !== "string" || !/^E[A-Z]+$/.test(code)) throw error;
    fail("cannot-read", `it cannot be read (${code})`, { where: file, cure: "name a trace file" });
  }
  if (reader.contents.lines === 0) {
    fail("not-a-trace", "it is empty", { where: file, cure: "compare files that --trace wrote" });
  }
  return reader.contents;
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
