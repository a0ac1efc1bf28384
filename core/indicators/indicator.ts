import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import type { Bar } from "../market/bar.ts";

/**
 * A value computed from a stream, one input at a time. Implementations allocate nothing per update.
 *
 * Laws, which test/contracts checks for every one of them:
 * - `value` is NaN until `isReady`, which turns true after `readyAfter` inputs and stays;
 * - `replace(x)` after `update(y)` leaves exactly the state that `update(x)` would have left;
 * - the values depend on the inputs alone; `reset` returns to the state of a new one;
 * - `load`, into a new one with the same parameters, of what `save` wrote leaves exactly the state
 *   that was saved: from there on both have the same values, bit for bit, whatever comes.
 */
interface StreamIndicator<Input> {
  /** Standard name with parameters, such as `SMA(40)`. */
  readonly name: string;
  /** Inputs before `value` is a number, 1 or more. */
  readonly readyAfter: number;
  /**
   * Inputs after which the value no longer depends on where the stream began: exactly for a window,
   * to the stated tolerance for a recursive indicator. `readyAfter` or more. READY waits for this.
   */
  readonly warmUp: number;
  readonly isReady: boolean;
  /** The present value (that of the first line); NaN until ready. */
  readonly value: number;
  /** Names of what it computes: `["value"]`, or several, such as `["middle", "upper", "lower"]`. */
  readonly lines: readonly string[];
  /** The present value of a line, by its place in `lines`; NaN until ready. */
  line(index: number): number;
  /** Takes the next input and returns the new `value`. */
  update(input: Input): number;
  /** Puts another input in the place of the last one; throws before the first update. */
  replace(input: Input): number;
  reset(): void;
  /**
   * Writes the state. An indicator has both this and `load`, or neither: it then works, but a run
   * with it cannot be taken up again where it was, and an old bar that is corrected makes it be
   * computed anew from the bars that are kept.
   */
  save?(to: ByteWriter): void;
  /**
   * Takes the state that `save` wrote, whatever it had before. Throws `damaged-bytes` where what it
   * reads cannot be that; what was loaded by then is good for nothing but `reset`.
   */
  load?(from: ByteReader): void;
}

/** An indicator of one price a bar, the close unless the strategy says otherwise. */
export interface PriceIndicator extends StreamIndicator<number> {
  readonly input: "price";
}

/** An indicator of whole bars. */
export interface BarIndicator extends StreamIndicator<Bar> {
  readonly input: "bar";
}

/** Any indicator: of one price a bar, or of whole bars. */
export type Indicator = PriceIndicator | BarIndicator;
