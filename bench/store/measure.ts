/** One measurement of stores in a process of its own: `task folder number`. */
import { performance } from "node:perf_hooks";
import { scansOf } from "./scan.ts";
import { commitBars, openUniverse, writeUniverse } from "./universe.ts";

/** How fast bars are read in one way. */
export interface ScanRow {
  readonly name: string;
  readonly barsPerSecond: number;
}

/** The best of some rounds, in turn. */
async function scan(folder: string, bars: number): Promise<ScanRow[]> {
  const scans = await scansOf(folder, bars);
  const best = new Map<string, number>();
  for (let round = 0; round < 5; round += 1) {
    for (const { name, read } of scans) {
      const begun = performance.now();
      const count = await read();
      const milliseconds = performance.now() - begun;
      if (count !== bars) throw new Error(`${name} read ${count} of ${bars} bars`);
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, milliseconds));
    }
  }
  return [...best].map(([name, milliseconds]) => ({
    name,
    barsPerSecond: Math.round((bars / milliseconds) * 1e3),
  }));
}

const TASKS: Readonly<Record<string, (folder: string, number: number) => unknown>> = {
  scan,
  write: writeUniverse,
  open: openUniverse,
  commit: commitBars,
};

const [task = "", folder = "", number = ""] = process.argv.slice(2);
process.send!(await TASKS[task]!(folder, Number(number)));
