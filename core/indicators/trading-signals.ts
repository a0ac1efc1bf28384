import type { Bar } from "../market/bar.ts";
import { fail } from "../time/failure.ts";
import type { BarIndicator, PriceIndicator } from "./indicator.ts";
import { refuseInput, refuseReplace, requireInteger } from "./numbers.ts";
import { SINGLE_LINE } from "./stream-state.ts";

/** What the wrapper needs of an indicator of the npm package `trading-signals` (version 8). */
export interface TradingSignalsIndicator<Input, Result> {
  readonly isStable: boolean;
  getRequiredInputs(): number;
  getResult(): Result | null;
  update(input: Input, replace: boolean): unknown;
}

/** What bar-based indicators of `trading-signals` read of a bar. */
export interface TradingSignalsCandle {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** What the wrapper has to be told of an indicator. */
export interface TradingSignalsOptions {
  /** Name with parameters, such as `CCI(20)`. */
  readonly name: string;
  /**
   * Inputs after which the value no longer depends on where the stream began, `readyAfter` or more.
   * The package does not say. For a window it is the number of inputs that the window spans; for
   * anything that smooths exponentially, as many as its memory takes to fade.
   */
  readonly warmUp: number;
  /**
   * Inputs before there is a value; `getRequiredInputs()` unless given. Some indicators of the
   * package have their first value later than they say: those need it.
   */
  readonly readyAfter?: number;
}

/** For an indicator whose result is an object: which of its numbers are lines, in which order. */
export interface TradingSignalsLines<Result> {
  readonly lines: readonly (keyof Result & string)[];
}

/** Marks an indicator of whole bars. */
export interface TradingSignalsBarInput {
  readonly input: "bar";
}

type Create<Input, Result> = () => TradingSignalsIndicator<Input, Result>;

type AnyOptions = TradingSignalsOptions &
  Partial<TradingSignalsBarInput> & { readonly lines?: readonly string[] };

/** How the inputs of one kind are checked and handed over. */
interface Port<Kind, Input> {
  readonly input: Kind;
  readonly isSound: (input: Input) => boolean;
  readonly convert: (input: Input) => unknown;
}

const PRICE_PORT: Port<"price", number> = {
  input: "price",
  isSound: (price) => Number.isFinite(price),
  convert: (price) => price,
};

const BAR_PORT: Port<"bar", Bar> = {
  input: "bar",
  isSound: ({ open, high, low, close, volume }) =>
    Number.isFinite(open + high + low + close) && Number.isFinite(volume),
  // A plain object of its own: indicators of the package keep bars, copy them and take them apart.
  convert: ({ open, high, low, close, volume }) => ({ open, high, low, close, volume }),
};

/**
 * The foreign indicator behind our contract. It costs what the foreign one costs, and allocates.
 */
class Wrapped<Kind, Input> {
  readonly input: Kind;
  readonly name: string;
  readonly readyAfter: number;
  readonly warmUp: number;
  readonly lines: readonly string[];
  readonly #create: Create<unknown, unknown>;
  readonly #port: Port<Kind, Input>;
  #indicator: TradingSignalsIndicator<unknown, unknown>;
  /** Inputs seen, up to `readyAfter`. */
  #seen = 0;
  readonly #values: Float64Array;

  constructor(create: Create<unknown, unknown>, options: AnyOptions, port: Port<Kind, Input>) {
    this.input = port.input;
    this.#create = create;
    this.#port = port;
    this.#indicator = create();
    this.name = options.name;
    this.readyAfter = options.readyAfter ?? this.#indicator.getRequiredInputs();
    this.warmUp = options.warmUp;
    this.lines = options.lines === undefined ? SINGLE_LINE : Object.freeze([...options.lines]);
    requireInteger(this.name, "readyAfter", this.readyAfter, 1, Number.MAX_SAFE_INTEGER);
    requireInteger(this.name, "warmUp", this.warmUp, this.readyAfter, Number.MAX_SAFE_INTEGER);
    requireInteger(this.name, "number of lines", this.lines.length, 1, Number.MAX_SAFE_INTEGER);
    this.#values = new Float64Array(this.lines.length).fill(Number.NaN);
  }

  get isReady(): boolean {
    return this.#seen === this.readyAfter;
  }

  get value(): number {
    return this.#values[0]!;
  }

  line(index: number): number {
    return this.#values[index] ?? fail("no-such-line", `${this.name} has no line ${index}`);
  }

  update(input: Input): number {
    this.#require(input);
    this.#indicator.update(this.#port.convert(input), false);
    if (this.#seen < this.readyAfter) this.#seen += 1;
    return this.#read();
  }

  replace(input: Input): number {
    if (this.#seen === 0) refuseReplace(this.name);
    this.#require(input);
    this.#indicator.update(this.#port.convert(input), true);
    return this.#read();
  }

  reset(): void {
    this.#indicator = this.#create();
    this.#seen = 0;
    this.#values.fill(Number.NaN);
  }

  #require(input: Input): void {
    if (!this.#port.isSound(input)) refuseInput(this.name, Number.NaN);
  }

  #read(): number {
    if (this.isReady) {
      const result = this.#indicator.isStable ? this.#indicator.getResult() : null;
      for (const [place, line] of this.lines.entries()) {
        const value =
          typeof result === "object" && result !== null
            ? (result as Record<string, unknown>)[line]
            : result;
        if (typeof value !== "number" || !Number.isFinite(value)) this.#refuseResult(line, value);
        this.#values[place] = value;
      }
    }
    return this.value;
  }

  #refuseResult(line: string, value: unknown): never {
    fail("indicator-without-value", `the trading-signals indicator has ${value} as its ${line}`, {
      where: this.name,
      cure: "give a larger readyAfter, lines that are always numbers, or another indicator",
    });
  }
}

/**
 * Lets an indicator of the npm package `trading-signals` in, any that takes numbers or bars:
 *
 * ```ts
 * fromTradingSignals(() => new TEMA(20), { name: "TEMA(20)", warmUp: 300 });
 * fromTradingSignals(() => new CCI(20), { name: "CCI(20)", warmUp: 20, input: "bar" });
 * fromTradingSignals(() => new KeltnerChannels(), {
 *   name: "KELTNER", warmUp: 300, input: "bar", lines: ["middle", "upper", "lower"],
 * });
 * ```
 *
 * Values are the package's own, bit for bit. So is what `replace` does, which in version 8.3.0 is
 * not exact for ADX, DX, AC and VWAP; feed those final bars only. Throws a `BarlineError` for
 * options out of range, for inputs that are not finite, and when the indicator has no finite value
 * where it should have one: the indicator is then of no more use until `reset`.
 *
 * @param create makes a new indicator; called once here and once for every `reset`.
 */
export function fromTradingSignals(
  create: Create<number, number>,
  options: TradingSignalsOptions,
): PriceIndicator;
export function fromTradingSignals(
  create: Create<TradingSignalsCandle, number>,
  options: TradingSignalsOptions & TradingSignalsBarInput,
): BarIndicator;
export function fromTradingSignals<Result extends object>(
  create: Create<number, Result>,
  options: TradingSignalsOptions & TradingSignalsLines<Result>,
): PriceIndicator;
export function fromTradingSignals<Result extends object>(
  create: Create<TradingSignalsCandle, Result>,
  options: TradingSignalsOptions & TradingSignalsBarInput & TradingSignalsLines<Result>,
): BarIndicator;
export function fromTradingSignals(
  create: Create<never, unknown>,
  options: AnyOptions,
): PriceIndicator | BarIndicator {
  const createAny = create as Create<unknown, unknown>;
  return options.input === "bar"
    ? new Wrapped(createAny, options, BAR_PORT)
    : new Wrapped(createAny, options, PRICE_PORT);
}
