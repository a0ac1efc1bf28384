import type { Checker } from "./checker.ts";

/** 9: numbers that can be, low and high around open and close, no negative volume. */
export function soundBars(): Checker {
  return {
    invariants: [9],
    see(seen) {
      if (seen.kind !== "bar") return undefined;
      const { open, high, low, close, volume } = seen.bar;
      const numbers = [open, high, low, close, volume];
      const isSound =
        numbers.every((each) => Number.isFinite(each)) &&
        low <= open &&
        low <= close &&
        high >= open &&
        high >= close &&
        low > 0 &&
        volume >= 0;
      return isSound ? undefined : `an impossible bar went out: ${JSON.stringify(seen.bar)}`;
    },
  };
}
