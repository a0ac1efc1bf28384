import { join } from "node:path";
import { BarlineError } from "../../../core/time/failure.ts";
import { DAMAGE_CURE } from "../../store/damage.ts";
import { ImportCache } from "../../store/imports/import-cache.ts";
import { numbersOf, RunStore, runOf } from "../../store/journal/run-store.ts";
import { checkDataFile, DATA_FILE } from "../../store/lmdb/data-file.ts";
import { findKey, keysOf } from "./find-series.ts";
import { type OpenBars, soundOrDamage, withBars } from "./open-store.ts";
import { ALL_PAGES, type VerifyWord } from "./verify-words.ts";

/** What the reading process is to do. */
export interface VerifyTask {
  readonly directory: string;
  /** What names the only series to look at; where it is absent, all of the store. */
  readonly series?: string;
  /** What killed a process before, and is not to be looked at again. */
  readonly skipped: readonly string[];
}

// The process in which `bars verify` reads a store: damaged pages can kill it, and nothing else.

/** How often progress is told, in parts. */
const PARTS_A_WORD = 64;
const EVERYTHING = { from: Uint8Array.of(0), to: new Uint8Array(256).fill(255) };

/** Something of a store that can be looked at. */
interface Check {
  readonly what: string;
  readonly run: (open: OpenBars) => void;
}

function say(word: VerifyWord): void {
  process.send!(word);
}

/** Every series and every run, then all that LMDB can reach. */
function checksOf(open: OpenBars, { series }: VerifyTask): readonly Check[] {
  if (series !== undefined) return [seriesCheck(findKey(open, series, "SERIES"))];
  const { store } = open;
  const runs = store.read(numbersOf).map(runCheck);
  const others = [
    { what: "files read before", run: checkImports },
    { what: ALL_PAGES, run: readAll },
  ];
  return [...keysOf(store).map(seriesCheck), ...runs, ...others];
}

function seriesCheck(key: string): Check {
  return {
    what: key,
    run: ({ bars }) => {
      const findings = bars.verify(key, (done, of) => {
        if (done % PARTS_A_WORD === 0 || done === of) say({ type: "progress", done, of });
      });
      for (const { kind, problem } of findings) find(key, kind, problem);
    },
  };
}

/** The journal of a run, from its beginning on, and the snapshots that are taken up first. */
function runCheck(number: number): Check {
  const what = `run ${number}`;
  return {
    what,
    run: ({ store }) => {
      const damage = soundOrDamage(() => {
        const run = store.read((reader) => runOf(reader, number));
        const runs = new RunStore(store);
        for (const problem of runs.recorded(run, "snapshot").unsound) {
          find(what, "damaged-snapshot", problem);
        }
        let done = 0;
        for (const _commit of runs.recorded(run, "beginning").commits) {
          done += 1;
          if (done % PARTS_A_WORD === 0) say({ type: "progress", done, of: run.head.commits });
        }
      });
      if (damage instanceof BarlineError) find(what, "damaged-journal", damage.message);
    },
  };
}

function checkImports({ store }: OpenBars): void {
  const { kept, damaged } = new ImportCache(store, false).verify();
  if (damaged === 0) return;
  const problem = `of ${kept} kept, ${damaged} damaged: such a file is read anew the next time`;
  find("files read before", "damaged-import", problem);
}

/** Looks at all pages, then reads every entry of the store, and looks at their order. */
function readAll({ directory, store }: OpenBars): void {
  const damage = soundOrDamage(() => checkDataFile(join(directory, DATA_FILE), true));
  if (damage instanceof BarlineError) {
    find(ALL_PAGES, "damaged-pages", damage.message);
    return;
  }
  store.read((reader) => {
    let before: Uint8Array | undefined;
    for (const { key } of reader.range(EVERYTHING)) {
      if (before !== undefined && Buffer.compare(before, key) >= 0) {
        find(ALL_PAGES, "unordered", "its entries are not in order");
        return;
      }
      before = key.slice();
    }
  });
}

function find(what: string, kind: string, text: string): void {
  // That it is to be verified and repaired need not be said here.
  const problem = text.replace(`; ${DAMAGE_CURE}`, "");
  say({ type: "finding", finding: { what, kind, problem } });
}

async function verify(task: VerifyTask): Promise<void> {
  try {
    await withBars(task.directory, "read", (open) => {
      for (const check of checksOf(open, task)) {
        if (task.skipped.includes(check.what)) continue;
        say({ type: "begins", what: check.what });
        const damage = soundOrDamage(() => check.run(open));
        if (damage instanceof BarlineError) find(check.what, "damaged-store", damage.message);
        say({ type: "through" });
      }
    });
    say({ type: "end" });
  } catch (error) {
    if (!(error instanceof BarlineError)) throw error;
    say({ type: "fault", code: error.code, message: error.message });
  }
}

process.once("message", (task) => {
  void verify(task as VerifyTask).finally(() => process.disconnect());
});
