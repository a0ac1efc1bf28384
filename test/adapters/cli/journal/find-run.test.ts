import { describe, expect, it } from "vitest";
import { findRun } from "../../../../adapters/cli/journal/find-run.ts";
import type { RunStore } from "../../../../adapters/store/journal/run-store.ts";
import { StoreJournal } from "../../../../adapters/store/journal/store-journal.ts";
import { ABOUT, processes, storeOf } from "../../store/journal/journal-fixture.ts";

/** Runs of these names, begun in this order. */
function runsOf(...names: readonly string[]): RunStore {
  const { store, bars, runs } = storeOf();
  for (const name of names) StoreJournal.begin(store, bars, { ...ABOUT, name }, processes(1));
  return runs;
}

const find = (runs: RunStore, of: { name?: string; number?: number }): number =>
  findRun(runs, "folder", of).number;

// Goal: the run that is meant is found, and where that is not clear it is said what there is.
describe("finding a run", () => {
  it("takes the newest of a name, or of the only name there is", () => {
    expect(find(runsOf("a", "a", "a"), {})).toBe(3);
    expect(find(runsOf("a", "b", "a", "b"), { name: "a" })).toBe(3);
  });

  it("takes one by its number, of its name", () => {
    const runs = runsOf("a", "b");
    expect(find(runs, { number: 1 })).toBe(1);
    expect(find(runs, { number: 2, name: "b" })).toBe(2);
    expect(() => find(runs, { number: 2, name: "a" })).toThrow(
      'folder: there is no run 2; there are 1 ("a"), 2 ("b")',
    );
    expect(() => find(runs, { number: 9 })).toThrow("there is no run 9");
  });

  it("says what there is", () => {
    expect(() => find(runsOf(), {})).toThrow("no run was kept in this store; keep one with");
    expect(() => find(runsOf(), { number: 1 })).toThrow("no run was kept");
    expect(() => find(runsOf("a", "b"), {})).toThrow(
      'folder: it has runs of several names; say which with --run: "a", "b"',
    );
    expect(() => find(runsOf("crossing", "b"), { name: "crosing" })).toThrow(
      'there is no run "crosing"; did you mean "crossing"?',
    );
    expect(() => find(runsOf("crossing", "b"), { name: "zzzzzz" })).toThrow(
      'there are "crossing", "b"',
    );
  });
});
