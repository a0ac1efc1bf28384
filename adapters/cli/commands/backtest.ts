import type { Command } from "commander";
import { type Run, run } from "../../../core/engine/run.ts";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { listening } from "../bars/listening-source.ts";
import { carryOut, setUpRun } from "../run/run-setup.ts";
import { examples, instantOption } from "../terminal/option-values.ts";
import { type RunFlags, withRunOptions } from "../terminal/options.ts";

interface BacktestFlags extends RunFlags {
  readonly bars: string;
  readonly from?: UnixMs;
  readonly to?: UnixMs;
}

/** `barline backtest STRATEGY --bars FILE`. */
export function addBacktest(program: Command): void {
  const command = program
    .command("backtest")
    .description("run a strategy on a file of bars")
    .argument("<strategy>", "TypeScript or JavaScript file whose default export is a strategy")
    .requiredOption("--bars <file>", "CSV file of bars, also gzipped")
    .option(
      "--from <instant>",
      "only bars that open at or after it, ISO 8601 with an offset (default: the first)",
      instantOption,
    )
    .option("--to <instant>", "only bars that open before it (default: the last)", instantOption)
    .option("--exchange <name>", "where it is traded; part of the name of its series");
  withRunOptions(command).addHelpText(
    "after",
    examples(
      "barline backtest examples/sma-cross.ts --bars examples/data/cffex-if-15m.csv",
      "barline backtest my.ts --bars spy.csv.gz --zone America/New_York --param fast=20 --json",
    ),
  );
  command.action(backtest);
}

async function backtest(strategyFile: string, flags: BacktestFlags): Promise<void> {
  const { from, to } = flags;
  if (from !== undefined && to !== undefined && from >= to) {
    fail("invalid-option", `${formatInstant(to)} is not after --from ${formatInstant(from)}`, {
      where: "--to",
      cure: "give a later instant",
    });
  }
  const setup = await setUpRun(strategyFile, flags.bars, flags);
  const { strategy, file, broker, options } = setup;
  const time = new VirtualTime(Math.max(file.startsAt, from ?? file.startsAt));
  await carryOut(setup, {
    time,
    tellsSignals: false,
    begin: (observed) =>
      run({
        ...options,
        ...observed,
        strategy,
        series: file.series,
        source: listening(file.source),
        broker,
        clock: time,
        driver: time,
        grid: file.grid,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }),
    ended,
  });
}

function ended(started: Run): Promise<void> {
  return new Promise((resolve) => started.onEnd(() => resolve()));
}
