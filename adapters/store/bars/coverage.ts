import type { ByteReader } from "../../../core/codec/byte-reader.ts";
import type { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";

/** Slots whose bars cannot be had, and why. */
export interface LostRange {
  readonly range: TimeRange;
  readonly reason: string;
}

/** What is known to be complete of a series, and what is lost: never both at once. */
export class Coverage {
  #complete = new RangeSet();
  #lost: readonly LostRange[] = [];

  /** Where every slot has its bar or is known to have none; ascending and not touching. */
  get complete(): readonly TimeRange[] {
    return this.#complete.ranges;
  }

  /** Ascending and disjoint. */
  get lost(): readonly LostRange[] {
    return this.#lost;
  }

  /** All of a range is known, what had been lost of it included. */
  cover(range: TimeRange): void {
    this.#complete.add(range);
    this.find(range);
  }

  /** Nothing of a range can be had. */
  lose(range: TimeRange, reason: string): void {
    this.forget(range);
    if (range.from >= range.to) return;
    const lost = [...this.#lost, { range, reason }].sort((a, b) => a.range.from - b.range.from);
    const joined: LostRange[] = [];
    for (const each of lost) {
      const before = joined.at(-1);
      if (before?.range.to === each.range.from && before.reason === each.reason) {
        const { from } = before.range;
        joined[joined.length - 1] = { range: { from, to: each.range.to }, reason: each.reason };
      } else joined.push(each);
    }
    this.#lost = joined;
  }

  /** Nothing of a range is lost any more. */
  find(range: TimeRange): void {
    if (this.#lost.length === 0) return;
    this.#lost = this.#lost.flatMap((each) =>
      without(each.range, range).map((rest) => ({ range: rest, reason: each.reason })),
    );
  }

  /** Nothing is known of a range any more. */
  forget(range: TimeRange): void {
    this.find(range);
    const rest = new RangeSet();
    for (const each of this.#complete.ranges) {
      for (const part of without(each, range)) rest.add(part);
    }
    this.#complete = rest;
  }

  write(writer: ByteWriter): void {
    writer.uint32(this.complete.length);
    for (const { from, to } of this.complete) writer.float64(from).float64(to);
    writer.uint32(this.#lost.length);
    for (const { range, reason } of this.#lost) {
      writer.float64(range.from).float64(range.to).text(reason);
    }
  }

  /** Reads what `write` wrote; throws `damaged-bytes`. */
  static read(reader: ByteReader): Coverage {
    const coverage = new Coverage();
    const range = (): TimeRange => ({ from: reader.float64(), to: reader.float64() });
    for (let left = reader.uint32(); left > 0; left -= 1) coverage.#complete.add(range());
    const lost: LostRange[] = [];
    for (let left = reader.uint32(); left > 0; left -= 1) {
      lost.push({ range: range(), reason: reader.text() });
    }
    coverage.#lost = lost;
    return coverage;
  }
}

/** The parts of a range that lie outside of another one. */
function without({ from, to }: TimeRange, taken: TimeRange): TimeRange[] {
  if (taken.to <= taken.from) return [{ from, to }];
  const before = { from, to: Math.min(to, taken.from) };
  const behind = { from: Math.max(from, taken.to), to };
  return [before, behind].filter((part) => part.from < part.to);
}
