import { Command } from "commander";
import { addAggregate } from "./commands/aggregate.ts";
import { addBacktest } from "./commands/backtest.ts";
import { addBars } from "./commands/bars.ts";
import { addCalendars } from "./commands/calendars.ts";
import { addCompare } from "./commands/compare.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addGateway } from "./commands/gateway.ts";
import { addLive } from "./commands/live.ts";
import { addReplay } from "./commands/replay.ts";
import { addRuns } from "./commands/runs.ts";
import { addSim } from "./commands/sim.ts";
import { programVersion } from "./program-version.ts";
import { report } from "./terminal/report.ts";
import { ReaderGone } from "./trace/trace-file.ts";

function program(): Command {
  const barline = new Command("barline")
    .description("Bar strategies on history and live bars as one exact stream.")
    .version(programVersion(), "-V, --version", "print the version number")
    .helpOption("-h, --help", "explain a command, its options and their defaults")
    .addHelpText(
      "after",
      "\nExit codes: 0 fine, 1 a strategy threw or traces differ, 2 bad input.",
    );
  addBacktest(barline);
  addLive(barline);
  addReplay(barline);
  addRuns(barline);
  addCompare(barline);
  addAggregate(barline);
  addBars(barline);
  addCalendars(barline);
  addDoctor(barline);
  addGateway(barline);
  addSim(barline);
  addDemo(barline);
  for (const command of allCommands(barline)) {
    command
      .helpOption("-h, --help", "explain this command, its options and their defaults")
      // Mistakes are reported in one place and one line.
      .configureOutput({ outputError: () => {} })
      .exitOverride();
  }
  return barline;
}

/** A command, the commands within it, and those within them. */
function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** Runs a command line, without the program's own name, and gives its exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  process.exitCode = 0;
  try {
    await program().parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof ReaderGone)) process.exitCode = report(error);
  }
  return Number(process.exitCode);
}
