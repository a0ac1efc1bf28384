import { BarlineError, fail } from "../time/failure.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** What can be kept: any number, text, yes and no, nothing, and lists and records of these. */
export type PlainValue =
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

const NOTHING = 0;
const ABSENT = 1;
const YES = 2;
const NO = 3;
const NUMBER = 4;
const TEXT = 5;
const LIST = 6;
const RECORD = 7;
/** Deeper than this a value is taken for one that contains itself. */
const DEEPEST = 64;

/**
 * Writes a plain value, exactly: -0, NaN and infinities included, which JSON has no word for.
 * Throws `not-plain` with the place of what is none: a function, a class instance, a symbol, or a
 * value that contains itself.
 *
 * @param place how the value is called in an error.
 */
export function writePlain(to: ByteWriter, value: unknown, place: string, depth = 0): void {
  if (depth > DEEPEST) refuse(place, "contains itself, or is too deep");
  if (value === null) to.uint8(NOTHING);
  else if (value === undefined) to.uint8(ABSENT);
  else if (typeof value === "boolean") to.uint8(value ? YES : NO);
  else if (typeof value === "number") to.uint8(NUMBER).float64(value);
  else if (typeof value === "string") to.uint8(TEXT).text(value);
  else if (Array.isArray(value)) {
    to.uint8(LIST).uint32(value.length);
    // Not `forEach`, which passes over places that were never filled.
    for (let index = 0; index < value.length; index += 1) {
      writePlain(to, value[index], `${place}[${index}]`, depth + 1);
    }
  } else if (isRecord(value)) {
    const names = Object.keys(value);
    to.uint8(RECORD).uint32(names.length);
    for (const name of names) writePlain(to.text(name), value[name], `${place}.${name}`, depth + 1);
  } else refuse(place, `is a ${typeof value === "object" ? "class instance" : typeof value}`);
}

/** Reads what `writePlain` wrote; throws `damaged-bytes`. */
export function readPlain(from: ByteReader): PlainValue {
  const kind = from.uint8();
  if (kind === NOTHING) return null;
  if (kind === ABSENT) return undefined;
  if (kind === YES || kind === NO) return kind === YES;
  if (kind === NUMBER) return from.float64();
  if (kind === TEXT) return from.text();
  if (kind === LIST) return readSome(from, () => readPlain(from));
  if (kind === RECORD) {
    const entries = readSome(from, () => [from.text(), readPlain(from)] as const);
    return Object.fromEntries(entries);
  }
  throw new BarlineError("damaged-bytes", `there is no value of kind ${kind}`);
}

/** As many as a count says that comes first. */
function readSome<T>(from: ByteReader, read: () => T): T[] {
  const values: T[] = [];
  for (let left = from.uint32(); left > 0; left -= 1) values.push(read());
  return values;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuse(place: string, what: string): never {
  fail("not-plain", `it ${what}`, {
    where: place,
    cure: "keep numbers, texts, yes and no, null, and lists and records of these",
  });
}
