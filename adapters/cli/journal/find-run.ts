import { fail } from "../../../core/time/failure.ts";
import type { RunStore, StoredRun } from "../../store/journal/run-store.ts";
import { nearest } from "../terminal/nearest.ts";

/**
 * A run of a store: the newest of a name, or of the only name there is, or one by its number.
 * Throws `no-run` or `several-runs` with what there is.
 */
export function findRun(
  runs: RunStore,
  folder: string,
  { name, number }: { readonly name?: string; readonly number?: number },
): StoredRun {
  const all = runs.list();
  const names = [...new Set(all.map(({ about }) => about.name))];
  if (names.length === 0) {
    fail("no-run", "no run was kept in this store", {
      where: folder,
      cure: "keep one with barline live ... --store FOLDER",
    });
  }
  if (number !== undefined) {
    const found = all.find((run) => run.number === number);
    if (found !== undefined && (name === undefined || found.about.name === name)) return found;
    const numbers = all.map((run) => `${run.number} ("${run.about.name}")`).join(", ");
    return fail("no-run", `there is no run ${number}`, {
      where: folder,
      cure: `there are ${numbers}`,
    });
  }
  if (name === undefined && names.length > 1) {
    const list = names.map((each) => `"${each}"`).join(", ");
    fail("several-runs", "it has runs of several names", {
      where: folder,
      cure: `say which with --run: ${list}`,
    });
  }
  const wanted = name ?? names[0]!;
  const found = all.filter(({ about }) => about.name === wanted).at(-1);
  if (found !== undefined) return found;
  const close = nearest(wanted, names);
  const there = names.map((each) => `"${each}"`).join(", ");
  return fail("no-run", `there is no run "${wanted}"`, {
    where: folder,
    cure: close === undefined ? `there are ${there}` : `did you mean "${close}"?`,
  });
}
