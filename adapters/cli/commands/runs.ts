import type { Command } from "commander";
import { formatInstant } from "../../../core/time/instant.ts";
import { RunStore, type StoredRun } from "../../store/journal/run-store.ts";
import { openLmdbStore } from "../../store/lmdb/open-lmdb-store.ts";
import { isAlive } from "../../store/lmdb/running-process.ts";
import { examples } from "../terminal/option-values.ts";
import { countText, tableText } from "../terminal/talk.ts";

/** `barline runs FOLDER`. */
export function addRuns(program: Command): void {
  program
    .command("runs")
    .description("list the runs that were kept in a store, oldest first")
    .argument("<folder>", "the store")
    .option("--json", "print one JSON object a line")
    .addHelpText("after", examples("barline runs barline-data"))
    .action((folder: string, flags: { readonly json?: boolean }) => {
      const store = openLmdbStore(folder, { mode: "read" });
      try {
        const runs = new RunStore(store).list();
        const text = flags.json === true ? jsonLines(runs) : tableOf(runs);
        process.stdout.write(`${text}\n`);
      } finally {
        store.close();
      }
    });
}

function tableOf(runs: readonly StoredRun[]): string {
  if (runs.length === 0) return "no run was kept here";
  const rows = runs.map(({ number, about, head }) => [
    String(number),
    about.name,
    formatInstant(about.beganAt),
    formatInstant(head.at),
    countText(head.commits),
    stateOf(head),
  ]);
  return tableText([["number", "name", "begun", "up to", "commits", "state"], ...rows]);
}

function jsonLines(runs: readonly StoredRun[]): string {
  return runs
    .map(({ number, about, head }) =>
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
        state: stateOf(head),
        barline: about.barline,
      }),
    )
    .join("\n");
}

/** Whether somebody has the run in hand; one that was killed is kept all the same. */
function stateOf({ writer }: StoredRun["head"]): string {
  if (writer === null) return "ended";
  const state = isAlive(writer);
  if (state === "alive") return `running, process ${writer.pid}`;
  return state === "gone" ? "interrupted" : `process ${writer.pid} on ${writer.host}`;
}
