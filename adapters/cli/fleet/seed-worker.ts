import { parentPort, workerData } from "node:worker_threads";
import { type SeedTask, seedResult } from "./seed-result.ts";

// A thread of the fleet: it is given one seed after the other, and says what became of each.

parentPort!.on("message", (seed: number) => {
  parentPort!.postMessage(seedResult(seed, workerData as SeedTask));
});
