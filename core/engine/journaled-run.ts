import { ByteReader } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import type { BarSource } from "../feed/bar-source.ts";
import type { SpliceOptions } from "../feed/seam/splice.ts";
import { Border } from "../journal/border.ts";
import type { JournalRecord, RunInput } from "../journal/journal-record.ts";
import {
  calendarOfKnown,
  isOutdated,
  type KnownCalendar,
  knownCalendar,
  readKnownCalendar,
  writeKnownCalendar,
} from "../journal/known-calendar.ts";
import type { RecordedRun, RunJournal } from "../journal/run-journal.ts";
import type { Series } from "../market/series.ts";
import { BarGrid } from "../time/bar-grid.ts";
import type { TimerClock } from "../time/clock.ts";
import { assert, BarlineError, fail } from "../time/failure.ts";
import { FollowedCalendar } from "../time/followed-calendar.ts";
import type { UnixMs } from "../time/instant.ts";
import { requireAtLeast } from "../time/requirement.ts";
import type { TradingCalendar } from "../time/trading-calendar.ts";
import type { Broker, BrokerListener } from "../trading/broker.ts";
import { Recorder } from "./recorder.ts";
import { Run } from "./run.ts";
import type { RunOptions } from "./run-options.ts";
import { type Divergence, RunReplay } from "./run-replay.ts";
import { canSaveRun, loadRun, saveRun } from "./run-snapshot.ts";

/** Where a run is written down, and how often in full. */
export interface JournaledRunOptions {
  readonly journal: RunJournal;
  /**
   * Bars from one snapshot of the run to the next, 1 or more; default 256. It bounds what has to
   * be played again when the run is taken up again.
   */
  readonly snapshotBars?: number;
  /**
   * Makes the run's source out of one that joins history and live, in the place of
   * `options.source`: then everything is written down that comes into the seam, too. The clock of
   * the run must be one that can wait.
   */
  readonly seamed?: (seam: (parts: SpliceOptions) => BarSource) => BarSource;
}

/** How far a run was put back to where it was. */
export interface Resumption {
  /** Commits that were played again. */
  readonly commits: number;
  /** What it now does otherwise; the run must then not go on. */
  readonly divergence: Divergence | undefined;
}

/** The form of a snapshot; another one is refused, and the run played from its beginning. */
const SNAPSHOT_FORMAT = 1;

/**
 * A run that is written down as it goes: every input and every decision is durable before it has an
 * effect, so that the run can be taken up again, or played again, bit for bit. It is the same
 * `Run`, with a recorder between it and its clock, source, broker and observer.
 */
export class JournaledRun {
  readonly run: Run;
  readonly #options: RunOptions;
  readonly #journaled: JournaledRunOptions;
  readonly #snapshotBars: number;
  readonly #recorder: Recorder;
  readonly #broker: Broker;
  /** The calendar of the world, and the one that the run sees: first as it was known then. */
  readonly #calendar: TradingCalendar;
  readonly #seen: FollowedCalendar;
  #known: { readonly calendar: KnownCalendar; readonly version: number } | undefined;
  #listener: BrokerListener | undefined;
  #snapshotSeq = 0;
  /** What snapshots are written into, one after the other. */
  readonly #room = new ByteWriter(1 << 14);

  constructor(options: RunOptions, journaled: JournaledRunOptions) {
    if (options.driver !== undefined) {
      fail("invalid-option", "a run that sets its own pace is not written down", {
        where: "driver",
        cure: "leave the journal out; a backtest can be run again at any time",
      });
    }
    const outside = options.broker;
    if (outside.state === undefined && outside.resume === undefined) {
      fail("invalid-option", "this broker cannot be asked what became of orders", {
        where: "broker",
        cure: "give it a resume(orders), or a state where it is a part of the run",
      });
    }
    this.#options = options;
    this.#journaled = journaled;
    this.#snapshotBars = journaled.snapshotBars ?? 256;
    requireAtLeast("snapshotBars", this.#snapshotBars, 1);
    const { calendar } = options.grid(options.series);
    this.#calendar = calendar;
    this.#seen = new FollowedCalendar(calendar);
    let world = options.clock;
    let { source } = options;
    if (journaled.seamed !== undefined) {
      const border = new Border(options.clock as TimerClock, (record) => recorder.note(record));
      world = border.clock;
      source = journaled.seamed(border.splice);
    }
    const recorder = new Recorder(world);
    this.#recorder = recorder;
    const broker = recorder.broker(outside);
    this.#broker = broker;
    this.run = new Run({
      ...options,
      clock: recorder.clock,
      grid: (series) => this.#gridOf(series),
      source: recorder.source(source),
      observer: recorder.observer(options.observer),
      broker: {
        ...(broker.state === undefined ? {} : { state: broker.state }),
        connect: (listener) => {
          this.#listener = listener;
          broker.connect(listener);
        },
        submit: (order) => broker.submit(order),
        bar: (...details) => broker.bar(...details),
      },
    });
  }

  /**
   * Puts the run back to where a journal ends: from a snapshot, or from its beginning, by playing
   * what came after it. Nothing of it has an effect, and observers hear of it only where
   * `options.observer` is meant to. Throws `damaged-bytes` for a snapshot that cannot be read.
   *
   * @param isToEnd whether it also ends where it once ended, for one that is not to go on.
   */
  resume(recorded: RecordedRun, isToEnd = false): Resumption {
    const { run } = this;
    const recorder = this.#recorder;
    if (recorded.snapshot !== undefined) this.#load(recorded.snapshot.bytes);
    const { series } = this.#options;
    const learn = (known: KnownCalendar): void => this.#learn(known);
    const replay = new RunReplay({ run, recorder, series, broker: this.#listener!, learn });
    let commits = 0;
    let last: readonly JournalRecord[] | undefined;
    const play = (isLast: boolean): Divergence | undefined => {
      if (last === undefined) return undefined;
      commits += 1;
      return replay.commit(last, isLast && isToEnd);
    };
    for (const records of recorded.commits) {
      const divergence = play(false);
      if (divergence !== undefined) return { commits, divergence };
      last = records;
    }
    return { divergence: play(true), commits };
  }

  /** The digest over everything that the run ever showed. */
  get digest(): string {
    return this.#recorder.digest.text;
  }

  /** Begins a new run, or goes on with one that was resumed: from now on, all is recorded. */
  start(): void {
    const recorder = this.#recorder;
    const { run } = this;
    const isNew = run.state === "INITIALIZING";
    this.#seen.turnTo(this.#calendar);
    this.#known = undefined;
    recorder.record({
      before: (at) => this.#news(at),
      commit: (records) => this.#commit(records),
      failed: (error) => run.halt(error),
    });
    if (isNew) {
      recorder.hear(
        (at) => ({ kind: "begin", at }),
        () => run.begin(),
      );
    } else {
      this.#options.observer?.run(run.description);
    }
    const open = run.parts.desk.openOrders;
    if (open.length > 0) this.#broker.resume?.(open);
    if (run.outcome === undefined) run.follow();
  }

  /** Ends it as it stands; it can be resumed. */
  stop(reason = "stopped on request"): void {
    if (this.run.outcome !== undefined) return;
    this.#recorder.hear(
      (at) => ({ kind: "stop", at, reason }),
      () => this.run.stop(reason),
    );
  }

  /** The present state of the run, bit for bit; undefined where it cannot be had. */
  #snapshot(): Uint8Array | undefined {
    if (!canSaveRun(this.run.parts)) return undefined;
    const to = this.#room.clear().uint8(SNAPSHOT_FORMAT);
    this.#recorder.save(to);
    writeKnownCalendar(to, this.#known!.calendar);
    saveRun(to, this.run.parts);
    return to.bytes;
  }

  #load(bytes: Uint8Array): void {
    assert(this.run.state === "INITIALIZING", "a snapshot is loaded into a new run");
    const from = new ByteReader(bytes);
    const format = from.uint8();
    if (format !== SNAPSHOT_FORMAT || !canSaveRun(this.run.parts)) {
      throw new BarlineError("damaged-bytes", "this snapshot is not one of this run");
    }
    this.#recorder.load(from);
    this.#learn(readKnownCalendar(from));
    loadRun(from, this.run.parts);
    from.end();
    this.#snapshotSeq = this.#recorder.seq;
  }

  #learn(known: KnownCalendar): void {
    this.#seen.turnTo(calendarOfKnown(known, this.#calendar.zone));
  }

  /** What was learned of the calendar since it was last written down. */
  #news(at: UnixMs): RunInput | undefined {
    const calendar = this.#calendar;
    const { version } = calendar;
    if (this.#known?.version === version && !isOutdated(this.#known.calendar, calendar, at)) {
      return undefined;
    }
    const known = knownCalendar(calendar, at);
    this.#known = { calendar: known, version };
    return { kind: "calendar", at, known };
  }

  #gridOf(series: Series): BarGrid {
    const { size, alignment } = this.#options.grid(series);
    return new BarGrid(this.#seen, size, alignment);
  }

  #commit(records: readonly JournalRecord[]): void {
    const { journal } = this.#journaled;
    const { seq } = this.#recorder;
    // One that has ended is taken up again from where it still went on.
    const isGoing = this.run.outcome === undefined;
    const isDue = isGoing && seq - this.#snapshotSeq >= this.#snapshotBars;
    const snapshot = isDue ? this.#snapshot() : undefined;
    if (snapshot === undefined) {
      journal.commit(records);
      return;
    }
    journal.commit(records, snapshot);
    this.#snapshotSeq = seq;
  }
}
