import type { RunObserver } from "../../../core/journal/run-observer.ts";
import type { Clock } from "../../../core/time/clock.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { RunState } from "../../../core/trading/readiness.ts";
import { DEAF_OBSERVER } from "../../kept/observers.ts";
import type { IbTap } from "./tapped-client.ts";

/** The figures of a run under way that a heartbeat tells. */
export class LiveFigures {
  /** Requests that were sent, probes and cancels included. */
  requests = 0;
  /** Answers to requests for history, but for those that begin a stream. */
  pages = 0;
  /** Bars that were handled, and how many of them came after the backfill. */
  bars = 0;
  liveBars = 0;
  state: RunState = "INITIALIZING";
  /** The close of the last bar, and how long after it that bar was handled, in milliseconds. */
  lastClose: UnixMs | undefined;
  lagMs = 0;

  readonly #streams = new Set<number>();

  readonly tap: IbTap = {
    connecting: () => {},
    sent: (request) => {
      this.requests += 1;
      if (request.kind === "history" && request.keepUpToDate) this.#streams.add(request.requestId);
      if (request.kind === "cancel") this.#streams.delete(request.requestId);
    },
    heard: (event) => {
      if (event.kind === "history" && !this.#streams.has(event.requestId)) this.pages += 1;
    },
  };

  /** @param heard is called after every bar that did not come with the backfill. */
  observer(clock: Clock, heard: () => void): RunObserver {
    return {
      ...DEAF_OBSERVER,
      state: ({ to }) => {
        this.state = to;
      },
      bar: (_seq, _series, { closeTime }, origin) => {
        this.bars += 1;
        this.lastClose = closeTime;
        if (origin === "backfill") return;
        this.liveBars += 1;
        this.lagMs = Math.max(0, clock.now() - closeTime);
        heard();
      },
    };
  }
}
