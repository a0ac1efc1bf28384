import type cliProgress from "cli-progress";
import type { FeedEvent } from "../../../core/feed/feed-event.ts";
import type { RunDescription, RunObserver } from "../../../core/journal/run-observer.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { Fill, OrderEvent } from "../../../core/trading/order.ts";
import type { StateChange } from "../../../core/trading/readiness.ts";
import { countedText, countText } from "../../kept/count-text.ts";
import { durationText } from "../../system/duration.ts";
import { elapsedMs } from "../../system/wall-clock.ts";
import { progressBar } from "../terminal/progress-bar.ts";
import { oneLine } from "../terminal/report.ts";
import type { Talk } from "../terminal/talk.ts";

/** How often a line of progress is drawn anew, in milliseconds. */
const REDRAW_MS = 200;
/** Bars between two looks at the clock: looking costs more than a bar. */
const BARS_A_LOOK = 1 << 12;
/** Faulty rows that are told one by one; of the others only the number. */
const REJECTIONS_TOLD = 5;

/** Tells a person at a terminal how a run goes: states, the backfill, gaps, signals, speed. */
export class ConsoleObserver implements RunObserver {
  readonly #talk: Talk;
  readonly #tellsSignals: boolean;
  readonly #pages: (() => number) | undefined;
  readonly #begunMs = elapsedMs();
  #progress: cliProgress.SingleBar | undefined;
  #bars = 0;
  #rejections = 0;
  #lastBackfill = "";
  /** When the run began, on the clock of `elapsedMs`. */
  #runBegunMs = 0;
  #redrawnMs = 0;

  /**
   * @param tellsSignals says every signal; for a long backtest that would be a flood.
   * @param pages how many pages of history came so far; absent where there are none to wait for.
   */
  constructor(talk: Talk, tellsSignals: boolean, pages?: () => number) {
    this.#talk = talk;
    this.#tellsSignals = tellsSignals;
    this.#pages = pages;
  }

  /** Whether a progress bar stands on the last line. */
  get isDrawing(): boolean {
    return this.#progress !== undefined;
  }

  run(_description: RunDescription): void {
    this.#runBegunMs = elapsedMs();
  }

  bar(): void {
    this.#bars += 1;
    if (this.#bars % BARS_A_LOOK !== 0) return;
    const now = elapsedMs();
    if (now - this.#redrawnMs < REDRAW_MS) return;
    this.#redrawnMs = now;
    this.#talk.replaceLine(this.#speedText(now));
  }

  indicator(): void {}

  state(change: StateChange): void {
    this.#endProgress();
    if (change.to !== "STOPPED") this.#say(change.at, `${change.to}: ${change.reason}`);
    else this.#ended();
  }

  signal(at: UnixMs, _seq: number, name: string): void {
    if (this.#tellsSignals) this.#say(at, `signal ${name}`);
  }

  order(event: OrderEvent): void {
    if (event.status !== "rejected" || !this.#tellsSignals) return;
    const { side, quantity } = event.order;
    this.#say(event.at, `order to ${side} ${quantity} refused: ${event.reason}`);
  }

  fill(_fill: Fill): void {}

  feed(event: FeedEvent): void {
    if (event.type === "progress") this.#backfill(event.bars, event.expected);
    else if (event.type === "gap" && event.outcome !== "suspected") {
      const { from, to } = event.range;
      const range = `${formatInstant(from)} to ${formatInstant(to)}`;
      const why = event.outcome === "lost" ? `: ${oneLine(event.reason)}` : "";
      if (event.outcome !== "empty") this.#note(`gap ${event.outcome}, ${range}${why}`);
    } else if (event.type === "revision") {
      this.#note(`revised: the bar of ${formatInstant(event.after.openTime)}`);
    } else if (event.type === "rejection") {
      this.#rejections += 1;
      if (this.#rejections <= REJECTIONS_TOLD) {
        this.#note(`bar left out: ${oneLine(event.reason)}`);
      }
    }
  }

  /** Something about the feed: it happened now, whatever time it is about. */
  #note(text: string): void {
    this.#talk.clearLine();
    this.#talk.say(`  ${text}`);
  }

  #speedText(now: number): string {
    const rate = Math.round((this.#bars / Math.max(1, now - this.#begunMs)) * 1_000);
    return `  ${countText(this.#bars)} bars, ${countText(rate)} bars/s`;
  }

  #ended(): void {
    if (this.#rejections > REJECTIONS_TOLD) {
      this.#talk.say(`  bars left out: ${countText(this.#rejections)} in all`);
    }
    // Only to a person: elsewhere the same run says the same.
    const isLong = this.#redrawnMs > 0;
    if (isLong && this.#talk.isTerminal) this.#talk.say(this.#speedText(elapsedMs()));
  }

  #backfill(bars: number, expected: number): void {
    const text = `${bars}/${expected}`;
    if (text === this.#lastBackfill || expected === 0 || this.#talk.isQuiet) return;
    this.#lastBackfill = text;
    const note = this.#backfillNote(bars, expected);
    if (!this.#talk.isTerminal) {
      if (bars >= expected) this.#talk.say(`  backfill ${bars} of ${expected} bars${note}`);
      return;
    }
    this.#progress ??= this.#beginProgress(expected);
    this.#progress.setTotal(expected);
    this.#progress.update(Math.min(bars, expected), { note });
    if (bars >= expected) this.#endProgress();
  }

  /** Pages, speed and the time that is left, where history has to be waited for. */
  #backfillNote(bars: number, expected: number): string {
    const pages = this.#pages?.();
    if (pages === undefined) return "";
    const ms = Math.max(1, elapsedMs() - this.#runBegunMs);
    const pageText = `, ${countedText(pages, "page")}`;
    if (bars >= expected) return `${pageText} in ${durationText(ms)}`;
    const leftMs = ((expected - bars) / bars) * ms;
    const rate = countText(Math.round((bars / ms) * 1_000));
    return bars === 0 ? pageText : `${pageText}, ${rate} bars/s, ${durationText(leftMs)} to go`;
  }

  #beginProgress(expected: number): cliProgress.SingleBar {
    return progressBar("  backfill {bar} {value} of {total} bars{note}", expected, 40);
  }

  #endProgress(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }

  #say(at: UnixMs, text: string): void {
    this.#talk.say(`${formatInstant(at)}  ${oneLine(text)}`);
  }
}
