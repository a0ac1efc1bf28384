import type { SchemaElement } from "hyparquet";
import { DAY_MS, SECOND_MS } from "../../core/time/instant.ts";
import type { ParquetTimeForm } from "./parquet-options.ts";
import {
  decimalForm,
  floatForm,
  instantForm,
  integerForm,
  oldInstantForm,
  smallIntegerForm,
  type ValueForm,
} from "./value-form.ts";

/** How the times of a column are to be understood. */
export type TimeKind =
  /** Instants, which state that they are in UTC. */
  | "utc"
  /** Times on a wall clock, of which the file does not say where it hangs. */
  | "local"
  /** Days. */
  | "date"
  /** Numbers since 1970 that an option says are times. */
  | "epoch";

/** A column of times: its values come as milliseconds, those of days at midnight. */
export interface TimeType {
  readonly kind: TimeKind;
  readonly form: ValueForm;
}

const DIVISORS = { MILLIS: 1, MICROS: 1_000, NANOS: 1_000_000 } as const;

/** What the type of a column says of it as a time; a word for what it is where it is none. */
export function timeTypeOf(
  element: SchemaElement,
  timeForm: ParquetTimeForm | undefined,
): TimeType | "text" | "number" | "contradiction" | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (logical?.type === "TIMESTAMP") {
    const { isAdjustedToUTC, unit } = logical;
    if (type !== "INT64" || !(converted === undefined || converted === `TIMESTAMP_${unit}`)) {
      return "contradiction";
    }
    return { kind: isAdjustedToUTC ? "utc" : "local", form: instantForm(DIVISORS[unit]) };
  }
  if (type === "INT64" && converted === "TIMESTAMP_MILLIS") {
    return { kind: "utc", form: instantForm(DIVISORS.MILLIS) };
  }
  if (type === "INT64" && converted === "TIMESTAMP_MICROS") {
    return { kind: "utc", form: instantForm(DIVISORS.MICROS) };
  }
  if (logical?.type === "DATE" || converted === "DATE") {
    if (type !== "INT32") return "contradiction";
    return { kind: "date", form: smallIntegerForm(true, DAY_MS) };
  }
  // Some writers mean UTC by it and others do not.
  if (type === "INT96") return { kind: "local", form: oldInstantForm() };
  if (type === "BYTE_ARRAY") return "text";
  const isSigned = signOf(element);
  if (isSigned === undefined) return undefined;
  const form = timeForm === undefined ? undefined : epochForm(element, isSigned, timeForm);
  return form === undefined ? "number" : { kind: "epoch", form };
}

function epochForm(
  { type }: SchemaElement,
  isSigned: boolean,
  timeForm: ParquetTimeForm,
): ValueForm | undefined {
  if (type === "INT32") {
    return timeForm === "epoch-seconds" ? smallIntegerForm(isSigned, SECOND_MS) : undefined;
  }
  switch (timeForm) {
    case "epoch-seconds":
      return integerForm(isSigned, SECOND_MS);
    case "epoch-milliseconds":
      return instantForm(DIVISORS.MILLIS);
    case "epoch-microseconds":
      return instantForm(DIVISORS.MICROS);
    case "epoch-nanoseconds":
      return instantForm(DIVISORS.NANOS);
  }
}

/** How the values of a column become numbers; a word for what it holds where they do not. */
export function numberFormOf(element: SchemaElement): ValueForm | "text" | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") return decimalForm(element);
  if (type === "BYTE_ARRAY") return "text";
  if (logical === undefined && converted === undefined) {
    if (type === "DOUBLE") return floatForm(8);
    if (type === "FLOAT") return floatForm(4);
  }
  const isSigned = signOf(element);
  if (isSigned === undefined) return undefined;
  return type === "INT32" ? smallIntegerForm(isSigned) : integerForm(isSigned);
}

/** Whether the whole numbers of a column have a sign; undefined where it has other values. */
function signOf({
  type,
  converted_type: converted,
  logical_type: logical,
}: SchemaElement): boolean | undefined {
  if (type !== "INT32" && type !== "INT64") return undefined;
  if (logical !== undefined) return logical.type === "INTEGER" ? logical.isSigned : undefined;
  if (converted === undefined) return true;
  return /^U?INT_\d+$/.test(converted) ? converted.startsWith("INT_") : undefined;
}

/** A type for a person: `INT64 TIMESTAMP`, `BYTE_ARRAY STRING`. */
export function describeType(element: SchemaElement): string {
  const meaning = element.logical_type?.type ?? element.converted_type;
  return meaning === undefined ? `${element.type}` : `${element.type} ${meaning}`;
}
