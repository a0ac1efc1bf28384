import { Worker } from "node:worker_threads";
import { runSeed } from "../../../../sim/fleet/index.ts";
import type { PlantedBug } from "../planted-bugs.ts";
import { buggyFleet } from "./bundle.ts";
import type { HunterTask, HunterWord } from "./hunter.ts";
import type { PatchedBug } from "./patch.ts";
import { threadSeconds } from "./thread-time.ts";

/** A change of the code, or something that stands in for a sound part. */
export type Bug = PatchedBug | PlantedBug;

/** How a bug was looked for, and what came of it. */
export interface Hunt {
  readonly bug: Bug;
  /** The last seed that was run: the one at which it was found. */
  readonly seed: number;
  /** Seconds of one core. */
  readonly seconds: number;
  /** What the fleet said, with the number of the invariant first; undefined: it saw nothing. */
  readonly problem: string | undefined;
  /** Why it could not be looked for. */
  readonly obstacle?: string;
}

/** Far beyond what a seed takes: what computes for so long does not end. */
const ENDLESS_SECONDS = 30;
/** Far beyond what a run takes, in MB. */
const MOST_MEMORY_MB = 1_500;
/** How often it is looked how long a thread has computed, in milliseconds. */
const LOOK_MS = 50;

/**
 * Lets a fleet with a bug run seed after seed, from 1 on, until it sees something or has computed
 * for so many seconds. Throws for a bug that is stale, with which the fleet does not even start, or
 * whose seed fails without it.
 */
export async function hunt(bug: Bug, mostSeconds: number): Promise<Hunt> {
  const program = await buggyFleet("plant" in bug ? undefined : bug);
  const drawn = bug.fault === undefined ? {} : { fault: bug.fault };
  const task: HunterTask = "plant" in bug ? { ...drawn, planted: bug.name } : drawn;
  const hunted = await new Promise<Hunt>((resolve, reject) => {
    const worker = new Worker(program, {
      eval: true,
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    let thread: string | undefined;
    let before = 0;
    let seed = 0;
    let seconds = 0;
    let seedBegan = 0;
    const end = (problem: string | undefined): void => {
      clearInterval(watch);
      resolve({ bug, seed, seconds, problem });
      void worker.terminate();
    };
    const look = (): void => {
      if (seed > 0) seconds = (threadSeconds(thread) ?? before + seconds) - before;
    };
    const watch = setInterval(() => {
      look();
      if (seconds - seedBegan > ENDLESS_SECONDS) end("[20] it computes without end");
      else if (seconds > mostSeconds) end(undefined);
    }, LOOK_MS);
    worker.on("message", (word: HunterWord) => {
      if (word.kind === "thread") {
        thread = word.thread;
        before = thread === undefined ? threadSeconds(thread)! : 0;
      }
      if (word.kind === "seed") seed = word.seed;
      look();
      if (word.kind === "seed") seedBegan = seconds;
      if (word.kind === "found") end(word.problem);
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_WORKER_OUT_OF_MEMORY") end("[18] it takes memory without end");
      else reject(error);
      clearInterval(watch);
    });
  });
  const { seed, problem } = hunted;
  if (problem !== undefined && runSeed(seed, drawn).problems.length > 0) {
    throw new Error(`seed ${seed} fails without the bug "${bug.name}" too`);
  }
  return hunted;
}
