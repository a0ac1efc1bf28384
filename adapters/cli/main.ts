#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { BarlineError } from "../../core/time/failure.ts";
import { addAggregate } from "./aggregate.ts";
import { addBacktest } from "./backtest.ts";
import { addCalendars } from "./calendars.ts";
import { addCompare } from "./compare.ts";
import { addDemo } from "./demo.ts";
import { addLive } from "./live.ts";

/** What was asked for cannot be done with what was given. */
const BAD_INPUT = 2;
/** A strategy, or Barline itself, threw. */
const CRASHED = 1;

function version(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

function program(): Command {
  const barline = new Command("barline")
    .description("Bar strategies on history and live bars as one exact stream")
    .version(version())
    .showHelpAfterError("(barline --help shows what there is)")
    .exitOverride();
  addBacktest(barline);
  addLive(barline);
  addCompare(barline);
  addAggregate(barline);
  addCalendars(barline);
  addDemo(barline);
  for (const command of barline.commands) command.exitOverride();
  return barline;
}

/** One line for what went wrong, and the exit code that tells a script. */
function report(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : BAD_INPUT;
    return;
  }
  const isOurs = error instanceof BarlineError;
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`barline: ${text}\n`);
  if (!isOurs && error instanceof Error && error.stack !== undefined && process.env.BARLINE_DEBUG) {
    process.stderr.write(`${error.stack}\n`);
  }
  process.exitCode = isOurs ? BAD_INPUT : CRASHED;
}

// A reader that went away, such as `head`, is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

await program().parseAsync().catch(report);
