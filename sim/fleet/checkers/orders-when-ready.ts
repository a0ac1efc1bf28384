import type { Checker } from "./checker.ts";

/** 14: no order leaves unless the run is READY, and the stream up to date. */
export function ordersWhenReady(): Checker {
  const states = new Map<number, string>();
  return {
    invariants: [14],
    see(seen) {
      if (seen.kind === "state") states.set(seen.run, seen.to);
      if (seen.kind === "taken" && !states.has(seen.run)) states.set(seen.run, "INITIALIZING");
      if (seen.kind !== "order" || seen.status !== "submitted") return undefined;
      const state = states.get(seen.run);
      return state === "READY" ? undefined : `order ${seen.id} left while ${state}`;
    },
  };
}
