import type { Known } from "../known.ts";
import type { Seen } from "../seen.ts";

/** Watches over some of the invariants; made anew for each run. */
export interface Checker {
  /** Their numbers in the specification. */
  readonly invariants: readonly number[];
  /** Told all that is seen, as it is seen; says what is wrong. */
  see(seen: Seen, known: Known): string | undefined;
}
