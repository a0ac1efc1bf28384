import { ENGINE_BUGS } from "./engine-bugs.ts";
import { HISTORY_BUGS, LIVE_BUGS, SESSION_BUGS } from "./ib-bugs.ts";
import type { PatchedBug } from "./patch.ts";
import { AGGREGATION_BUGS, SEAM_BUGS } from "./seam-bugs.ts";
import { JOURNAL_BUGS, STORE_BUGS } from "./store-bugs.ts";

/** Bugs in the real code, each of which the fleet has to find. */
export const PATCHED_BUGS: readonly PatchedBug[] = [
  ...SEAM_BUGS,
  ...AGGREGATION_BUGS,
  ...SESSION_BUGS,
  ...LIVE_BUGS,
  ...HISTORY_BUGS,
  ...JOURNAL_BUGS,
  ...STORE_BUGS,
  ...ENGINE_BUGS,
];
