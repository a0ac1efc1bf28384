import { formatInstant } from "../../core/time/instant.ts";
import type { Seen } from "./seen.ts";

/** One line for one thing that was seen; the same thing gives the same line. */
export function seenText(seen: Seen): string {
  const { at, life, kind, ...rest } = seen;
  return `${formatInstant(at)} ${life} ${kind} ${JSON.stringify(rest)}`;
}

/** What a run does, without when and in which life it was seen. */
export function deedText(seen: Seen): string {
  const all: Readonly<Record<string, unknown>> = seen;
  const { at: _at, life: _life, now: _now, run: _run, ...deed } = all;
  return JSON.stringify(deed);
}

/** A digest of texts: 64 bits, enough to tell two traces apart. */
export class TextDigest {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;

  add(text: string): void {
    let low = this.#low;
    let high = this.#high;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 15);
    }
    this.#low = Math.imul(low ^ 10, 0x01000193);
    this.#high = Math.imul(high ^ 10, 0x85ebca6b);
  }

  get text(): string {
    const part = (half: number): string => (half >>> 0).toString(16).padStart(8, "0");
    return part(this.#high) + part(this.#low);
  }
}

/** A problem with its instants in words. */
export function problemText(problem: string): string {
  return problem.replace(/\b1\d{12}\b/g, (digits) => formatInstant(Number(digits)));
}
