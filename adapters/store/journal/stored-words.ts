import type { JournalRecord, RunInput } from "../../../core/journal/journal-record.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import type { BarUpdate } from "../bars/bar-update.ts";
import type { LostRange } from "../bars/coverage.ts";

/** Whom a bar came from, by how it came to a run. */
const SOURCES = { backfill: "history", repair: "history", live: "live", replay: "replay" } as const;

/**
 * What the words of a run's source say about bars, as updates of a bar store: one is enough for
 * both, and they can never say different things.
 */
export class StoredWords {
  /** What was declared lost, as long as coverage that passes over it can still come. */
  #lost: TimeRange[] = [];

  /** The updates that some records lead to, in their order. */
  updates(records: readonly JournalRecord[]): BarUpdate[] {
    return records.flatMap((record) => (record.kind === "word" ? this.#ofWord(record) : []));
  }

  #ofWord({ at, word }: Extract<RunInput, { kind: "word" }>): BarUpdate[] {
    const receivedAt = at;
    if (word.kind === "bars") {
      const { bars, origin } = word.batch;
      return [{ bars, source: SOURCES[origin], receivedAt, covered: ownSlots(bars) }];
    }
    if (word.kind === "coverage") {
      const covered = this.#notLost(word.range);
      return [{ source: "history", receivedAt, covered }];
    }
    if (word.kind !== "event") return [];
    const { event } = word;
    if (event.type === "revision") {
      const { after, version } = event;
      const bars = BarColumns.of([after]);
      return [{ bars, source: "history", receivedAt, version, covered: ownSlots(bars) }];
    }
    if (event.type !== "gap" || event.outcome !== "lost") return [];
    this.#lost.push(event.range);
    const lost: LostRange[] = [{ range: event.range, reason: event.reason }];
    return [{ source: "history", receivedAt, lost }];
  }

  /** Coverage passes over what was declared lost before it. */
  #notLost(range: TimeRange): TimeRange[] {
    const lost = new RangeSet();
    for (const each of this.#lost) lost.add(each);
    this.#lost = this.#lost.filter(({ to }) => to > range.to);
    return lost.missing(range);
  }
}

/** The slots of bars, neighbors as one range: of each its source has said everything. */
function ownSlots(bars: BarColumns): readonly TimeRange[] {
  const slots = new RangeSet();
  let from = 0;
  for (let index = 1; index <= bars.length; index += 1) {
    if (index < bars.length && bars.openTime[index] === bars.closeTime[index - 1]) continue;
    slots.add({ from: bars.openTime[from]!, to: bars.closeTime[index - 1]! });
    from = index;
  }
  return slots.ranges;
}
