import type { Run } from "../../../core/engine/run.ts";
import type { RunOutcome } from "../../../core/engine/run-options.ts";
import { BarlineError, fail, InvariantError } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { Strategy } from "../../../core/trading/strategy.ts";
import { messageOf, STRATEGY_CRASHED } from "../terminal/report.ts";
import type { RunMarket } from "./run-market.ts";
import { strategyError } from "./strategy-code.ts";
import { summaryJson, summaryText } from "./summary.ts";

/** A run that is over, and what is to be said of it. */
export interface Finished {
  readonly strategy: Strategy;
  readonly market: RunMarket;
  readonly run: Run;
  /** The present of the run when it ended. */
  readonly endedAt: UnixMs;
  readonly isJson: boolean;
  /** How a run ended that was stopped; default: it was interrupted. */
  readonly endedHow?: string;
  /** Whether standard output already has the trace on it. */
  readonly isTraceOnOutput: boolean;
}

/** Prints the summary; throws what ended the run where that was an error. */
export function finish(finished: Finished): void {
  const { strategy, market, run, isJson, isTraceOnOutput } = finished;
  throwUnlessEnded(run.outcome, finished);
  const summary = isJson
    ? JSON.stringify(summaryJson(strategy, market, run))
    : summaryText(strategy, market, run, finished.endedHow ?? "interrupted");
  const output = isTraceOnOutput ? process.stderr : process.stdout;
  output.write(`${summary}\n`);
}

function throwUnlessEnded(outcome: RunOutcome | undefined, { market, endedAt }: Finished): void {
  if (outcome?.kind === "crashed") throw crash(outcome.error, endedAt);
  if (outcome?.kind !== "ended") return;
  const { feed } = outcome;
  if (feed.kind === "empty") {
    fail("no-bars", "there are no bars in the range asked for", {
      where: market.where,
      cure: market.noBarsCure,
    });
  }
  if (feed.kind === "complete" || feed.fault.code === "rows-skipped") return;
  throw new BarlineError(feed.fault.code, feed.fault.message);
}

/** What a store says when a run cannot be written down any more: nothing that a strategy does. */
const STORE_FAULTS: ReadonlySet<string> = new Set([
  "disk-full",
  "write-failed",
  "read-only",
  "store-closed",
  "damaged-store",
  "run-in-use",
]);

/** What a strategy threw while it handled a bar; what others did wrong stays what it is. */
function crash(error: unknown, at: UnixMs): unknown {
  if (error instanceof InvariantError) return error;
  if (error instanceof BarlineError && STORE_FAULTS.has(error.code)) return error;
  const text = `the strategy threw at ${formatInstant(at)}: ${messageOf(error)}`;
  return strategyError(STRATEGY_CRASHED, error, text);
}
