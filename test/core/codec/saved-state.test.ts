import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { loadInteger, loadName, loadNumbers } from "../../../core/codec/saved-state.ts";

const reading = (write: (to: ByteWriter) => void): ByteReader => {
  const writer = new ByteWriter();
  write(writer);
  return new ByteReader(writer.bytes);
};

// Goal: a state is read back into what it was saved from, and into nothing that it does not fit.
describe("a saved state", () => {
  it("gives its numbers, and no others than asked for", () => {
    fc.assert(
      fc.property(fc.float64Array(), fc.nat(3), (numbers, more) => {
        const into = new Float64Array(numbers.length + more).fill(7);
        loadNumbers(
          reading((to) => to.float64s(numbers)),
          into,
          "X",
          numbers.length,
        );
        expect([...into]).toStrictEqual([...numbers, ...new Array<number>(more).fill(7)]);
      }),
    );
  });

  it("is refused with a name, a count or an integer that cannot be, and what it is of is named", () => {
    const cure = "load what was saved with the same parameters";
    const refused = (what: string): unknown =>
      expect.objectContaining({
        code: "damaged-bytes",
        message: `this is no saved state of SMA(3): ${what}; ${cure}`,
      });
    const nameOf = (name: string) => () =>
      loadName(
        reading((to) => to.text(name)),
        "SMA(3)",
      );
    expect(nameOf("SMA(3)")).not.toThrow();
    expect(nameOf("SMA(4)")).toThrow(refused("it belongs to SMA(4)"));
    const numbers = () =>
      loadNumbers(
        reading((to) => to.float64s(Float64Array.of(1, 2))),
        new Float64Array(3),
        "SMA(3)",
      );
    expect(numbers).toThrow(refused("2 numbers where there are 3"));
    const integer = (value: number) => () =>
      loadInteger(
        reading((to) => to.float64(value)),
        -1,
        2,
        "SMA(3)",
      );
    for (const value of [-1, 0, 2]) expect(integer(value)()).toBe(value);
    for (const value of [-2, 3, 0.5, Number.NaN]) {
      expect(integer(value)).toThrow(refused(`${value} where there is an integer of -1 to 2`));
    }
  });
});
