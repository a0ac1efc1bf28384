import { RunStore, type StoredRun } from "../../store/journal/run-store.ts";
import { isAlive } from "../../store/lmdb/running-process.ts";
import { openStore } from "../../store/open-store.ts";

/** A run of a store, and who has it in hand. */
export interface ListedRun extends StoredRun {
  /** `running, process 12`, `ended`, or `interrupted` where it was killed, which loses nothing. */
  readonly state: string;
}

/** The runs of a store, oldest first. */
export function keptRuns(folder: string): readonly ListedRun[] {
  const store = openStore(folder, { mode: "read" });
  try {
    return new RunStore(store).list().map((run) => ({ ...run, state: stateOf(run) }));
  } finally {
    store.close();
  }
}

function stateOf({ head: { writer } }: StoredRun): string {
  if (writer === null) return "ended";
  const state = isAlive(writer);
  if (state === "alive") return `running, process ${writer.pid}`;
  return state === "gone" ? "interrupted" : `process ${writer.pid} on ${writer.host}`;
}
