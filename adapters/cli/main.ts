#!/usr/bin/env node
import { runCommandLine } from "./program.ts";
import { BAD_INPUT, FAILED, report } from "./terminal/report.ts";

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
  if (isThrough || exitCode !== 0) return;
  process.stderr.write("barline: the strategy left, or waits for something that never comes\n");
  process.exitCode = FAILED;
});

// Not awaited here: of an entry that waits in vain Node has words of its own to say.
void runCommandLine(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
  isThrough = true;
});
