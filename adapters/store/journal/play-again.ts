import { JournaledRun } from "../../../core/engine/journaled-run.ts";
import type { Run } from "../../../core/engine/run.ts";
import type { Divergence } from "../../../core/engine/run-replay.ts";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import type { RunObserver } from "../../../core/journal/run-observer.ts";
import { type SeamVerdict, verifySeam } from "../../../core/journal/verify-seam.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { type UnixMs, utcDay } from "../../../core/time/instant.ts";
import { TradingCalendar } from "../../../core/time/trading-calendar.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { Zone } from "../../../core/time/zone.ts";
import type { Broker } from "../../../core/trading/broker.ts";
import { money } from "../../../core/trading/money.ts";
import type { Strategy } from "../../../core/trading/strategy.ts";
import { carriedOptions } from "./carried-account.ts";
import type { RunAbout } from "./run-about.ts";
import type { RunStore, StoredRun } from "./run-store.ts";

/** What a run is played again with. */
export interface PlayAgainOptions {
  readonly strategy: Strategy;
  readonly broker: Broker;
  readonly zone: Zone;
  readonly observer?: RunObserver;
  /** What was heard after this instant is left out; default: nothing. */
  readonly until?: UnixMs;
}

/** A run that was played again. */
export interface PlayedAgain {
  readonly run: Run;
  readonly commits: number;
  /** The present of the last input. */
  readonly at: UnixMs;
  /** Of all that was decided and computed, as it was recorded and as it is now. */
  readonly recorded: string;
  readonly replayed: string;
  /** The first thing that is not as it was; undefined where all is. */
  readonly divergence: Divergence | undefined;
  /** What came of playing the seam again, from which the run had its bars. */
  readonly seam: SeamVerdict;
}

/** How far from the beginning of a run its calendar can be asked for. */
const CALENDAR_DAYS = 4_000;

/** Plays a run again from its beginning, and says whether it does what it did. */
export function playAgain(
  runs: RunStore,
  stored: StoredRun,
  options: PlayAgainOptions,
): PlayedAgain {
  const { about } = stored;
  const { strategy, broker, observer, until = Number.POSITIVE_INFINITY } = options;
  const time = new VirtualTime(about.beganAt);
  const journaled = new JournaledRun(
    {
      strategy,
      broker,
      parameters: about.parameters,
      series: about.series,
      source: { open: () => ({ close: () => {}, pause: () => {}, resume: () => {} }) },
      clock: time,
      grid: gridOfRun(about, options.zone),
      initialCash: money(about.cash),
      lostBars: about.lostBars,
      ...carriedOptions(about),
      ...(observer === undefined ? {} : { observer }),
    },
    { journal: { commit: () => {} } },
  );
  const { series, alignment } = about;
  const { calendar } = gridOfRun(about, options.zone)(series);
  const again = new Seen(until, about.beganAt).of(runs.recorded(stored, "beginning").commits);
  const seam = verifySeam(flattened(again), { series, alignment, calendar });
  const seen = new Seen(until, about.beganAt);
  const { commits } = runs.recorded(stored, "beginning");
  const resumption = journaled.resume({ commits: seen.of(commits) }, true);
  return {
    run: journaled.run,
    commits: resumption.commits,
    at: seen.at,
    recorded: seen.digest,
    replayed: journaled.digest,
    divergence: resumption.divergence,
    seam,
  };
}

function* flattened(commits: Iterable<readonly JournalRecord[]>): Generator<JournalRecord> {
  for (const records of commits) yield* records;
}

/** The grid that a run is given before it hears what was known of its calendar. */
export function gridOfRun(about: RunAbout, zone: Zone): (of: RunAbout["series"]) => BarGrid {
  const day = utcDay(about.beganAt);
  const calendar = new TradingCalendar({
    name: about.calendar,
    zone,
    firstDay: day - CALENDAR_DAYS,
    lastDay: day + CALENDAR_DAYS,
    sessionOn: () => undefined,
  });
  return ({ size }) => new BarGrid(calendar, size, about.alignment);
}

/** Commits up to an instant, and where they ended. */
class Seen {
  at: UnixMs;
  digest = "";
  readonly #until: UnixMs;

  constructor(until: UnixMs, from: UnixMs) {
    this.#until = until;
    this.at = from;
  }

  *of(commits: Iterable<readonly JournalRecord[]>): Generator<readonly JournalRecord[]> {
    for (const records of commits) {
      const at = records.reduce((latest, each) => ("at" in each ? each.at : latest), this.at);
      if (at > this.#until) return;
      this.at = at;
      const mark = records.at(-1);
      if (mark?.kind === "mark") this.digest = mark.digest;
      yield records;
    }
  }
}
