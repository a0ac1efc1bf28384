import type { JournaledRun } from "../../core/engine/journaled-run.ts";
import type { Run } from "../../core/engine/run.ts";
import type { RunOptions, RunOutcome } from "../../core/engine/run-options.ts";
import type { RunObserver } from "../../core/journal/run-observer.ts";
import { rescaled } from "../../core/market/rescaled.ts";
import type { Series } from "../../core/market/series.ts";
import type { BarGrid } from "../../core/time/bar-grid.ts";
import type { TimerClock } from "../../core/time/clock.ts";
import { formatInstant } from "../../core/time/instant.ts";
import type { BarStore } from "../store/bars/bar-store.ts";
import type { StoredCalendar } from "../store/bars/stored-calendar.ts";
import type { RunAbout } from "../store/journal/run-about.ts";
import type { ProcessTable, StoreJournal } from "../store/journal/store-journal.ts";
import { type TakenUp, type TakeUpOptions, takeUp } from "../store/journal/take-up.ts";
import type { OrderedStore } from "../store/port/ordered-store.ts";
import { countedText } from "./count-text.ts";
import { DEAF_OBSERVER, observers, whenever } from "./observers.ts";

/** A run that is kept in a store. */
export interface KeptRunParts {
  readonly store: OrderedStore;
  readonly bars: BarStore;
  readonly processes: ProcessTable;
  readonly about: Omit<
    RunAbout,
    "carried" | "series" | "beganAt" | "calendar" | "zone" | "alignment"
  >;
  readonly series: Series;
  readonly grid: (series: Series) => BarGrid;
  readonly clock: TimerClock;
  /** The calendar as it is to be stored, and what is stored of it before. */
  readonly calendar: (before: StoredCalendar | undefined) => StoredCalendar;
  /** What the run is made of beside these; asked for anew for each attempt. */
  readonly options: () => Omit<RunOptions, "series" | "grid" | "clock">;
  readonly snapshotBars?: number;
  /** As in `JournaledRunOptions`. */
  readonly seamed?: TakeUpOptions["seamed"];
  /** Whether to begin a new run even where one could be gone on with. */
  readonly isAnew?: boolean;
  /** Is told in whole lines what became of the run before. */
  readonly tell: (line: string) => void;
}

/**
 * A run with a journal: gone on with where it stood, or begun, and begun once more by itself when
 * history turns out to have been adjusted. It is kept at every bar, so that it may end at any
 * moment and in any way.
 */
export class KeptRun {
  readonly #parts: KeptRunParts;
  #taken: TakenUp;
  #isBeginningAnew = false;
  /** What a run was put back through, its observers have heard when it happened. */
  #isHeard = false;
  readonly #ended: ((outcome: RunOutcome) => void)[] = [];

  /** Throws `run-in-use`, `damaged-store` or `other-series`. */
  constructor(parts: KeptRunParts) {
    this.#parts = parts;
    this.#declare();
    this.#taken = this.#take();
  }

  /** The run as it is now. */
  get run(): Run {
    return this.#taken.journaled.run;
  }

  get journal(): StoreJournal {
    return this.#taken.journal;
  }

  get how(): TakenUp["how"] {
    return this.#taken.how;
  }

  start(): void {
    const { journaled } = this.#taken;
    this.#follow(journaled);
    this.#isHeard = true;
    journaled.start();
  }

  stop(reason: string): void {
    this.#taken.journaled.stop(reason);
  }

  onEnd(listener: (outcome: RunOutcome) => void): void {
    this.#ended.push(listener);
  }

  /** All prices were multiplied by a factor since they were stored: the run begins once more. */
  readjusted(factor: number): void {
    if (this.#isBeginningAnew || this.run.outcome !== undefined) return;
    this.#isBeginningAnew = true;
    const { clock } = this.#parts;
    // Not from within a word of the very stream that is to end.
    clock.schedule(clock.now(), () => {
      this.stop(`all prices were multiplied by ${factor}, as by a split`);
      this.#isHeard = false;
      try {
        this.#taken = this.#take(factor);
      } catch (error) {
        // A disk that is full, say: the run is over, and has not begun anew.
        this.#tellEnd({ kind: "crashed", error });
        return;
      }
      this.#isBeginningAnew = false;
      this.start();
    });
  }

  #follow(journaled: JournaledRun): void {
    const { run } = journaled;
    run.onEnd((outcome) => {
      if (this.#isBeginningAnew) return;
      this.#release();
      this.#tellEnd(outcome);
    });
  }

  #tellEnd(outcome: RunOutcome): void {
    for (const listener of this.#ended) listener(outcome);
  }

  /** The pen is put down; a disk that failed has taken it from us already. */
  #release(): void {
    if (this.run.outcome?.kind !== "crashed") this.#taken.journal.release();
  }

  #take(readjusted?: number): TakenUp {
    const { store, bars, processes, series, grid, clock } = this.#parts;
    const { snapshotBars, seamed, isAnew } = this.#parts;
    const { calendar, alignment } = grid(series);
    const taken = takeUp({
      store,
      bars,
      processes,
      about: {
        ...this.#parts.about,
        series,
        calendar: calendar.name,
        zone: calendar.zone.name,
        alignment,
        beganAt: clock.now(),
      },
      options: () => this.#runOptions(),
      ...(snapshotBars === undefined ? {} : { snapshotBars }),
      ...(seamed === undefined ? {} : { seamed }),
      ...(isAnew === undefined ? {} : { isAnew }),
      ...(readjusted === undefined ? {} : { readjusted }),
    });
    this.#say(taken);
    return taken;
  }

  #runOptions(): RunOptions {
    const { series, grid, clock, options } = this.#parts;
    const given = options();
    const watching: RunObserver = {
      ...DEAF_OBSERVER,
      feed: (event) => {
        if (event.type !== "revision" || event.before === null) return;
        const factor = rescaled(event.before, event.after);
        if (factor !== undefined) this.readjusted(factor);
      },
    };
    const observer = whenever(() => this.#isHeard, observers(given.observer, watching)!);
    return { ...given, series, grid, clock, observer };
  }

  #declare(): void {
    const { store, bars, series } = this.#parts;
    const calendar = this.#parts.calendar(bars.find(series.key)?.calendar);
    store.write((writer) => bars.declare(writer, { series, calendar }));
  }

  #say(taken: TakenUp): void {
    const { tell, about } = this.#parts;
    for (const note of taken.notes) tell(`  ${note}`);
    const name = `run "${about.name}"`;
    if (taken.how !== "resumed") {
      const isNew = taken.how === "new";
      const what = isNew
        ? "begins"
        : "goes on with its account, and the strategy warms up once more";
      tell(`  ${name} ${what}`);
      return;
    }
    const { bars } = taken.journaled.run.summary();
    const { at } = taken.journal.run.head;
    const from = taken.from === "snapshot" ? "from a snapshot on" : "from its beginning";
    tell(
      `  ${name} goes on where it stood at ${formatInstant(at)}, after ` +
        `${countedText(bars, "bar")}; ${countedText(taken.commits, "commit")} played ${from}`,
    );
  }
}
