import type { FeedWord } from "../feed/feed-word.ts";
import type { Bar } from "../market/bar.ts";
import { BarColumns } from "../market/bar-columns.ts";
import type { Series } from "../market/series.ts";
import { BarGrid, type GridAlignment } from "../time/bar-grid.ts";
import { FollowedCalendar } from "../time/followed-calendar.ts";
import type { UnixMs } from "../time/instant.ts";
import type { TradingCalendar } from "../time/trading-calendar.ts";
import type { BorderRecord } from "./border-record.ts";
import type { JournalRecord } from "./journal-record.ts";
import { calendarOfKnown } from "./known-calendar.ts";
import { type SeamDivergence, SeamReplay } from "./seam-replay.ts";

/** What came of playing the seams of a run again. */
export interface SeamVerdict {
  /** How often the seam was opened: once a life. */
  readonly lives: number;
  /** Words of history and live bars that it heard. */
  readonly heard: number;
  /** Words that it said, all as recorded but for the divergence. */
  readonly said: number;
  readonly divergence: SeamDivergence | undefined;
}

/** What the seams of a run stood on. */
export interface SeamGround {
  readonly series: Series;
  readonly alignment: GridAlignment;
  /** Gives name and zone, and the days that can be known at all. */
  readonly calendar: TradingCalendar;
}

/** Bars that are kept to be told again: more than a run says it has had, unless it was told to. */
const KNOWN_BARS = 16_384;

/**
 * Plays again what came into the seam, life after life, and compares what it says with what it
 * said: that the bars which a run had were the right ones to make of what was heard.
 */
export function verifySeam(records: Iterable<JournalRecord>, ground: SeamGround): SeamVerdict {
  return new Verification(records[Symbol.iterator](), ground).run();
}

class Verification {
  readonly #records: Iterator<JournalRecord>;
  readonly #series: Series;
  readonly #calendar: FollowedCalendar;
  readonly #grid: BarGrid;
  readonly #known = new Map<UnixMs, Bar>();
  #peeked: JournalRecord | undefined;
  #seam: SeamReplay | undefined;
  #lives = 0;
  #heard = 0;
  #said = 0;
  #divergence: SeamDivergence | undefined;

  constructor(records: Iterator<JournalRecord>, { series, alignment, calendar }: SeamGround) {
    this.#records = records;
    this.#series = series;
    this.#calendar = new FollowedCalendar(calendar);
    this.#grid = new BarGrid(this.#calendar, series.size, alignment);
  }

  run(): SeamVerdict {
    for (let record = this.#take(); record !== undefined; record = this.#take()) {
      if (this.#divergence !== undefined) break;
      if (record.kind === "opened") this.#open(record);
      else if (record.kind === "heard" || record.kind === "due") this.#play(record);
      else this.#pass(record);
    }
    this.#seam?.close();
    const divergence = this.#divergence;
    return { lives: this.#lives, heard: this.#heard, said: this.#said, divergence };
  }

  #open(record: Extract<BorderRecord, { kind: "opened" }>): void {
    this.#seam?.close();
    this.#lives += 1;
    const seam = new SeamReplay(this.#series, this.#grid, (sources, depth) =>
      this.#answer(sources, depth),
    );
    this.#seam = seam;
    const had = [...this.#known.values()].sort((a, b) => a.openTime - b.openTime);
    const known = had.slice(Math.max(0, had.length - record.known));
    seam.open(record, BarColumns.of(known));
  }

  #play(record: Exclude<BorderRecord, { kind: "opened" }>): void {
    if (record.kind === "heard") this.#heard += 1;
    this.#requireAllHeard();
    if (this.#divergence === undefined) this.#seam?.play(record);
  }

  /** What a source answered while it was being opened; undefined when that is over. */
  #answer(sources: number, depth: number): BorderRecord | undefined {
    for (;;) {
      const record = this.#peek();
      if (record === undefined || this.#divergence !== undefined) return undefined;
      if (record.kind === "heard") {
        if (record.depth < depth || record.sources > sources) return undefined;
        this.#requireAllHeard();
        if (this.#divergence !== undefined) return undefined;
        this.#heard += 1;
        return this.#take() as BorderRecord;
      }
      if (record.kind === "opened" || record.kind === "due") return undefined;
      // What it says once it is open comes later than anything that it was answered.
      if (record.kind === "word" && this.#seam?.hasSaid !== true) return undefined;
      this.#take();
      this.#pass(record);
    }
  }

  /** Whatever it said was written down before anything else came in; only a death cuts it short. */
  #requireAllHeard(): void {
    this.#divergence ??= this.#seam?.unheard;
  }

  /** Something that did not come in from outside the seam. */
  #pass(record: JournalRecord): void {
    if (record.kind === "calendar") {
      this.#calendar.turnTo(calendarOfKnown(record.known, this.#calendar.zone));
    } else if (record.kind === "word" && this.#seam !== undefined) {
      this.#said += 1;
      this.#divergence ??= this.#seam.compare(record.word);
      this.#remember(record.word);
    } else if (record.kind === "state" && record.change.to === "STOPPED") {
      this.#seam?.close();
    }
  }

  #remember(word: FeedWord): void {
    if (word.kind === "bars") for (const bar of word.batch.bars) this.#known.set(bar.openTime, bar);
    else if (word.kind === "event" && word.event.type === "revision") {
      this.#known.set(word.event.after.openTime, word.event.after);
    }
    // Kept in the order in which they came, which is nearly that of time.
    while (this.#known.size > KNOWN_BARS) this.#known.delete(this.#known.keys().next().value!);
  }

  #peek(): JournalRecord | undefined {
    if (this.#peeked === undefined) {
      const next = this.#records.next();
      this.#peeked = next.done === true ? undefined : next.value;
    }
    return this.#peeked;
  }

  #take(): JournalRecord | undefined {
    const record = this.#peek();
    this.#peeked = undefined;
    return record;
  }
}
