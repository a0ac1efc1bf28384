import { performance } from "node:perf_hooks";

/** Milliseconds that only go forward, for measuring how long something took; not an instant. */
export function elapsedMs(): number {
  return performance.now();
}
