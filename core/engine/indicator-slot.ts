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

  #indexOf(name: string): number {
    const index = this.indicator.lines.indexOf(name);
    if (index >= 0) return index;
    return fail("unknown-line", `indicator ${this.name} has no line "${name}"`, {
      cure: `use one of ${this.indicator.lines.join(", ")}`,
    });
  }
}
