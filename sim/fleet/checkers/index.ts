import { bounds } from "./bounds.ts";
import type { Checker } from "./checker.ts";
import { journaledFirst } from "./journaled-first.ts";
import { noLookAhead } from "./no-look-ahead.ts";
import { noSilentLoss } from "./no-silent-loss.ts";
import { orderOfBars } from "./order-of-bars.ts";
import { ordersWhenReady } from "./orders-when-ready.ts";
import { revisions } from "./revisions.ts";
import { sessions } from "./sessions.ts";
import { soundBars } from "./sound-bars.ts";
import { steadyLink } from "./steady-link.ts";
import { trueBars } from "./true-bars.ts";

/** Those that watch while a run goes on; the auditor sees to the others when it is over. */
export function checkers(): readonly Checker[] {
  return [
    orderOfBars(),
    noSilentLoss(),
    trueBars(),
    noLookAhead(),
    revisions(),
    sessions(),
    soundBars(),
    ordersWhenReady(),
    journaledFirst(),
    bounds(),
    steadyLink(),
  ];
}
