import type { RunObserver } from "../../core/journal/run-observer.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { type Deed, plainBar, type Seen } from "./seen.ts";

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
  const tell = (what: Deed): void =>
    see({ at: place.at(), life: place.life, run: place.run(), ...what } as Seen);
  return {
    run: () => {},
    bar: (seq, series, bar, origin, version) => {
      const { label: size } = series.size;
      const now = place.now();
      tell({ kind: "bar", now, seq, size, bar: plainBar(bar), origin, version });
    },
    indicator: (seq, name, value) => tell({ kind: "value", seq, name, value }),
    state: ({ to, reason }) => tell({ kind: "state", to, reason }),
    signal: (_at, seq, name) => tell({ kind: "signal", seq, name }),
    order: ({ order, status }) => {
      const { id, side, quantity, submittedAt } = order;
      tell({ kind: "order", id, status, side, quantity, submittedAt });
    },
    fill: ({ orderId: id, side, quantity, price, fee, at: now }) =>
      tell({ kind: "fill", id, side, quantity, price, fee, now }),
    feed: (event) => {
      const { label: size } = event.series.size;
      switch (event.type) {
        case "gap": {
          const { range, outcome } = event;
          tell({ kind: "gap", size, from: range.from, to: range.to, outcome });
          break;
        }
        case "revision": {
          const before = event.before === null ? null : plainBar(event.before);
          const { version } = event;
          tell({ kind: "revision", size, version, before, after: plainBar(event.after) });
          break;
        }
        case "rejection":
          tell({ kind: "rejection", fault: event.fault, bar: plainBar(event.bar) });
          break;
        case "continuity": {
          const { count, first, last } = event;
          tell({ kind: "continuity", count, first, last });
          break;
        }
        case "status":
          tell({ kind: "status", state: event.state });
          break;
        default:
      }
    },
  };
}
