import { type SeedResult, type SeedTask, seedResult } from "./seed-result.ts";

// What a thread or a process of the fleet runs.

/** Runs one seed. */
export default function (task: SeedTask): SeedResult {
  return seedResult(task);
}
