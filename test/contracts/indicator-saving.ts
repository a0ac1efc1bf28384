import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../core/codec/byte-writer.ts";
import type { BarIndicator, PriceIndicator } from "../../core/indicators/indicator.ts";
import type { Bar } from "../../core/market/bar.ts";
import { BarlineError } from "../../core/time/failure.ts";

type AnyIndicator<Input> = Input extends number ? PriceIndicator : BarIndicator;
type Take<Input> = (input: Input) => number;

/** One thing that is asked of an indicator. */
interface Word<Input> {
  readonly kind: "update" | "replace" | "reset";
  readonly input: Input;
}

const kinds = fc.oneof(
  { weight: 12, arbitrary: fc.constant("update" as const) },
  { weight: 4, arbitrary: fc.constant("replace" as const) },
  { weight: 1, arbitrary: fc.constant("reset" as const) },
);

/** What an indicator says after a word: all that can be seen of it, or what it throws. */
function hear<Input extends number | Bar>(
  indicator: AnyIndicator<Input>,
  { kind, input }: Word<Input>,
): unknown[] {
  let said: unknown;
  try {
    if (kind === "reset") indicator.reset();
    else said = (indicator[kind] as unknown as Take<Input>).call(indicator, input);
  } catch (error) {
    if (!(error instanceof BarlineError)) throw error;
    said = error.message;
  }
  return [said, ...seen(indicator)];
}

function seen<Input extends number | Bar>(indicator: AnyIndicator<Input>): unknown[] {
  const lines = indicator.lines.map((_, index) => indicator.line(index));
  return [indicator.isReady, indicator.value, ...lines];
}

function saved<Input extends number | Bar>(indicator: AnyIndicator<Input>): Uint8Array {
  const writer = new ByteWriter();
  indicator.save!(writer);
  return writer.bytes;
}

function load<Input extends number | Bar>(
  indicator: AnyIndicator<Input>,
  bytes: Uint8Array,
): AnyIndicator<Input> {
  const reader = new ByteReader(bytes);
  indicator.load!(reader);
  reader.end();
  return indicator;
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof BarlineError ? error.code : String(error);
  }
}

/** Runs the law of saving and loading of core/indicators/indicator.ts. */
export function describeSaving<Input extends number | Bar>(
  title: string,
  create: () => AnyIndicator<Input>,
  stream: fc.Arbitrary<Input[]>,
): void {
  const words = fc
    .tuple(stream, stream, fc.infiniteStream(kinds))
    .map(([first, second, drawn]) =>
      [...first, ...second].map((input): Word<Input> => ({ kind: drawn.next().value, input })),
    );
  const numRuns = 40;

  describe(`saving the state of ${title}`, () => {
    it("leaves exactly it, in a new one and in a used one, whatever comes later", () => {
      fc.assert(
        fc.property(words, fc.nat(), stream, (all, draw, past) => {
          const cut = draw % (all.length + 1);
          const straight = create();
          for (const word of all.slice(0, cut)) hear(straight, word);
          const bytes = saved(straight);
          const fresh = load(create(), bytes);
          const used = create();
          for (const input of past) hear(used, { kind: "update", input });
          load(used, bytes);
          const expected = seen(straight);
          expect(seen(fresh)).toStrictEqual(expected);
          expect(seen(used)).toStrictEqual(expected);
          expect(saved(fresh)).toStrictEqual(bytes);
          for (const word of all.slice(cut)) {
            const values = hear(straight, word);
            // `toStrictEqual` compares numbers with `Object.is`.
            expect(hear(fresh, word)).toStrictEqual(values);
            expect(hear(used, word)).toStrictEqual(values);
          }
        }),
        { numRuns },
      );
    });

    it("is refused where it is cut short, and is like new after a reset then", () => {
      fc.assert(
        fc.property(words, fc.nat(), (all, draw) => {
          const straight = create();
          for (const word of all) hear(straight, word);
          const bytes = saved(straight);
          const damaged = create();
          const short = bytes.subarray(0, draw % bytes.length);
          expect(codeOf(() => load(damaged, short))).toBe("damaged-bytes");
          damaged.reset();
          const fresh = create();
          for (const word of all) {
            expect(hear(damaged, word)).toStrictEqual(hear(fresh, word));
          }
        }),
        { numRuns },
      );
    });

    it("is refused where it is another one's", () => {
      const writer = new ByteWriter().text("SOMETHING ELSE").raw(saved(create()));
      expect(codeOf(() => load(create(), writer.bytes))).toBe("damaged-bytes");
    });
  });
}

/** Of an indicator whose state lies in other hands. */
export function describeNoSaving<Input extends number | Bar>(
  title: string,
  create: () => AnyIndicator<Input>,
): void {
  it(`${title} says that it cannot be saved, by having no means to`, () => {
    const indicator = create();
    expect([indicator.save, indicator.load]).toEqual([undefined, undefined]);
  });
}
