/** One process on one machine: who holds the pen of a run. */
export interface ProcessIdentity {
  /** Name of the machine. */
  readonly host: string;
  readonly pid: number;
  /**
   * A whole number that another process with the same pid does not have, not before and not after a
   * restart of the machine; to be compared for equality only. Null where the system has none.
   */
  readonly startedAt: number | null;
}

/** Whether a process still runs; `unknown` where it cannot be seen from here. */
export type ProcessState = "alive" | "gone" | "unknown";
