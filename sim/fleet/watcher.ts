import type { RunObserver } from "../../core/journal/run-observer.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { plainBar, type Seen } from "./seen.ts";

/** Where, in which life and in which run something is seen. */
export interface Place {
  readonly life: number;
  readonly run: () => number;
  /** The present of the world, and what the run holds to be it. */
  readonly at: () => UnixMs;
  readonly now: () => UnixMs;
}

/** Tells plainly what a run does; how far a backfill is, it leaves out. */
export function watcher(place: Place, see: (seen: Seen) => void): RunObserver {
  const here = (): { readonly at: UnixMs; readonly life: number; readonly run: number } => ({
    at: place.at(),
    life: place.life,
    run: place.run(),
  });
  return {
    run: () => {},
    bar: (seq, series, bar, origin, version) => {
      const { label: size } = series.size;
      const now = place.now();
      see({ ...here(), kind: "bar", now, seq, size, bar: plainBar(bar), origin, version });
    },
    indicator: (seq, name, value) => see({ ...here(), kind: "value", seq, name, value }),
    state: ({ to, reason }) => see({ ...here(), kind: "state", to, reason }),
    signal: (_at, seq, name) => see({ ...here(), kind: "signal", seq, name }),
    order: ({ order, status }) => {
      const { id, side, quantity, submittedAt } = order;
      see({ ...here(), kind: "order", id, status, side, quantity, submittedAt });
    },
    fill: ({ orderId: id, side, quantity, price, fee, at: now }) =>
      see({ ...here(), kind: "fill", id, side, quantity, price, fee, now }),
    feed: (event) => {
      const { label: size } = event.series.size;
      switch (event.type) {
        case "gap": {
          const { range, outcome } = event;
          see({ ...here(), kind: "gap", size, from: range.from, to: range.to, outcome });
          break;
        }
        case "revision": {
          const before = event.before === null ? null : plainBar(event.before);
          const { version } = event;
          see({ ...here(), kind: "revision", size, version, before, after: plainBar(event.after) });
          break;
        }
        case "rejection":
          see({ ...here(), kind: "rejection", fault: event.fault, bar: plainBar(event.bar) });
          break;
        case "continuity": {
          const { count, first, last } = event;
          see({ ...here(), kind: "continuity", count, first, last });
          break;
        }
        case "status":
          see({ ...here(), kind: "status", state: event.state });
          break;
        default:
      }
    },
  };
}
