import type { JournaledRunOptions } from "../../core/engine/journaled-run.ts";
import type { RunOptions } from "../../core/engine/run-options.ts";
import type { BarSource } from "../../core/feed/bar-source.ts";
import type { Series } from "../../core/market/series.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { TradingCalendar } from "../../core/time/trading-calendar.ts";
import type { Parameters } from "../../core/trading/strategy.ts";
import { ReportedCalendar } from "../ib/contracts/reported-calendar.ts";
import type { IbFeed } from "../ib/ib-feed.ts";
import { BarStore } from "../store/bars/bar-store.ts";
import { RunStore } from "../store/journal/run-store.ts";
import type { ProcessTable } from "../store/journal/store-journal.ts";
import type { OrderedStore } from "../store/port/ordered-store.ts";
import { systemZone } from "../system/zone.ts";
import { calendarToStore } from "./calendar-to-store.ts";
import { KeptRun } from "./kept-run.ts";
import { reportedSessions } from "./reported-sessions.ts";
import { storedHistory } from "./stored-history.ts";

/** What a run is kept as. */
export interface KeepingOptions {
  /** Default: the strategy's name and the key of its series. */
  readonly name: string | undefined;
  readonly isAnew: boolean;
  readonly strategy: string;
  readonly strategyFile: string;
  readonly code: string;
  readonly parameters: Parameters;
  readonly cash: string;
  readonly commission: string;
  readonly slippage: string;
  readonly lostBars: "rewarm" | "continue";
  readonly barline: string;
}

/** A run on a gateway's feed that is to be kept. */
export interface KeptFeedRun {
  readonly feed: Pick<IbFeed, "series" | "grid" | "clock" | "seam"> & {
    readonly calendar: TradingCalendar;
  };
  readonly options: () => Omit<RunOptions, "series" | "grid" | "clock">;
  /** What stands around the feed's seam; default: nothing. */
  readonly seamed?: NonNullable<JournaledRunOptions["seamed"]>;
  readonly tell: (line: string) => void;
}

/** Where a run is kept. */
export interface KeepingPlace {
  readonly store: OrderedStore;
  readonly processes: ProcessTable;
  /** As `JournaledRunOptions` say. */
  readonly snapshotBars?: number;
}

/** The store of a live run, as long as the run lives. */
export class Keeping {
  readonly #options: KeepingOptions;
  readonly #place: KeepingPlace;
  readonly #bars: BarStore;
  #kept: KeptRun | undefined;

  /** Throws what makes a store unusable. */
  constructor(options: KeepingOptions, place: KeepingPlace) {
    this.#options = options;
    this.#place = place;
    this.#bars = new BarStore(place.store, { zoneNamed: systemZone });
  }

  /** Bars that are stored are not fetched again. */
  readonly stored = (history: BarSource): BarSource =>
    storedHistory(this.#bars, history, (_known, _told, factor) => this.#kept?.readjusted(factor));

  /** Whether there is a run to go on with. */
  has(of: Series): boolean {
    return !this.#options.isAnew && this.since(of) < Number.POSITIVE_INFINITY;
  }

  /** The calendar must reach back to where the run stopped. */
  readonly since = (of: Series): UnixMs => {
    const before = new RunStore(this.#place.store).named(this.#nameFor(of)).at(-1);
    return before?.head.at ?? Number.POSITIVE_INFINITY;
  };

  run({ feed, options, seamed, tell }: KeptFeedRun): KeptRun {
    const { name: _name, isAnew, ...about } = this.#options;
    const { series, grid, clock, calendar } = feed;
    const now = clock.now();
    const { alignment } = grid(series);
    this.#kept = new KeptRun({
      ...this.#place,
      bars: this.#bars,
      about: { ...about, name: this.#nameFor(series) },
      series,
      grid,
      clock,
      calendar: (before) =>
        calendar instanceof ReportedCalendar
          ? reportedSessions(calendar, { from: now, to: now }, before)
          : calendarToStore(calendar, alignment),
      options,
      seamed: seamed ?? ((seam) => seam(feed.seam)),
      isAnew,
      tell,
    });
    return this.#kept;
  }

  close(): void {
    this.#place.store.close();
  }

  #nameFor(of: Series): string {
    return this.#options.name ?? `${this.#options.strategy} on ${of.key}`;
  }
}
