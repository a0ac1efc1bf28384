import type { Command } from "commander";
import { type Run, run } from "../../../core/engine/run.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { listening } from "../bars/listening-source.ts";
import { type BarsFlags, barsOfRun } from "../run/bars-of-run.ts";
import { carryOut, setUpRun, unkept } from "../run/run-setup.ts";
import { storeOption } from "../store/open-store.ts";
import { examples, instantOption } from "../terminal/option-values.ts";
import { withRunOptions } from "../terminal/options.ts";
import { requireAscending } from "../terminal/range-options.ts";

interface BacktestFlags extends BarsFlags {
  readonly from?: UnixMs;
  readonly to?: UnixMs;
}

/** `barline backtest STRATEGY --bars FILE`. */
export function addBacktest(program: Command): void {
  const command = program
    .command("backtest")
    .description("run a strategy on a file of bars, or on a series of a store")
    .argument("<strategy>", "TypeScript or JavaScript file whose default export is a strategy")
    .option("--bars <file>", "CSV file of bars, also gzipped, or Parquet file")
    .option("--series <series>", "series of the store, by its key or a part that no other has")
    .addOption(
      storeOption("folder of the store: of --series, or to remember in what a CSV file holds"),
    )
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
      "barline backtest my.ts --series IF.CFFEX --size 1h --store data",
      "barline backtest my.ts --bars spy.csv.gz --zone America/New_York --param fast=20 --json",
    ),
  );
  command.action((strategyFile: string, flags: BacktestFlags) =>
    backtest(strategyFile, flags, command),
  );
}

async function backtest(
  strategyFile: string,
  flags: BacktestFlags,
  command: Command,
): Promise<void> {
  const { from, to } = flags;
  requireAscending(from, to);
  const bars = barsOfRun(command, flags);
  const setup = await setUpRun(strategyFile, bars, flags);
  const { strategy, file, broker, options } = setup;
  const time = new VirtualTime(Math.max(file.startsAt, from ?? file.startsAt));
  const running = carryOut(setup, {
    time,
    tellsSignals: false,
    begin: (observed) =>
      unkept(
        run({
          ...options,
          ...observed,
          strategy,
          series: file.series,
          source: listening(file.source),
          broker: broker(),
          clock: time,
          driver: time,
          grid: file.grid,
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
        }),
      ),
    ended,
  });
  await running.finally(file.close);
}

function ended(started: Run): Promise<void> {
  return new Promise((resolve) => started.onEnd(() => resolve()));
}
