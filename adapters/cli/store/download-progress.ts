import type cliProgress from "cli-progress";
import { SECOND_MS } from "../../../core/time/instant.ts";
import { countedText, countText } from "../../kept/count-text.ts";
import type { HistoryFetchFigures } from "../../store/fetch/history-fetch.ts";
import { durationText } from "../../system/duration.ts";
import { elapsedMs } from "../../system/wall-clock.ts";
import { progressBar } from "../terminal/progress-bar.ts";
import type { Talk } from "../terminal/talk.ts";

/** How often a download says how far it is where there is no terminal, in milliseconds. */
const TOLD_EVERY_MS = 30 * SECOND_MS;

/** Shows how far a download is: a bar on a terminal, else a line now and then. */
export class DownloadProgress {
  readonly #talk: Talk;
  readonly #pages: () => number;
  readonly #begunMs = elapsedMs();
  #toldMs = this.#begunMs;
  #progress: cliProgress.SingleBar | undefined;

  /** @param pages how many pages of history came so far. */
  constructor(talk: Talk, pages: () => number) {
    this.#talk = talk;
    this.#pages = pages;
  }

  readonly show = (figures: HistoryFetchFigures): void => {
    const { slots, settled } = figures;
    if (this.#talk.isQuiet || slots === 0) return;
    const note = this.#note(figures);
    if (this.#talk.isTerminal) {
      this.#progress ??= progressBar("  {bar} {value} of {total} slots{note}", slots, 60);
      this.#progress.update(settled, { note });
      return;
    }
    const now = elapsedMs();
    if (now - this.#toldMs < TOLD_EVERY_MS) return;
    this.#toldMs = now;
    this.#talk.say(`  ${countText(settled)} of ${countText(slots)} slots${note}`);
  };

  /** Says something above the bar. */
  say(line: string): void {
    this.end();
    this.#talk.say(line);
  }

  end(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }

  #note({ slots, settled, bars }: HistoryFetchFigures): string {
    const ms = Math.max(1, elapsedMs() - this.#begunMs);
    const rate = countText(Math.round((bars / ms) * SECOND_MS));
    const pages = countedText(this.#pages(), "page");
    if (settled === 0 || settled >= slots) return `, ${pages}, ${rate} bars/s`;
    const leftMs = ((slots - settled) / settled) * ms;
    return `, ${pages}, ${rate} bars/s, ${durationText(leftMs)} to go`;
  }
}
