import type { RunObserver } from "../../../core/journal/run-observer.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { DEAF_OBSERVER } from "../../kept/observers.ts";

/** Gathers what a run decides, by the bar that it decides on. */
export class DecisionLog {
  readonly #byClose = new Map<UnixMs, string[]>();
  #closeTime: UnixMs = 0;

  readonly observer: RunObserver = {
    ...DEAF_OBSERVER,
    bar: (_seq, _series, bar) => {
      this.#closeTime = bar.closeTime;
    },
    signal: (_at, _seq, name) => this.#note(`signal ${name}`),
    order: ({ order, status }) => {
      if (status === "submitted") this.#note(`${order.side} ${order.quantity}`);
    },
  };

  /** What was decided on the bar that closed at an instant; nothing on most. */
  at(closeTime: UnixMs): readonly string[] {
    return this.#byClose.get(closeTime) ?? [];
  }

  /** The closes of all bars on which something was decided, ascending. */
  get closes(): readonly UnixMs[] {
    return [...this.#byClose.keys()].sort((a, b) => a - b);
  }

  #note(word: string): void {
    const words = this.#byClose.get(this.#closeTime);
    if (words === undefined) this.#byClose.set(this.#closeTime, [word]);
    else words.push(word);
  }
}

/** A bar on which two runs did not decide alike. */
export interface DecisionDifference {
  readonly closeTime: UnixMs;
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** All bars on which two runs did not decide alike, ascending. */
export function differencesOf(a: DecisionLog, b: DecisionLog): DecisionDifference[] {
  const closes = [...new Set([...a.closes, ...b.closes])].sort((x, y) => x - y);
  return closes
    .map((closeTime) => ({ closeTime, first: a.at(closeTime), second: b.at(closeTime) }))
    .filter(({ first, second }) => first.join() !== second.join());
}
