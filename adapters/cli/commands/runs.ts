import type { Command } from "commander";
import { formatInstant } from "../../../core/time/instant.ts";
import { countText } from "../../kept/count-text.ts";
import type { ListedRun } from "../journal/kept-runs.ts";
import { examples } from "../terminal/option-values.ts";
import { tableText } from "../terminal/talk.ts";

/** `barline runs FOLDER`. */
export function addRuns(program: Command): void {
  program
    .command("runs")
    .description("list the runs that were kept in a store, oldest first")
    .argument("<folder>", "the store")
    .option("--json", "print one JSON object a line")
    .addHelpText("after", examples("barline runs barline-data"))
    .action(async (folder: string, flags: { readonly json?: boolean }) => {
      // The database takes its time to load, and few commands need it.
      const { keptRuns } = await import("../journal/kept-runs.ts");
      const runs = keptRuns(folder);
      process.stdout.write(`${flags.json === true ? jsonLines(runs) : tableOf(runs)}\n`);
    });
}

function tableOf(runs: readonly ListedRun[]): string {
  if (runs.length === 0) return "no run was kept here";
  const rows = runs.map(({ number, about, head, state }) => [
    String(number),
    about.name,
    formatInstant(about.beganAt),
    formatInstant(head.at),
    countText(head.commits),
    state,
  ]);
  return tableText([["number", "name", "begun", "up to", "commits", "state"], ...rows]);
}

function jsonLines(runs: readonly ListedRun[]): string {
  return runs
    .map(({ number, about, head, state }) =>
      JSON.stringify({
        number,
        name: about.name,
        strategy: about.strategy,
        parameters: about.parameters,
        series: about.series.key,
        begun: formatInstant(about.beganAt),
        upTo: formatInstant(head.at),
        commits: head.commits,
        snapshots: head.snapshots.length,
        state,
        barline: about.barline,
      }),
    )
    .join("\n");
}
