import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { loadName, loadNumbers } from "../codec/saved-state.ts";
import type { Indicator } from "../indicators/indicator.ts";
import { type BarColumns, BarView } from "../market/bar-columns.ts";
import { fail } from "../time/failure.ts";
import type { IndicatorHandle, PriceField } from "../trading/strategy.ts";

/** One declared indicator: feeds it, and keeps each line's present and previous value. */
export class IndicatorSlot implements IndicatorHandle {
  readonly name: string;
  readonly indicator: Indicator;
  readonly #field: PriceField;
  /** Present values, then previous ones: typed, so that storing them allocates nothing. */
  readonly #values: Float64Array;
  readonly #lines: number;

  constructor(name: string, indicator: Indicator, field: PriceField) {
    this.name = name;
    this.indicator = indicator;
    this.#field = field;
    this.#lines = indicator.lines.length;
    this.#values = new Float64Array(2 * this.#lines).fill(Number.NaN);
  }

  get isReady(): boolean {
    return this.indicator.isReady;
  }

  get value(): number {
    return this.#values[0]!;
  }

  get previous(): number {
    return this.#values[this.#lines]!;
  }

  line(name: string): number {
    return this.#values[this.#indexOf(name)]!;
  }

  previousLine(name: string): number {
    return this.#values[this.#lines + this.#indexOf(name)]!;
  }

  /** The name of a line in the trace. */
  lineName(index: number): string {
    return this.#lines === 1 ? this.name : `${this.name}.${this.indicator.lines[index]}`;
  }

  get lineCount(): number {
    return this.#lines;
  }

  valueAt(index: number): number {
    return this.#values[index]!;
  }

  update(bars: BarColumns, index: number): void {
    const { indicator } = this;
    const values = this.#values;
    const lines = this.#lines;
    values[lines] = values[0]!;
    values[0] =
      indicator.input === "price"
        ? indicator.update(bars[this.#field][index]!)
        : indicator.update(new BarView(bars, index));
    if (lines > 1) {
      for (let line = 1; line < lines; line += 1) {
        values[lines + line] = values[line]!;
        values[line] = indicator.line(line);
      }
    }
  }

  /** Puts another bar in the place of the last one; the previous values stay. */
  replace(bars: BarColumns, index: number): void {
    const { indicator } = this;
    if (indicator.input === "price") indicator.replace(bars[this.#field][index]!);
    else indicator.replace(new BarView(bars, index));
    for (let line = 0; line < this.#lines; line += 1) this.#values[line] = indicator.line(line);
  }

  reset(): void {
    this.indicator.reset();
    this.#values.fill(Number.NaN);
  }

  /** Whether the indicator has means to be saved. */
  get canSave(): boolean {
    return this.indicator.save !== undefined && this.indicator.load !== undefined;
  }

  /** Writes the state. Throws `cannot-save` for an indicator without means to. */
  save(to: ByteWriter): void {
    to.text(this.name).float64s(this.#values);
    if (this.indicator.save === undefined) this.#refuseToSave();
    this.indicator.save(to);
  }

  /** Reads what `save` wrote; throws `damaged-bytes` for anything else. */
  load(from: ByteReader): void {
    loadName(from, this.name);
    loadNumbers(from, this.#values, this.name);
    if (this.indicator.load === undefined) this.#refuseToSave();
    this.indicator.load(from);
  }

  #refuseToSave(): never {
    fail("cannot-save", `the state of indicator ${this.name} cannot be saved`, {
      cure: "give it `save` and `load`, or use an indicator of Barline's own in its place",
    });
  }

  #indexOf(name: string): number {
    const index = this.indicator.lines.indexOf(name);
    if (index >= 0) return index;
    return fail("unknown-line", `indicator ${this.name} has no line "${name}"`, {
      cure: `use one of ${this.indicator.lines.join(", ")}`,
    });
  }
}
