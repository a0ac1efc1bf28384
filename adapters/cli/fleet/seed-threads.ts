import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type SeedResult, type SeedTask, seedResult } from "./seed-result.ts";

/**
 * What a run leaves behind is many small things that nothing refers to any more: with so much room
 * for new ones, megabytes, most are gone before they are looked at.
 */
const ROOM_FOR_NEW_MB = 192;

/** How seeds are spread. */
export interface SeedPlan extends SeedTask {
  readonly first: number;
  readonly last: number;
  /** Threads, 1 or more; one alone is the main one. */
  readonly workers: number;
  /** Asked before each seed: whether there is time for one more. */
  readonly goesOn: () => boolean;
}

/** Runs seeds on several threads, and tells of each as it is done. */
export async function runSeeds(plan: SeedPlan, tell: (result: SeedResult) => void): Promise<void> {
  const { first, last, workers } = plan;
  let next = first;
  const take = (): number | undefined => {
    if (next > last || !plan.goesOn()) return undefined;
    next += 1;
    return next - 1;
  };
  if (workers === 1) {
    for (let seed = take(); seed !== undefined; seed = take()) {
      tell(seedResult(seed, plan));
      // A request to end has to be heard in between.
      await setImmediate();
    }
    return;
  }
  await Promise.all(Array.from({ length: workers }, () => work(plan, take, tell)));
}

function work(
  { fault, isTwice }: SeedTask,
  take: () => number | undefined,
  tell: (result: SeedResult) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const url = new URL("./seed-worker.js", import.meta.url);
    const worker = new Worker(url, {
      workerData: { fault, isTwice },
      resourceLimits: { maxYoungGenerationSizeMb: ROOM_FOR_NEW_MB },
    });
    const giveNext = (): void => {
      const seed = take();
      if (seed === undefined) void worker.terminate().then(() => resolve(), reject);
      else worker.postMessage(seed);
    };
    worker.on("message", (result: SeedResult) => {
      tell(result);
      giveNext();
    });
    worker.on("error", reject);
    giveNext();
  });
}
