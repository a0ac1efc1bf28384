import {
  IbLiveSource,
  type IbLiveSourceOptions,
} from "../../../../adapters/ib/live/ib-live-source.ts";
import type { LiveOptions } from "../../../../adapters/ib/live/live-options.ts";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import type {
  BarBatch,
  BarQuery,
  BarSink,
  FeedOutcome,
  Subscription,
} from "../../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../../core/feed/feed-event.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import {
  type PriceType,
  type Series,
  type SessionScope,
  series,
} from "../../../../core/market/series.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { instant, SECOND_MS, type UnixMs, utcDay } from "../../../../core/time/instant.ts";
import type { TimeRange } from "../../../../core/time/range.ts";
import { calendarOfSessions } from "../../../../core/time/trading-calendar.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { UTC } from "../../../../core/time/zone.ts";
import { plain } from "../../../support/market.ts";
import { FakeLink, row } from "./fake-link.ts";

const DAYS = ["2024-03-04", "2024-03-05", "2024-03-06"];

/** Three days with a lunch break: 09:00 to 10:00 and 11:00 to 12:00 in UTC. */
export const CALENDAR = calendarOfSessions(
  "SMALL",
  UTC,
  DAYS.map((day) => ({
    day: utcDay(instant(`${day}T00:00:00Z`)),
    segments: [
      { from: instant(`${day}T09:00:00Z`), to: instant(`${day}T10:00:00Z`) },
      { from: instant(`${day}T11:00:00Z`), to: instant(`${day}T12:00:00Z`) },
    ],
  })),
);

/** An instant of the first day, or of another one: `at("09:15")`, `at("09:15", 1)`. */
export function at(time: string, day = 0): UnixMs {
  const seconds = time.length === 5 ? ":00" : "";
  return instant(`${DAYS[day]!}T${time}${seconds}Z`);
}

export function seriesOf(size: string, priceType?: PriceType, scope?: SessionScope): Series {
  return series(instrument("TEST"), barSize(size), priceType, scope);
}

export const CONTRACT = ibContract({ conId: 7, symbol: "TEST", secType: "STK", exchange: "SMART" });

/** A bar of 15 minutes unless told otherwise, whose numbers say how far it had formed. */
export function barAt(openTime: UnixMs, progress = 1, size = "15m"): Bar {
  const closeTime = openTime + barSize(size).ms;
  const prices = { open: 100, high: 100 + progress, low: 99, close: 100 + progress };
  return { openTime, closeTime, ...prices, volume: 10 * progress };
}

/** Writes down what a source says, as short lines with the time of day in front. */
export class LiveLog implements BarSink {
  readonly lines: string[] = [];
  readonly said: Bar[] = [];
  readonly finals: Bar[] = [];
  readonly covered: TimeRange[] = [];
  readonly events: FeedEvent[] = [];
  outcome: FeedOutcome | undefined;
  /** Told after each word. */
  onWord: () => void = () => {};
  readonly #clock: VirtualTime;

  constructor(clock: VirtualTime) {
    this.#clock = clock;
  }

  bars(batch: BarBatch): void {
    for (const bar of batch.bars) {
      this.said.push(plain(bar));
      if (batch.finality === "final") this.finals.push(plain(bar));
      const { openTime, volume } = bar;
      this.#note(`${batch.finality} ${timeOf(openTime)} ${volume}`);
    }
  }

  coverage(range: TimeRange): void {
    this.covered.push(range);
  }

  event(event: FeedEvent): void {
    this.events.push(event);
    if (event.type === "status") this.#note(`${event.state}: ${event.reason}`);
    else if (event.type === "rejection") this.#note(`rejected: ${event.fault}`);
  }

  end(outcome: FeedOutcome): void {
    this.outcome = outcome;
    const why = "fault" in outcome ? ` ${outcome.fault.code}` : "";
    this.#note(`end: ${outcome.kind}${why}`);
  }

  /** What was said since it was last asked. */
  take(): string[] {
    return this.lines.splice(0);
  }

  #note(text: string): void {
    this.lines.push(`${timeOf(this.#clock.now())} ${text}`);
    this.onWord();
  }
}

function timeOf(instantMs: UnixMs): string {
  return new Date(instantMs).toISOString().slice(11, 19);
}

/** A source on a fake link, opened at an instant. */
export interface Bench {
  readonly clock: VirtualTime;
  readonly link: FakeLink;
  readonly source: IbLiveSource;
  readonly log: LiveLog;
  /** Opens a stream; what it says goes to the log. */
  open(query?: Partial<BarQuery>): Subscription;
  /** Lets so many seconds pass. */
  pass(seconds: number): void;
}

export function bench(
  now: UnixMs,
  size = "15m",
  options: Partial<Omit<IbLiveSourceOptions, "link">> = {},
): Bench {
  const clock = new VirtualTime(now);
  const link = new FakeLink(clock);
  const log = new LiveLog(clock);
  const grid = (of: Series): BarGrid => new BarGrid(CALENDAR, of.size);
  const source = new IbLiveSource({ link, contract: CONTRACT, grid, ...options });
  return {
    clock,
    link,
    source,
    log,
    open: (query = {}) => source.open({ series: seriesOf(size), ...query }, log),
    pass: (seconds) => clock.advanceTo(clock.now() + seconds * SECOND_MS),
  };
}

/** The bar of 09:15 as it stands at 09:20. */
export const FORMING = row(barAt(at("09:15"), 0.5));

/** A stream of 15-minute bars that is under way at 09:20. */
export function live(options: Partial<LiveOptions> = {}): Bench {
  const made = bench(at("09:20"), "15m", { options });
  made.open();
  made.link.last.history(FORMING);
  made.log.take();
  return made;
}
