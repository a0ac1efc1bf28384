import { ByteWriter } from "../codec/byte-writer.ts";
import { areEqual } from "../codec/equal-bytes.ts";
import type { BarQuery, BarSink, BarSource, Subscription } from "../feed/bar-source.ts";
import { type FeedWord, sayTo, sinkOfWords } from "../feed/feed-word.ts";
import { type SpliceOptions, splice } from "../feed/seam/splice.ts";
import { writeWord } from "../feed/words/word-codec.ts";
import type { BarColumns } from "../market/bar-columns.ts";
import type { Series } from "../market/series.ts";
import type { BarGrid } from "../time/bar-grid.ts";
import type { Timer, TimerClock } from "../time/clock.ts";
import { assert } from "../time/failure.ts";
import type { UnixMs } from "../time/instant.ts";
import type { BorderRecord } from "./border-record.ts";

type Opened = Extract<BorderRecord, { kind: "opened" }>;
type Crossing = Exclude<BorderRecord, Opened>;

/** The settings of a seam as `Border` keeps them. */
interface KeptSettings
  extends Omit<SpliceOptions, "history" | "origin" | "live" | "clock" | "grid"> {
  readonly hasHistory: boolean;
  readonly hasOrigin: boolean;
  readonly impliesFinals: boolean | undefined;
}

/** Where a seam that is played again says something else than it said. */
export interface SeamDivergence {
  readonly at: UnixMs;
  readonly recorded: FeedWord | undefined;
  readonly replayed: FeedWord | undefined;
}

/**
 * Plays again what one seam heard while one process lived, and compares what it says with what it
 * said. The next record is looked at while a source is being opened: what it answered at once, it
 * answers at once again.
 */
export class SeamReplay {
  readonly #series: Series;
  readonly #grid: BarGrid;
  readonly #next: (sources: number, depth: number) => BorderRecord | undefined;
  readonly #sinks = new Map<number, BarSink>();
  readonly #actions = new Map<number, () => void>();
  /** What it has said, and is yet to be compared. */
  #said: FeedWord[] = [];
  #present: UnixMs = 0;
  #opening = 0;
  #streams = 0;
  #timers = 0;
  #subscription: Subscription | undefined;
  #isOpening = true;
  #isClosed = false;

  /**
   * @param next takes off the next word that a source said when so many were opened, and so many of
   *   them being opened; undefined when their opening is over.
   */
  constructor(
    series: Series,
    grid: BarGrid,
    next: (sources: number, depth: number) => BorderRecord | undefined,
  ) {
    this.#series = series;
    this.#grid = grid;
    this.#next = next;
  }

  /** Whether it has said something that was not compared yet. */
  get hasSaid(): boolean {
    return this.#said.length > 0;
  }

  /** The first thing that it has said, though nobody heard it then. */
  get unheard(): SeamDivergence | undefined {
    const replayed = this.#said[0];
    return replayed && { at: this.#present, recorded: undefined, replayed };
  }

  /** Opens the seam as it was opened. `known`: what the run had had before. */
  open(opened: Opened, known: BarColumns): void {
    const { hasHistory, hasOrigin, impliesFinals, ...settings } =
      opened.settings as unknown as KeptSettings;
    this.#present = opened.at;
    const source = splice({
      ...withoutUndefined(settings),
      ...(hasHistory ? { history: this.#source() } : {}),
      ...(hasOrigin ? { origin: this.#source() } : {}),
      live: this.#source(impliesFinals),
      grid: () => this.#grid,
      clock: this.#clock,
    });
    const query: BarQuery = {
      series: this.#series,
      warmUpBars: opened.warmUpBars,
      ...(opened.from === undefined ? {} : { from: opened.from }),
      ...(opened.to === undefined ? {} : { to: opened.to }),
      ...(known.length === 0 ? {} : { known }),
    };
    const sink = sinkOfWords((word) => void this.#said.push(word));
    this.#subscription = source.open(query, sink);
    if (this.#isClosed) this.#subscription.close();
  }

  /** Plays something that crossed the border. */
  play(record: Crossing): void {
    this.#isOpening = false;
    this.#present = record.at;
    if (record.kind === "heard") this.#say(record.stream, record.word);
    else {
      const action = this.#actions.get(record.timer);
      this.#actions.delete(record.timer);
      action?.();
    }
  }

  /** Compares the next thing that it said with what it said then. */
  compare(recorded: FeedWord): SeamDivergence | undefined {
    const replayed = this.#said.shift();
    if (replayed !== undefined && this.#isSame(recorded, replayed)) return undefined;
    return { at: this.#present, recorded, replayed };
  }

  /**
   * Whoever listened has ended: nothing that it says is heard any more, but for what it says until
   * it is open, as it can be closed only then.
   */
  close(): void {
    this.#isClosed = true;
    if (!this.#isOpening) this.#said = [];
    this.#subscription?.close();
  }

  readonly #clock: TimerClock = {
    now: () => this.#present,
    schedule: (_at, action) => this.#schedule(action),
  };

  #schedule(action: () => void): Timer {
    this.#timers += 1;
    const timer = this.#timers;
    this.#actions.set(timer, action);
    return { cancel: () => void this.#actions.delete(timer) };
  }

  #source(impliesFinals?: boolean): BarSource {
    return {
      ...(impliesFinals === undefined ? {} : { impliesFinals }),
      open: (_query, sink) => {
        this.#streams += 1;
        const stream = this.#streams;
        this.#sinks.set(stream, sink);
        this.#opening += 1;
        for (;;) {
          const record = this.#next(this.#streams, this.#opening);
          if (record === undefined) break;
          assert(record.kind === "heard", "while a source is opened only sources speak");
          this.#say(record.stream, record.word);
        }
        this.#opening -= 1;
        const close = (): void => void this.#sinks.delete(stream);
        return { close, pause: () => {}, resume: () => {} };
      },
    };
  }

  #say(stream: number, word: FeedWord): void {
    const sink = this.#sinks.get(stream);
    if (sink !== undefined) sayTo(sink, word);
  }

  #isSame(a: FeedWord, b: FeedWord): boolean {
    return areEqual(this.#bytesOf(a), this.#bytesOf(b));
  }

  #bytesOf(word: FeedWord): Uint8Array {
    const writer = new ByteWriter();
    writeWord(writer, word, this.#series);
    return writer.view;
  }
}

function withoutUndefined<T extends object>(settings: T): T {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as T;
}
