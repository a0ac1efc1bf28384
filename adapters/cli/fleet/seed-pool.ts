import { setImmediate } from "node:timers/promises";
import { Tinypool } from "tinypool";
import { type SeedResult, type SeedTask, seedResult } from "./seed-result.ts";

/**
 * What a run leaves behind is many small things that nothing refers to any more: with so much room
 * for new ones, megabytes, most are gone before they are looked at.
 */
const ROOM_FOR_NEW_MB = 192;

/** How seeds are spread. */
export interface SeedPlan {
  readonly tasks: Iterable<SeedTask>;
  /** Threads, 1 or more; one alone is the main one. */
  readonly workers: number;
  /** Whether each is run once more, in another process, and has to give the same there. */
  readonly isTwice: boolean;
  /** Asked before each run: whether there is to be one more. */
  readonly goesOn: () => boolean;
}

type RunTask = (task: SeedTask) => Promise<SeedResult>;

/** Runs seeds on several threads, and tells of each as it is done. */
export async function runSeeds(plan: SeedPlan, tell: (result: SeedResult) => void): Promise<void> {
  const pools: Tinypool[] = [];
  const pool = (runtime: "worker_threads" | "child_process"): RunTask => {
    const made = new Tinypool({
      filename: new URL("./seed-worker.js", import.meta.url).href,
      runtime,
      minThreads: plan.workers,
      maxThreads: plan.workers,
      resourceLimits: { maxYoungGenerationSizeMb: ROOM_FOR_NEW_MB },
    });
    pools.push(made);
    return (task) => made.run(task) as Promise<SeedResult>;
  };
  const first = plan.workers === 1 ? here : pool("worker_threads");
  const run = plan.isTwice ? twice(first, pool("child_process")) : first;
  const tasks = plan.tasks[Symbol.iterator]();
  const work = async (): Promise<void> => {
    while (plan.goesOn()) {
      const next = tasks.next();
      if (next.done === true) return;
      tell(await run(next.value));
    }
  };
  try {
    await Promise.all(Array.from({ length: plan.workers }, work));
  } finally {
    await Promise.all(pools.map((each) => each.destroy()));
  }
}

/** On the main thread; a request to end has to be heard in between. */
async function here(task: SeedTask): Promise<SeedResult> {
  await setImmediate();
  return seedResult(task);
}

function twice(first: RunTask, second: RunTask): RunTask {
  return async (task) => {
    const [once, again] = await Promise.all([first(task), second(task)]);
    if (again.digest === once.digest) return once;
    const problem = "[17] the same seed gave another trace in another process";
    return { ...once, end: "failed", problems: [...once.problems, problem] };
  };
}
