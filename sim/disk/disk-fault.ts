import type { Random } from "../random.ts";

/**
 * What goes wrong at one write call of a disk. Calls are counted from 1. Of those that a
 * transaction makes, the last but one is the sync, and the last one makes it count.
 */
export type DiskFault =
  /** The process dies: before the call, when half of its bytes are written, or after it. */
  | { readonly kind: "kill"; readonly call: number; readonly moment: "before" | "torn" | "after" }
  /** There is no room, for this call and `count` - 1 more; default: 1. */
  | { readonly kind: "full"; readonly call: number; readonly count?: number }
  /**
   * The call reports an error of the disk. `isWritten`: its bytes are there all the same, which
   * only matters for the last call of a transaction.
   */
  | { readonly kind: "error"; readonly call: number; readonly isWritten: boolean };

const MOMENTS = ["before", "torn", "after"] as const;
const KINDS = ["kill", "kill", "kill", "full", "error"] as const;

/** One fault at one of the first `calls` calls; most often the process dies. */
export function drawDiskFault(random: Random, calls: number): DiskFault {
  const call = random.integer(1, calls);
  const kind = KINDS[random.integer(0, KINDS.length - 1)]!;
  switch (kind) {
    case "kill":
      return { kind, call, moment: MOMENTS[random.integer(0, MOMENTS.length - 1)]! };
    case "full":
      return { kind, call, count: random.integer(1, 8) };
    case "error":
      return { kind, call, isWritten: random.chance(0.5) };
  }
}

/**
 * Thrown where the simulated process dies. Nothing of it goes on: its stores throw this again,
 * whatever is done with them.
 */
export class ProcessKilled extends Error {
  override readonly name = "ProcessKilled";

  constructor() {
    super("the simulated process was killed at a write; open the disk anew");
  }
}
