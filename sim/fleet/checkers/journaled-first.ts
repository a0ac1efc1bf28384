import type { Checker } from "./checker.ts";

/** 13: what an order follows from, and the order itself, are on the disk before it leaves. */
export function journaledFirst(): Checker {
  return {
    invariants: [13, 15],
    see(seen, { headOf }) {
      if (seen.kind !== "order" && seen.kind !== "signal" && seen.kind !== "bar") return undefined;
      const head = headOf(seen.run);
      if (head === undefined) return `run ${seen.run} is not on the disk`;
      if (seen.kind === "order" && head.lastOrderId < seen.id) {
        return `order ${seen.id} left before it was on the disk`;
      }
      if (seen.kind !== "bar" || head.at >= seen.bar.closeTime) return undefined;
      return `the bar at ${seen.bar.openTime} was told before it was on the disk`;
    },
  };
}
