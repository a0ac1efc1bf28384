import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadName, loadNumbers } from "../codec/saved-state.ts";
import { fail } from "../time/failure.ts";

/** The only line of an indicator that computes one number. */
export const SINGLE_LINE: readonly string[] = Object.freeze(["value"]);

/** What every indicator of this folder tells about itself; see the contract for each. */
export interface IndicatorFacts {
  readonly name: string;
  readonly readyAfter: number;
  readonly warmUp: number;
  readonly lines: readonly string[];
}

/**
 * The part of an indicator that never runs hot: its facts, and reading its lines. The present
 * values stand at the beginning of `state`, one slot a line, NaN until ready; what a subclass
 * remembers from one input to the next follows them. It is a `Float64Array` because storing a
 * double there never allocates.
 */
export abstract class StreamState {
  readonly name: string;
  readonly readyAfter: number;
  readonly warmUp: number;
  readonly lines: readonly string[];
  protected readonly state: Float64Array;

  /** @param state the lines, then what else is remembered. */
  protected constructor(facts: IndicatorFacts, state: Float64Array) {
    this.name = facts.name;
    this.readyAfter = facts.readyAfter;
    this.warmUp = facts.warmUp;
    this.lines = facts.lines;
    this.state = state;
    this.state.fill(Number.NaN, 0, facts.lines.length);
  }

  /** Every line is a number from the same input on, so the first one tells. */
  get isReady(): boolean {
    return !Number.isNaN(this.state[0]);
  }

  get value(): number {
    return this.state[0]!;
  }

  line(index: number): number {
    if (index >= 0 && index < this.lines.length && Number.isInteger(index)) {
      return this.state[index]!;
    }
    return fail("no-such-line", `${this.name} has no line ${index}`, {
      cure: `it has ${this.lines.map((line, place) => `${place} (${line})`).join(", ")}`,
    });
  }

  /** See the contract. */
  save(to: ByteWriter): void {
    to.text(this.name);
    this.saveState(to);
  }

  /** See the contract. */
  load(from: ByteReader): void {
    loadName(from, this.name);
    this.loadState(from);
  }

  /** Writes all that is remembered; a subclass that remembers more than `state` adds it. */
  protected saveState(to: ByteWriter): void {
    to.float64s(this.state);
  }

  /** Reads what `saveState` wrote. */
  protected loadState(from: ByteReader): void {
    loadNumbers(from, this.state, this.name);
  }

  /** Returns the lines to NaN and everything remembered to 0. */
  protected clearState(): void {
    this.state.fill(0);
    this.state.fill(Number.NaN, 0, this.lines.length);
  }
}
