import { readFileSync, readlinkSync } from "node:fs";
import { performance } from "node:perf_hooks";

/** What Linux counts the time of a thread in: hundredths of a second. */
const TICKS = 100;

/** Where the machine says how long this thread has computed; undefined where it does not say. */
export function thisThread(): string | undefined {
  try {
    return `/proc/${readlinkSync("/proc/thread-self")}/stat`;
  } catch {
    return undefined;
  }
}

/**
 * Seconds that a thread has computed, so that how busy the machine is makes no difference; seconds
 * of the clock where the machine does not say. Undefined for a thread that has ended.
 */
export function threadSeconds(thread: string | undefined): number | undefined {
  if (thread === undefined) return performance.now() / 1_000;
  try {
    // The name of the thread, in brackets, can hold anything.
    const fields = readFileSync(thread, "latin1").split(") ").at(-1)!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return undefined;
  }
}
