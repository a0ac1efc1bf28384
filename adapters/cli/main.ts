#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addAggregate } from "./aggregate.ts";
import { addBacktest } from "./backtest.ts";
import { addCalendars } from "./calendars.ts";
import { addCompare } from "./compare.ts";
import { addDemo } from "./demo.ts";
import { addLive } from "./live.ts";
import { BAD_INPUT, FAILED, report } from "./report.ts";
import { ReaderGone } from "./trace-file.ts";

/** With this Node ends a program whose awaiting has no end. */
const UNSETTLED = 13;

function version(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

function program(): Command {
  const barline = new Command("barline")
    .description("Bar strategies on history and live bars as one exact stream.")
    .version(version(), "-V, --version", "print the version number")
    .helpOption("-h, --help", "explain a command, its options and their defaults")
    .addHelpText(
      "after",
      "\nExit codes: 0 fine, 1 a strategy threw or traces differ, 2 bad input.",
    );
  addBacktest(barline);
  addLive(barline);
  addCompare(barline);
  addAggregate(barline);
  addCalendars(barline);
  addDemo(barline);
  for (const command of [barline, ...barline.commands]) {
    command
      .helpOption("-h, --help", "explain this command, its options and their defaults")
      // Mistakes are reported in one place and one line.
      .configureOutput({ outputError: () => {} })
      .exitOverride();
  }
  return barline;
}

let isThrough = false;

function leave(exitCode: number): never {
  isThrough = true;
  process.exit(exitCode);
}

// An error that nobody awaits, such as one of a strategy's timers.
process.on("uncaughtException", (error) => leave(report(error)));
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that went away, such as `head`, is no fault of ours.
  if (error.code === "EPIPE") leave(0);
  process.stderr.write(`barline: standard output: it cannot be written (${error.code})\n`);
  leave(BAD_INPUT);
});
// Where there is nobody to talk to, the work goes on without a word.
process.stderr.on("error", () => {});
process.on("exit", (exitCode) => {
  if (isThrough || (exitCode !== 0 && exitCode !== UNSETTLED)) return;
  process.stderr.write("barline: the strategy left, or waits for something that never comes\n");
  process.exitCode = FAILED;
});

try {
  await program().parseAsync();
} catch (error) {
  if (!(error instanceof ReaderGone)) process.exitCode = report(error);
}
isThrough = true;
