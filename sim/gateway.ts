import type { BarSource } from "../core/feed/bar-source.ts";
import type { TimerClock } from "../core/time/clock.ts";
import type { UnixMs } from "../core/time/instant.ts";
import { type GatewayOptions, type GatewaySettings, gatewaySettings } from "./gateway-options.ts";
import { HistoryStream } from "./history-stream.ts";
import { LiveStream } from "./live-stream.ts";
import { Random } from "./random.ts";
import type { Truth } from "./truth.ts";

/**
 * A gateway in process and under virtual time. It tells history and live bars from one truth, with
 * the delays, limits and faults it was given.
 */
export class SimGateway {
  readonly truth: Truth;
  readonly clock: TimerClock;
  readonly settings: GatewaySettings;
  readonly random: Random;
  /** Requests for history so far. */
  historyRequests = 0;

  constructor(truth: Truth, clock: TimerClock, options: GatewayOptions = {}) {
    this.truth = truth;
    this.clock = clock;
    this.settings = gatewaySettings(options);
    this.random = new Random(this.settings.seed, "gateway");
  }

  /** Ranges of the past, page by page. */
  get history(): BarSource {
    return {
      open: (query, sink) => {
        this.historyRequests += 1;
        const stream = new HistoryStream(this, query, sink, this.historyRequests);
        stream.start();
        return stream;
      },
    };
  }

  /** Bars as they form and close. */
  get live(): BarSource {
    return {
      impliesFinals: !this.settings.sendsFinals,
      open: (_query, sink) => {
        const stream = new LiveStream(this, sink);
        stream.start();
        return stream;
      },
    };
  }

  /** Whether nothing came in between two instants: what is under way across an outage is gone. */
  isUnbroken(from: UnixMs, to: UnixMs): boolean {
    return !this.settings.outages.some((outage) => outage.from <= to && from < outage.to);
  }
}
