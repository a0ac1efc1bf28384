import type { Run } from "../../core/engine/run.ts";
import type { RunOutcome } from "../../core/engine/run-options.ts";
import { BarlineError } from "../../core/time/failure.ts";
import type { Strategy } from "../../core/trading/strategy.ts";
import type { BarFile } from "./bar-file.ts";
import { summaryJson, summaryText } from "./summary.ts";

/** Prints the summary and turns what ended the run into an error where it was one. */
export function finish(
  strategy: Strategy,
  file: BarFile,
  finished: Run,
  isJson: boolean | undefined,
): void {
  throwUnlessEnded(finished.outcome);
  const text = isJson
    ? JSON.stringify(summaryJson(strategy, file, finished))
    : summaryText(strategy, file, finished);
  process.stdout.write(`${text}\n`);
}

function throwUnlessEnded(outcome: RunOutcome | undefined): void {
  if (outcome?.kind === "crashed") throw outcome.error;
  if (outcome?.kind !== "ended") return;
  const { feed } = outcome;
  if (feed.kind === "empty")
    throw new BarlineError("no-bars", "there are no bars in the range asked for");
  if (feed.kind === "complete" || feed.fault.code === "rows-skipped") return;
  throw new BarlineError(feed.fault.code, feed.fault.message);
}
