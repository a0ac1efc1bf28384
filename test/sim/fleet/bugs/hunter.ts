import { parentPort, workerData } from "node:worker_threads";
import { problemText, runSeed } from "../../../../sim/fleet/index.ts";
import { PLANTED_BUGS } from "../planted-bugs.ts";
import { thisThread } from "./thread-time.ts";

// The thread in which a fleet with a bug runs: seed after seed until one of them has a problem, or
// until it is ended. It is never loaded as it stands, but bundled with the bug.

/** What a hunter is to do. */
export interface HunterTask {
  /** The only fault in its runs; absent: whatever is drawn. */
  readonly fault?: string;
  /** The name of a planted bug that stands in for a sound part; absent where code is patched. */
  readonly planted?: string;
}

/** What a hunter says: what thread it is, each seed before it, and what was found. */
export type HunterWord =
  | { readonly kind: "thread"; readonly thread: string | undefined }
  | { readonly kind: "seed"; readonly seed: number }
  | { readonly kind: "found"; readonly problem: string };

function say(word: HunterWord): void {
  parentPort!.postMessage(word);
}

const { planted, ...drawn } = workerData as HunterTask;
const plant = PLANTED_BUGS.find(({ name }) => name === planted)?.plant;
say({ kind: "thread", thread: thisThread() });
let problem: string | undefined;
for (let seed = 1; problem === undefined; seed += 1) {
  say({ kind: "seed", seed });
  problem = runSeed(seed, { ...drawn, ...plant?.() }).problems[0];
}
say({ kind: "found", problem: problemText(problem) });
