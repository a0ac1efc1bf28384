// A process of its own that lives a life of each of some sessions in virtual time, as fast as it
// can, and acknowledges each commit once it has returned; see `session-lab.ts`, which bundles it.
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ENTRY, numberInKey } from "../../../../adapters/store/keys.ts";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import { checksumOf } from "../../../../adapters/store/sealed.ts";
import { BarlineError } from "../../../../core/time/failure.ts";
import { live } from "../../../support/journaled-world.ts";
import { endOf, type SessionTask, settingOf } from "./kept-session.ts";

function say(...words: readonly (string | number)[]): void {
  writeSync(1, `${words.join(" ")}\n`);
}

/** Says of each commit of a run which it was, after it is durable. */
function acknowledging(store: OrderedStore): OrderedStore {
  return {
    read: (work) => store.read(work),
    write: (work) => {
      let commit: readonly number[] | undefined;
      const result = store.write((writer) =>
        work({
          get: (key) => writer.get(key),
          range: (range) => writer.range(range),
          last: (range) => writer.last(range),
          put: (key, value) => {
            writer.put(key, value);
            if (key[0] !== ENTRY.record) return;
            commit = [numberInKey(key, 0), numberInKey(key, 1), checksumOf(value)];
          },
          remove: (key) => writer.remove(key),
        }),
      );
      if (commit !== undefined) say("commit", ...commit);
      return result;
    },
    close: () => store.close(),
  };
}

function liveOnce(task: SessionTask): void {
  say("begins");
  const setting = settingOf(task);
  const store = openLmdbStore(join(task.folder, "store"), { mode: "write" });
  try {
    const to = task.to ?? endOf(setting.truth);
    const { taken } = live(setting, acknowledging(store), task.from, to);
    const { outcome } = taken.journaled.run;
    if (outcome?.kind === "crashed") throw outcome.error;
  } finally {
    store.close();
  }
  say("through");
}

const tasks: readonly SessionTask[] = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
for (const task of tasks) {
  try {
    liveOnce(task);
  } catch (error) {
    if (!(error instanceof BarlineError)) throw error;
    say("fault", error.code);
    process.exitCode = 1;
  }
}
