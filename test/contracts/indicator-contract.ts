import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarIndicator, PriceIndicator } from "../../core/indicators/indicator.ts";
import type { Bar } from "../../core/market/bar.ts";
import { BarlineError } from "../../core/time/failure.ts";
import {
  barStream,
  boundedPrice,
  futuresBars,
  futuresCloses,
  hostilePrice,
  priceStream,
} from "./indicator-inputs.ts";
import { describeNoSaving, describeSaving } from "./indicator-saving.ts";

type AnyIndicator<Input> = Input extends number ? PriceIndicator : BarIndicator;

/** How values from streams that begin at different bars may differ from the warm-up on. */
export interface StartDependence<Input> {
  /**
   * The largest allowed difference of any line, given all inputs up to the one compared and the
   * values of the stream that began first. Left out, the values must be the same bits.
   */
  readonly allowance?: (inputs: readonly Input[], values: readonly number[]) => number;
}

/** One implementation, with what the suite must know to judge it. */
export interface IndicatorCase<Input extends number | Bar> {
  readonly create: () => AnyIndicator<Input>;
  /** The lines after the last of these inputs, from the textbook formula and from scratch. */
  readonly reference: (inputs: readonly Input[]) => readonly number[];
  /** Largest difference from the reference, as a part of the largest magnitude among the lines. */
  readonly referenceTolerance: number;
  /** Inputs at the end of the real bars to compare with the reference; 60 unless given. */
  readonly referenceCount?: number;
  readonly start: StartDependence<Input>;
  /** Whether hostile inputs stay within 2^500. */
  readonly isBounded?: boolean;
  /** Real inputs for cuts; the closes or bars of the shipped futures unless given. */
  readonly inputs?: readonly Input[];
  /** Hostile streams to feed; unless given, prices or bars far beyond the ordinary. */
  readonly stream?: fc.Arbitrary<Input[]>;
  /** Cuts to try on the real inputs; every one that fits unless given. */
  readonly cutStep?: number;
  /** Whether its state lies in other hands, so that it cannot be saved; false unless given. */
  readonly isForeign?: boolean;
}

/** Every line, for comparing states bit for bit. */
function lines<Input extends number | Bar>(indicator: AnyIndicator<Input>): number[] {
  return indicator.lines.map((_, index) => indicator.line(index));
}

function feed<Input extends number | Bar>(
  indicator: AnyIndicator<Input>,
  inputs: readonly Input[],
): number[][] {
  return inputs.map((input) => {
    const returned = (indicator.update as (input: Input) => number).call(indicator, input);
    if (!Object.is(returned, indicator.value)) expect(returned).toBe(indicator.value);
    return lines(indicator);
  });
}

/** Bit for bit, and fast enough for millions of comparisons: `expect` only runs to report. */
function expectSame(actual: readonly number[], expected: readonly number[]): void {
  const isSame =
    actual.length === expected.length &&
    actual.every((value, line) => Object.is(value, expected[line]));
  if (!isSame) expect(actual).toStrictEqual(expected);
}

/** An error of that code whose message holds that text. */
function refusal(code: string, text: string): unknown {
  return expect.objectContaining({
    name: "BarlineError",
    code,
    message: expect.stringContaining(text),
  });
}

function replace<Input extends number | Bar>(indicator: AnyIndicator<Input>, input: Input): number {
  return (indicator.replace as (input: Input) => number).call(indicator, input);
}

/** Runs the laws of core/indicators/indicator.ts on a price indicator. */
export function describePriceIndicator(title: string, each: IndicatorCase<number>): void {
  const { readyAfter } = each.create();
  const length = { minLength: readyAfter + 1, maxLength: readyAfter + 30 };
  const price = each.isBounded === true ? boundedPrice : hostilePrice;
  describeLaws(
    title,
    each,
    each.inputs ?? futuresCloses,
    each.stream ?? priceStream(price, length),
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** Runs the laws of core/indicators/indicator.ts on a bar indicator. */
export function describeBarIndicator(title: string, each: IndicatorCase<Bar>): void {
  const { readyAfter } = each.create();
  const length = { minLength: readyAfter + 1, maxLength: readyAfter + 30 };
  const price = each.isBounded === true ? boundedPrice : hostilePrice;
  const bar = futuresBars[0]!;
  describeLaws(title, each, each.inputs ?? futuresBars, each.stream ?? barStream(price, length), [
    { ...bar, high: Number.POSITIVE_INFINITY },
    { ...bar, high: Number.NaN, low: Number.NaN, close: Number.NaN, open: Number.NaN },
  ]);
}

function describeLaws<Input extends number | Bar>(
  title: string,
  each: IndicatorCase<Input>,
  real: readonly Input[],
  stream: fc.Arbitrary<Input[]>,
  unsound: readonly Input[],
): void {
  const { create } = each;
  const { readyAfter, warmUp } = create();
  const numRuns = 40;

  describe(`the indicator contract: ${title}`, () => {
    it("states sound facts about itself", () => {
      const indicator = create();
      expect(indicator.name).not.toBe("");
      expect(Number.isInteger(readyAfter) && readyAfter >= 1).toBe(true);
      expect(Number.isInteger(warmUp) && warmUp >= readyAfter).toBe(true);
      expect(indicator.lines.length).toBeGreaterThan(0);
      expect(new Set(indicator.lines).size).toBe(indicator.lines.length);
    });

    it("is NaN and not ready before readyAfter inputs, and finite from there on", () => {
      fc.assert(
        fc.property(stream, (inputs) => {
          const indicator = create();
          expect(lines(indicator).every(Number.isNaN)).toBe(true);
          inputs.forEach((input, index) => {
            feed(indicator, [input]);
            const isReady = index + 1 >= readyAfter;
            expect(indicator.isReady).toBe(isReady);
            expect(indicator.value).toBe(indicator.line(0));
            expect(lines(indicator).every(isReady ? Number.isFinite : Number.isNaN)).toBe(true);
          });
        }),
        { numRuns },
      );
    });

    it("forgets an input that is replaced as if it had never come", () => {
      fc.assert(
        fc.property(stream, stream, fc.nat(3), (inputs, others, extra) => {
          const length = Math.min(inputs.length, others.length);
          const straight = create();
          const detour = create();
          for (let index = 0; index < length; index += 1) {
            const expected = feed(straight, [inputs[index]!])[0]!;
            feed(detour, [others[index]!]);
            for (let times = 0; times < extra; times += 1) {
              replace(detour, (times === 1 ? inputs : others)[index]!);
            }
            expect(replace(detour, inputs[index]!)).toBe(straight.value);
            expectSame(lines(detour), expected);
          }
        }),
        { numRuns },
      );
    });

    it("does not change when an input is replaced by itself", () => {
      fc.assert(
        fc.property(stream, (inputs) => {
          const straight = create();
          const detour = create();
          for (const input of inputs) {
            feed(detour, [input]);
            replace(detour, input);
            replace(detour, input);
            expectSame(lines(detour), feed(straight, [input])[0]!);
          }
        }),
        { numRuns },
      );
    });

    it("is like new after a reset", () => {
      fc.assert(
        fc.property(stream, stream, (first, second) => {
          const used = create();
          feed(used, first);
          used.reset();
          expect(used.isReady).toBe(false);
          expect(lines(used).every(Number.isNaN)).toBe(true);
          expect(() => replace(used, first[0]!)).toThrow(BarlineError);
          expect(feed(used, second)).toStrictEqual(feed(create(), second));
        }),
        { numRuns },
      );
    });

    it("refuses to replace an input before it had one", () => {
      const indicator = create();
      expect(() => replace(indicator, real[0]!)).toThrow(
        refusal(
          "nothing-to-replace",
          `${indicator.name} was asked to replace an input before it had one; call update first`,
        ),
      );
    });

    it("refuses to read a line that it has not", () => {
      const indicator = create();
      for (const index of [-1, indicator.lines.length, 0.5, Number.NaN]) {
        expect(() => indicator.line(index)).toThrow(
          refusal("no-such-line", `${indicator.name} has no line ${index}`),
        );
      }
    });

    it("refuses inputs that are not finite and stays as it was", () => {
      const indicator = create();
      const straight = create();
      const refused = refusal("indicator-input", " as an input; it needs finite numbers of a sane");
      for (const input of real.slice(0, readyAfter + 5)) {
        const expected = feed(straight, [input])[0]!;
        for (const bad of unsound) expect(() => feed(indicator, [bad])).toThrow(refused);
        feed(indicator, [input]);
        for (const bad of unsound) expect(() => replace(indicator, bad)).toThrow(refused);
        expect(lines(indicator)).toStrictEqual(expected);
      }
    });

    it("agrees with the textbook formula on real bars", () => {
      const count = each.referenceCount ?? 60;
      const from = Math.min(real.length, warmUp + 2 * count) - count;
      const values = feed(create(), real.slice(0, from + count));
      for (let index = from; index < from + count; index += 1) {
        const expected = each.reference(real.slice(0, index + 1));
        expect(expected.length).toBe(values[index]!.length);
        const size = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
        expected.forEach((value, line) => {
          expect(Math.abs(values[index]![line]! - value) / size).toBeLessThanOrEqual(
            each.referenceTolerance,
          );
        });
      }
    });

    it("does not depend on where the stream began, from the warm-up on, for any cut", () => {
      const { allowance } = each.start;
      const whole = feed(create(), real);
      let compared = 0;
      for (let cut = 1; cut + warmUp <= real.length; cut += each.cutStep ?? 1) {
        const values = feed(create(), real.slice(cut, cut + warmUp + 2));
        for (let index = warmUp - 1; index < values.length; index += 1) {
          const expected = whole[cut + index]!;
          if (allowance === undefined) expectSame(values[index]!, expected);
          else {
            const limit = allowance(real.slice(0, cut + index + 1), expected);
            const differences = expected.map((value, line) =>
              Math.abs(values[index]![line]! - value),
            );
            expect(Math.max(...differences)).toBeLessThanOrEqual(limit);
          }
          compared += 1;
        }
      }
      expect(compared).toBeGreaterThan(10);
    });

    if (each.isForeign === true) describeNoSaving(title, create);
    else describeSaving(title, create, stream);

    if (each.start.allowance === undefined) {
      it("does not depend on where the stream began, for hostile inputs", () => {
        fc.assert(
          fc.property(stream, stream, (past, inputs) => {
            const whole = create();
            feed(whole, past);
            const late = create();
            inputs.forEach((input, index) => {
              const expected = feed(whole, [input])[0]!;
              const values = feed(late, [input])[0]!;
              if (index + 1 >= warmUp) expectSame(values, expected);
            });
          }),
          { numRuns: 3 * numRuns },
        );
      });
    }
  });
}
