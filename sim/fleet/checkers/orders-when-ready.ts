import type { SeenBar } from "../seen.ts";
import type { Checker } from "./checker.ts";

/** A stream that is this far behind is stale, and no bar that came so late is traded on. */
const LATE_MS = 15_000;

/** 14: no order leaves unless the run is READY, and the bar it follows from has just closed. */
export function ordersWhenReady(): Checker {
  let last: SeenBar | undefined;
  const states = new Map<number, string>();
  return {
    invariants: [14],
    see(seen) {
      if (seen.kind === "bar") last = seen.bar;
      if (seen.kind === "state") states.set(seen.run, seen.to);
      if (seen.kind === "taken" && !states.has(seen.run)) states.set(seen.run, "INITIALIZING");
      if (seen.kind !== "order" || seen.status !== "submitted") return undefined;
      const state = states.get(seen.run);
      if (state !== "READY") return `order ${seen.id} left while ${state}`;
      if (last === undefined || seen.at <= last.closeTime + LATE_MS) return undefined;
      return `order ${seen.id} left on a bar that was over at ${last.closeTime}`;
    },
  };
}
