import type { Checker } from "./checker.ts";

/** 20: a connection that nothing disturbs lasts. */
export function steadyLink(): Checker {
  return {
    invariants: [20],
    see(seen, { knobs }) {
      if (seen.kind !== "link" || knobs.troubles.length > 0) return undefined;
      return seen.text.startsWith("down")
        ? `nothing was wrong, and the link is ${seen.text}`
        : undefined;
    },
  };
}
