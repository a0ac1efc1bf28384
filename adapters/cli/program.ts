import { Command } from "commander";
import { programVersion } from "./program-version.ts";
import { report } from "./terminal/report.ts";
import { ReaderGone } from "./trace/trace-file.ts";

type AddCommand = (program: Command) => void;

/** Each command with what it is made of, which is read only where it is called for. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  backtest: async () => (await import("./commands/backtest.ts")).addBacktest,
  live: async () => (await import("./commands/live.ts")).addLive,
  replay: async () => (await import("./commands/replay.ts")).addReplay,
  runs: async () => (await import("./commands/runs.ts")).addRuns,
  compare: async () => (await import("./commands/compare.ts")).addCompare,
  aggregate: async () => (await import("./commands/aggregate.ts")).addAggregate,
  bars: async () => (await import("./commands/bars.ts")).addBars,
  calendars: async () => (await import("./commands/calendars.ts")).addCalendars,
  doctor: async () => (await import("./commands/doctor.ts")).addDoctor,
  gateway: async () => (await import("./commands/gateway.ts")).addGateway,
  sim: async () => (await import("./commands/sim.ts")).addSim,
  demo: async () => (await import("./commands/demo.ts")).addDemo,
};

/** The program as far as a command line needs it: with one command, or with all to choose from. */
async function programFor(args: readonly string[]): Promise<Command> {
  const barline = new Command("barline")
    .description("Bar strategies on history and live bars as one exact stream.")
    .version(programVersion(), "-V, --version", "print the version number")
    .helpOption("-h, --help", "explain a command, its options and their defaults")
    .addHelpText(
      "after",
      "\nExit codes: 0 fine, 1 a strategy threw or traces differ, 2 bad input.",
    );
  const [first] = args;
  const named = Object.keys(COMMANDS).filter((name) => name === first);
  const isVersion = first === "-V" || first === "--version";
  const wanted = named.length > 0 || isVersion ? named : Object.keys(COMMANDS);
  for (const name of wanted) (await COMMANDS[name]!())(barline);
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
    const program = await programFor(args);
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof ReaderGone)) process.exitCode = report(error);
  }
  return Number(process.exitCode);
}
