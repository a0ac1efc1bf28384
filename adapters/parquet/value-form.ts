import type { SchemaElement } from "hyparquet";
import { DAY_MS } from "../../core/time/instant.ts";
import { type ColumnValues, FRACTION, INEXACT } from "./column-values.ts";

/** How the values of a column, as they lie in the file, become doubles. */
export interface ValueForm {
  /** Bytes of a value. */
  readonly width: number;
  /** Reads so many values into `target`, from the row `at` on. */
  readonly read: (bytes: DataView, count: number, target: ColumnValues, at: number) => void;
  /** What a bound of the statistics says in the same terms; undefined where it says nothing. */
  readonly boundOf?: (bound: number | bigint) => { readonly low: number; readonly high: number };
}

const TWO_TO_32 = 4_294_967_296;
const exactly = (bound: number | bigint) => ({ low: Number(bound), high: Number(bound) });

/** Doubles of 64 or of 32 bits, each of which is a double as well. */
export function floatForm(width: 4 | 8): ValueForm {
  return {
    width,
    read: (bytes, count, { values }, at) => {
      for (let index = 0; index < count; index += 1) {
        values[at + index] =
          width === 8 ? bytes.getFloat64(index * 8, true) : bytes.getFloat32(index * 4, true);
      }
    },
    boundOf: exactly,
  };
}

/** Whole numbers of 32 bits, each times a factor. */
export function smallIntegerForm(isSigned: boolean, factor = 1): ValueForm {
  return {
    width: 4,
    read: (bytes, count, { values }, at) => {
      for (let index = 0; index < count; index += 1) {
        const value = isSigned ? bytes.getInt32(index * 4, true) : bytes.getUint32(index * 4, true);
        values[at + index] = value * factor;
      }
    },
    boundOf: (bound) => exactly(Number(bound) * factor),
  };
}

/** Whole numbers of 64 bits, each times a factor; one that no double holds is rejected. */
export function integerForm(isSigned: boolean, factor = 1): ValueForm {
  return {
    width: 8,
    read: (bytes, count, target, at) => {
      for (let index = 0; index < count; index += 1) {
        const low = bytes.getUint32(index * 8, true);
        const high = isSigned
          ? bytes.getInt32(index * 8 + 4, true)
          : bytes.getUint32(index * 8 + 4, true);
        const value = (high * TWO_TO_32 + low) * factor;
        if (Number.isSafeInteger(value)) target.values[at + index] = value;
        else target.reject(at + index, INEXACT);
      }
    },
    boundOf: (bound) => exactly(Number(bound) * factor),
  };
}

/**
 * Counts of units of 1/`divisor` millisecond since 1970, as milliseconds. One that is no whole
 * millisecond is rejected. `divisor` is 1, 1,000 or 1,000,000: then no step is beyond a double.
 */
export function instantForm(divisor: number): ValueForm {
  const highQuotient = Math.floor(TWO_TO_32 / divisor);
  const highRest = TWO_TO_32 % divisor;
  return {
    width: 8,
    read: (bytes, count, target, at) => {
      for (let index = 0; index < count; index += 1) {
        const high = bytes.getInt32(index * 8 + 4, true);
        const rest = high * highRest + bytes.getUint32(index * 8, true);
        const quotient = Math.floor(rest / divisor);
        const value = high * highQuotient + quotient;
        if (quotient * divisor !== rest) target.reject(at + index, FRACTION);
        else if (Number.isSafeInteger(value)) target.values[at + index] = value;
        else target.reject(at + index, INEXACT);
      }
    },
    boundOf: (bound) => {
      const value = Number(bound) / divisor;
      return { low: Math.floor(value), high: Math.ceil(value) };
    },
  };
}

const JULIAN_1970 = 2_440_588;
const NANOSECONDS_A_MS = 1_000_000;

/** The old form of 96 bits: nanoseconds of the day, and the Julian day. */
export function oldInstantForm(): ValueForm {
  return {
    width: 12,
    read: (bytes, count, target, at) => {
      for (let index = 0; index < count; index += 1) {
        const high = bytes.getInt32(index * 12 + 4, true);
        const nanoseconds = high * TWO_TO_32 + bytes.getUint32(index * 12, true);
        const day = bytes.getInt32(index * 12 + 8, true) - JULIAN_1970;
        if (nanoseconds % NANOSECONDS_A_MS !== 0) target.reject(at + index, FRACTION);
        else target.values[at + index] = day * DAY_MS + nanoseconds / NANOSECONDS_A_MS;
      }
    },
  };
}

/** Decimal numbers of a scale, each the double nearest to it. */
export function decimalForm(element: SchemaElement): ValueForm | undefined {
  const { logical_type: logical } = element;
  const scale = logical?.type === "DECIMAL" ? logical.scale : (element.scale ?? 0);
  const width = WIDTHS[element.type ?? "BOOLEAN"] ?? element.type_length ?? 0;
  if (width === 0) return undefined;
  // Two doubles that are exact have the nearest double as their quotient.
  const factor = scale >= 0 && scale <= 22 ? 10 ** scale : Number.NaN;
  return {
    width,
    read: (bytes, count, { values }, at) => {
      for (let index = 0; index < count; index += 1) {
        const unscaled = unscaledAt(bytes, element, index * width, width);
        const exact = Number(unscaled);
        const isExact = Number.isSafeInteger(exact) && !Number.isNaN(factor);
        values[at + index] = isExact ? exact / factor : Number(`${unscaled}e${-scale}`);
      }
    },
  };
}

const WIDTHS: Partial<Record<NonNullable<SchemaElement["type"]>, number>> = { INT32: 4, INT64: 8 };

function unscaledAt(
  bytes: DataView,
  { type }: SchemaElement,
  offset: number,
  width: number,
): number | bigint {
  if (type === "INT32") return bytes.getInt32(offset, true);
  if (type === "INT64") return bytes.getBigInt64(offset, true);
  let value = BigInt(bytes.getInt8(offset));
  for (let byte = 1; byte < width; byte += 1) {
    value = value * 256n + BigInt(bytes.getUint8(offset + byte));
  }
  return value;
}
