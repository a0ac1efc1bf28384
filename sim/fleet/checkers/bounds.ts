import type { Checker } from "./checker.ts";

/** 18: what is open at a time is bounded. 19: no limit of the gateway is broken. */
export function bounds(): Checker {
  return {
    invariants: [18, 19],
    see(_seen, { openThings }) {
      const { connections, streams, history, timers, violations } = openThings();
      if (violations > 0) return `${violations} limits of the gateway were broken`;
      if (connections > 1) return `${connections} connections are open`;
      if (streams > 1) return `${streams} streams are open`;
      if (history > 6) return `${history} requests for history are open`;
      return timers > 60 ? `${timers} timers are set` : undefined;
    },
  };
}
