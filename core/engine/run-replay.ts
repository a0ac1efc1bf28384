import { ByteWriter } from "../codec/byte-writer.ts";
import { areEqual } from "../codec/equal-bytes.ts";
import { sayTo } from "../feed/feed-word.ts";
import {
  isDecision,
  isInput,
  type JournalMark,
  type JournalRecord,
  type RunDecision,
  type RunInput,
} from "../journal/journal-record.ts";
import type { KnownCalendar } from "../journal/known-calendar.ts";
import { writeRecord } from "../journal/record-codec.ts";
import type { Series } from "../market/series.ts";
import type { UnixMs } from "../time/instant.ts";
import type { BrokerListener } from "../trading/broker.ts";
import type { Recorder } from "./recorder.ts";
import type { Run } from "./run.ts";

/** Where a run that is played again does something else than it did. */
export interface Divergence {
  readonly at: UnixMs;
  /** How many bars of all series it had handled. */
  readonly seq: number;
  /** What it decided then; absent where it decided nothing more. */
  readonly recorded: RunDecision | undefined;
  /** What it decides now. Both absent: a bar or the value of an indicator differs. */
  readonly replayed: RunDecision | undefined;
}

/** What a replay is made of. */
export interface RunReplayParts {
  readonly run: Run;
  readonly recorder: Recorder;
  readonly series: Series;
  /** Tells the run what an external broker told it. */
  readonly broker: BrokerListener;
  /** Is told what was known of the calendar. */
  readonly learn: (known: KnownCalendar) => void;
}

/** Plays what a run heard once more, and compares what it decides with what it decided. */
export class RunReplay {
  readonly #parts: RunReplayParts;

  constructor(parts: RunReplayParts) {
    this.#parts = parts;
  }

  /**
   * Plays what was committed at one stroke; gives the first thing that is not as it was.
   *
   * @param isToEnd whether the run also ends where it once ended; else it can go on.
   */
  commit(records: readonly JournalRecord[], isToEnd = false): Divergence | undefined {
    const { recorder } = this.#parts;
    const now: RunDecision[] = [];
    let at: UnixMs = 0;
    for (const record of records) {
      if (!isInput(record)) continue;
      at = record.at;
      // One that goes on has not ended, but has heard all that came before its end.
      const isPassed = isEnd(record) && !isToEnd;
      const play = (): void => (isPassed ? this.#parts.run.settle() : this.#play(record));
      now.push(...recorder.rehearse(record, play));
    }
    const mark = records.at(-1) as JournalMark;
    const decided = records.filter(isDecision);
    // One that goes on was not stopped, whatever became of it then; but it does not stop now.
    const isSaid = decided.some(isStop) ? (each: RunDecision) => !isStop(each) : () => true;
    const difference = this.#firstDifference(decided.filter(isSaid), now.filter(isSaid));
    if (difference === undefined && mark.digest === recorder.digest.text) return undefined;
    return { at, seq: recorder.seq, recorded: undefined, replayed: undefined, ...difference };
  }

  #play(input: RunInput): void {
    const { run, broker, learn } = this.#parts;
    if (input.kind === "begin") run.begin();
    else if (input.kind === "word") sayTo(run, input.word);
    else if (input.kind === "calendar") learn(input.known);
    else if (input.kind === "filled") broker.filled(input.fill);
    else if (input.kind === "stop") run.stop(input.reason);
    else {
      const order = run.parts.desk.openOrders.find(({ id }) => id === input.orderId);
      if (order !== undefined) broker.rejected(order, input.reason, input.at);
    }
  }

  #firstDifference(
    recorded: readonly RunDecision[],
    replayed: readonly RunDecision[],
  ): Pick<Divergence, "recorded" | "replayed"> | undefined {
    const { series } = this.#parts;
    for (let place = 0; place < Math.max(recorded.length, replayed.length); place += 1) {
      const a = recorded[place];
      const b = replayed[place];
      if (a === undefined || b === undefined || !isSame(a, b, series)) {
        return { recorded: a, replayed: b };
      }
    }
    return undefined;
  }
}

function isEnd(input: RunInput): boolean {
  return input.kind === "stop" || (input.kind === "word" && input.word.kind === "end");
}

function isStop(decision: RunDecision): boolean {
  return decision.kind === "state" && decision.change.to === "STOPPED";
}

function isSame(a: RunDecision, b: RunDecision, series: Series): boolean {
  return areEqual(bytesOf(a, series), bytesOf(b, series));
}

function bytesOf(decision: RunDecision, series: Series): Uint8Array {
  const writer = new ByteWriter();
  writeRecord(writer, decision, series);
  return writer.view;
}
