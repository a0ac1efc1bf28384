import type { Series } from "../../../core/market/series.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import type { PageAnswer } from "./page-answer.ts";

/** What all streams of a source have learned of the gateway. */
export class HistoryMemory {
  /** Bar sizes whose durations must come from the older table. */
  readonly strictSizes = new Set<string>();
  /** By series, the stretches in which bars were shown: each begins and ends with one. */
  readonly #shown = new Map<string, RangeSet>();
  /** By series, when its history begins. */
  readonly #beginnings = new Map<string, UnixMs>();

  show({ key }: Series, { first, last }: PageAnswer): void {
    if (first === undefined || last === undefined) return;
    const stretches = this.#shown.get(key) ?? new RangeSet();
    stretches.add({ from: first, to: last + 1 });
    this.#shown.set(key, stretches);
  }

  noteBeginning({ key }: Series, at: UnixMs): void {
    this.#beginnings.set(key, at);
  }

  /** When history begins; undefined while nobody has said. */
  beginningOf({ key }: Series): UnixMs | undefined {
    return this.#beginnings.get(key);
  }

  /** Whether bars were shown in a range, or on both sides of it. */
  hasShown({ key }: Series, range: TimeRange): boolean {
    const stretches = this.#shown.get(key)?.ranges ?? [];
    return stretches.some(({ from, to }) => from < range.to && to > range.from);
  }
}
