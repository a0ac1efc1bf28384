import type { IbQuestion } from "./ib-link.ts";

/** Questions that are remembered at most; the oldest are forgotten first. */
const MOST = 256;

/** Remembers which questions drew a refusal that may be met with a second try, but not a third. */
export class OnceOnly {
  readonly #refused = new Set<string>();

  /** Whether this question was refused before, and its second try is now over as well. */
  isSecond(question: IbQuestion): boolean {
    const key = JSON.stringify(question);
    if (this.#refused.delete(key)) return true;
    this.#refused.add(key);
    if (this.#refused.size > MOST) this.#refused.delete([...this.#refused][0]!);
    return false;
  }

  /** The question got an answer after all. */
  forgive(question: IbQuestion): void {
    if (this.#refused.size > 0) this.#refused.delete(JSON.stringify(question));
  }
}
