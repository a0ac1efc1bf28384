import { countText } from "../../kept/count-text.ts";
import { elapsedMs } from "../../system/wall-clock.ts";
import type { Talk } from "./talk.ts";

/** How often the line is drawn anew, in milliseconds. */
const REDRAW_MS = 200;

/** Shows on a terminal how many bars were read, and how fast. */
export class ReadingSpeed {
  readonly #talk: Talk;
  readonly #what: string;
  readonly #begunMs = elapsedMs();
  #drawnMs = elapsedMs();
  #bars = 0;

  /** @param what stands before the numbers: `reading bars.csv`. */
  constructor(talk: Talk, what: string) {
    this.#talk = talk;
    this.#what = what;
  }

  /** So many more bars. */
  add(bars: number): void {
    this.#bars += bars;
    const now = elapsedMs();
    if (now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    const speed = Math.round((this.#bars / (now - this.#begunMs)) * 1_000);
    const numbers = `${countText(this.#bars)} bars, ${countText(speed)} bars/s`;
    this.#talk.replaceLine(`  ${this.#what}: ${numbers}`);
  }
}
