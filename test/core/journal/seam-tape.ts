import type { BarQuery, BarSource, Subscription } from "../../../core/feed/bar-source.ts";
import { type FeedWord, sinkOfWords } from "../../../core/feed/feed-word.ts";
import type { SpliceOptions } from "../../../core/feed/seam/splice.ts";
import { Border } from "../../../core/journal/border.ts";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import { type SeamVerdict, verifySeam } from "../../../core/journal/verify-seam.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { DAY_MS } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { plain } from "../../support/market.ts";
import {
  bar,
  bars,
  close,
  GRID,
  instantHistory,
  open,
  SERIES,
  TellingSource,
} from "../feed/seam/seam-fixture.ts";

const STOPPED: JournalRecord = {
  kind: "state",
  change: { at: 0, from: "READY", to: "STOPPED", reason: "", bars: 0, required: 0 },
};

/** What a border wrote down, and what came out of the seam behind it. */
export class SeamTape {
  readonly records: JournalRecord[] = [];
  readonly time: VirtualTime;
  readonly border: Border;

  constructor(start: number) {
    this.time = new VirtualTime(start);
    this.border = new Border(this.time, (record) => this.records.push(record));
  }

  /**
   * Opens a seam; what it says is written down between what it hears, as a recorder does.
   *
   * @param stopAfter whoever listens ends on so many words, as a run that throws; default never.
   */
  open(
    parts: Omit<SpliceOptions, "grid" | "clock">,
    query: Partial<BarQuery> = {},
    stopAfter = Number.POSITIVE_INFINITY,
  ): Subscription {
    const source = this.border.splice({ ...parts, grid: () => GRID, clock: this.time });
    let heard = 0;
    let subscription: Subscription | undefined;
    subscription = source.open(
      { series: SERIES, ...query },
      sinkOfWords((word) => {
        this.records.push({ kind: "word", at: this.border.clock.now(), word });
        heard += 1;
        if (heard !== stopAfter) return;
        this.records.push(STOPPED);
        subscription?.close();
      }),
    );
    if (heard >= stopAfter) subscription.close();
    return subscription;
  }
}

export function verdict(records: readonly JournalRecord[]): SeamVerdict {
  const { calendar, alignment } = GRID;
  return verifySeam(records, { series: SERIES, calendar, alignment });
}

/** History that answers so much later. */
function later(history: BarSource, time: VirtualTime, delayMs: number): BarSource {
  return {
    open: (query, sink) => {
      let isClosed = false;
      time.schedule(time.now() + delayMs, () => {
        if (!isClosed) history.open(query, sink);
      });
      const close = (): void => {
        isClosed = true;
      };
      return { close, pause: () => {}, resume: () => {} };
    },
  };
}

/**
 * A life that begins at slot 4, on a tape: a backfill, a repair, an interruption, a bar that came
 * before its close, revisions, second looks, and an end.
 */
export function wholeTape({
  delayMs = 0,
  stopAfter,
}: {
  readonly delayMs?: number;
  readonly stopAfter?: number;
} = {}): SeamTape {
  const tape = new SeamTape(open(4) + 60_000);
  const { time } = tape;
  const all = instantHistory(bars(0, 16));
  const history = delayMs === 0 ? all : later(all, time, delayMs);
  const live = new TellingSource(SERIES, {
    onOpen: (source) => source.status("live", "at once, while it is opened"),
  });
  const parts = { history, live, secondLook: { afterMs: 20_000 } };
  tape.open(parts, { warmUpBars: 3 }, stopAfter);
  time.advanceTo(close(4));
  live.final(bar(4));
  // Of slot 5 no word comes: it is repaired.
  time.advanceTo(close(6));
  live.final(bar(6));
  live.status("interrupted", "cable");
  time.advanceTo(close(8));
  live.status("live", "back");
  live.final(bar(9, EARLY));
  time.advanceTo(close(9));
  live.final(bar(9));
  live.final(bar(9, { close: 109.5 }), 2);
  time.advanceTo(close(10) + 60_000);
  live.end({ kind: "complete" });
  time.advanceTo(close(10) + DAY_MS);
  return tape;
}

/** Of the bar that came before its close. */
export const EARLY = { volume: 1 } as const;

/** A record that says something else, where that can be. */
export function altered(record: JournalRecord): JournalRecord {
  if (record.kind !== "heard" && record.kind !== "word") return record;
  return { ...record, word: alteredWord(record.word) };
}

function alteredWord(word: FeedWord): FeedWord {
  if (word.kind === "coverage") {
    return { ...word, range: { from: word.range.from, to: word.range.to - 1 } };
  }
  if (word.kind === "event") {
    const { event } = word;
    if ("reason" in event) return { ...word, event: { ...event, reason: `${event.reason}!` } };
    if (event.type === "progress") return { ...word, event: { ...event, bars: event.bars + 1 } };
    if (event.type === "continuity") return { ...word, event: { ...event, hash: "" } };
    return { ...word, event: { ...event, version: event.version + 1 } };
  }
  if (word.kind === "end") return { ...word, outcome: { kind: "empty" } };
  const changed: Bar[] = [...word.batch.bars].map(plain);
  const last = changed.at(-1)!;
  changed[changed.length - 1] = { ...last, volume: last.volume + 1 };
  return { ...word, batch: { ...word.batch, bars: BarColumns.of(changed) } };
}
