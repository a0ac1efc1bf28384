import { assert, BarlineError } from "../time/failure.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** One of some words, held in one byte: its place among them. Places are never given anew. */
export function choice<const T extends string>(...words: readonly T[]): readonly T[] {
  return words;
}

/** Writes a word by its place among those that there are. */
export function writeChoice<T extends string>(
  to: ByteWriter,
  words: readonly T[],
  word: T,
): ByteWriter {
  const place = words.indexOf(word);
  assert(place >= 0, "a word that is written is one of those that can be read");
  return to.uint8(place);
}

/** Throws `damaged-bytes` for a place that there is not. */
export function readChoice<T extends string>(from: ByteReader, words: readonly T[]): T {
  const place = from.uint8();
  const word = words[place];
  if (word === undefined) {
    throw new BarlineError("damaged-bytes", `there is no word ${place} among ${words.join(", ")}`);
  }
  return word;
}
