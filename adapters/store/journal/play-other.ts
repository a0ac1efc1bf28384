import { Run } from "../../../core/engine/run.ts";
import { type FeedWord, sayTo } from "../../../core/feed/feed-word.ts";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import { calendarOfKnown } from "../../../core/journal/known-calendar.ts";
import type { RunObserver } from "../../../core/journal/run-observer.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { FollowedCalendar } from "../../../core/time/followed-calendar.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { DAY_MS } from "../../../core/time/instant.ts";
import type { Zone } from "../../../core/time/zone.ts";
import type { Broker } from "../../../core/trading/broker.ts";
import { money } from "../../../core/trading/money.ts";
import type { Parameters, Strategy } from "../../../core/trading/strategy.ts";
import type { BarStore } from "../bars/bar-store.ts";
import { carriedOptions } from "./carried-account.ts";
import { gridOfRun } from "./play-again.ts";
import type { RunStore, StoredRun } from "./run-store.ts";

/** Another strategy that is to see what a run saw. */
export interface PlayOtherOptions {
  readonly strategy: Strategy;
  readonly parameters: Parameters;
  readonly broker: Broker;
  readonly zone: Zone;
  /** Has the bars before those that the run saw, for a strategy that needs more of them. */
  readonly bars: BarStore;
  readonly observer: RunObserver;
  readonly until?: UnixMs;
}

/** The longest that bars before a run are looked for. */
const LOOK_BACK_MS = 2_000 * DAY_MS;

/** Lets another strategy decide on exactly what a run saw, when it saw it; gives its run. */
export function playOther(runs: RunStore, stored: StoredRun, options: PlayOtherOptions): Run {
  const { about } = stored;
  const { series } = about;
  const { zone, until = Number.POSITIVE_INFINITY } = options;
  let now = about.beganAt;
  const unknown = gridOfRun(about, zone)(series);
  const calendar = new FollowedCalendar(unknown.calendar);
  const run = new Run({
    strategy: options.strategy,
    parameters: options.parameters,
    broker: options.broker,
    series,
    source: { open: () => ({ close: () => {}, pause: () => {}, resume: () => {} }) },
    clock: { now: () => now },
    grid: ({ size }) => new BarGrid(calendar, size, about.alignment),
    initialCash: money(about.cash),
    lostBars: about.lostBars,
    bookedFills: carriedOptions(about).bookedFills!,
    observer: options.observer,
  });
  let isFirst = true;
  for (const records of runs.recorded(stored, "beginning").commits) {
    for (const record of records) {
      if (run.outcome !== undefined || !isHeard(record)) continue;
      if (record.at > until) return run;
      now = record.at;
      if (record.kind === "calendar") calendar.turnTo(calendarOfKnown(record.known, zone));
      else if (record.kind === "begin") run.begin();
      else if (record.word.kind !== "end") {
        if (isFirst && record.word.kind === "bars") {
          isFirst = false;
          warmUp(run, options.bars, record.word);
        }
        sayTo(run, record.word);
      }
    }
  }
  return run;
}

type Heard = Extract<JournalRecord, { kind: "calendar" | "begin" | "word" }>;

function isHeard(record: JournalRecord): record is Heard {
  return record.kind === "calendar" || record.kind === "begin" || record.kind === "word";
}

/** A strategy that needs more bars than the run began with gets them from the store. */
function warmUp(run: Run, bars: BarStore, { batch }: Extract<FeedWord, { kind: "bars" }>): void {
  const { key } = batch.series;
  const missing = run.summary().warmUpBars - batch.bars.length;
  if (missing <= 0 || bars.find(key) === undefined) return;
  const to = batch.bars.openTime[0]!;
  const stretch = bars.coverage(key).complete.find((each) => each.from < to && each.to >= to);
  if (stretch === undefined) return;
  const before = bars.read(key, { from: Math.max(stretch.from, to - LOOK_BACK_MS), to });
  if (before.length === 0) return;
  const first = Math.max(0, before.length - missing);
  run.bars({ ...batch, bars: before.slice(first, before.length) });
  run.coverage({ from: before.openTime[first]!, to });
}
