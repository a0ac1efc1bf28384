import type { Checker } from "./checker.ts";

/** 8: every bar lies in a session, where the calendar has a slot for it. */
export function sessions(): Checker {
  return {
    invariants: [8],
    see(seen, { slots, knobs }) {
      if (seen.kind !== "bar" || seen.size !== knobs.size) return undefined;
      const { openTime, closeTime } = seen.bar;
      if (slots.get(openTime)?.closeTime === closeTime) return undefined;
      return `no session has a bar from ${openTime} to ${closeTime}`;
    },
  };
}
