import type { Command } from "commander";
import {
  ibOption,
  withDoctorOptions,
  withGatewayOptions,
  withSeriesOptions,
} from "../ib/ib-options.ts";
import { examples, gathered, positiveOption } from "../terminal/option-values.ts";

/** `barline doctor [STRATEGY]`: whether a live run on Interactive Brokers would work. */
export function addDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .description(
      "look at everything that a live run on Interactive Brokers needs, and say what to change",
    )
    .argument("[strategy]", "a strategy, whose warm-up is then predicted (default: 260 bars)");
  withGatewayOptions(command);
  withSeriesOptions(command);
  withDoctorOptions(command)
    .addOption(
      ibOption("--speed <number>", "how fast the time of a simulated gateway passes")
        .argParser(positiveOption)
        .default(1),
    )
    .addOption(
      ibOption("--param <name=value>", "set a parameter of the strategy; may be repeated")
        .argParser(gathered)
        .default([], "as the strategy has them"),
    )
    .option("--json", "print the findings as one JSON object, and nothing else")
    .option("--quiet", "say nothing on standard error but errors")
    .addHelpText(
      "after",
      examples(
        "barline doctor --ib 127.0.0.1:7497 --symbol SPY --size 15m",
        "barline doctor my.ts --config examples/ib.json --json",
      ),
    );
  command.action(async (strategyFile: string | undefined) => {
    // What talks to a gateway takes its time to load, and nothing else needs it.
    const { examine } = await import("../ib/doctor-run.ts");
    await examine(strategyFile, command);
  });
}
