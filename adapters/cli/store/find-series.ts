import { BarlineError, fail } from "../../../core/time/failure.ts";
import type { StoredSeries } from "../../store/bars/bar-store.ts";
import { readSeriesList } from "../../store/bars/series-list.ts";
import type { OrderedStore } from "../../store/port/ordered-store.ts";
import { nearest } from "../terminal/nearest.ts";
import type { OpenBars } from "./open-store.ts";

/** Of series that could be meant so many are named. */
const NAMED = 5;

/**
 * The key of the one series that a text means: that key as `bars ls` prints it, or a part of it
 * that no other has. A whole part, such as the symbol, goes before one that is only contained.
 * Throws `unknown-series` or `ambiguous-series`.
 */
export function findKey({ store }: Pick<OpenBars, "store">, text: string, where: string): string {
  const keys = keysOf(store);
  const [key, ...others] = matching(keys, text);
  if (key === undefined) throw unknown(keys, text, where);
  if (others.length > 0) {
    const named = [key, ...others].slice(0, NAMED).map((each) => `"${each}"`);
    const more = others.length + 1 - named.length;
    fail("ambiguous-series", `"${text}" can mean ${others.length + 1} series`, {
      where,
      cure: `say which: ${named.join(", ")}${more > 0 ? ` or one of ${more} more` : ""}`,
    });
  }
  return key;
}

/** The one series that a text means; throws what `findKey` throws, and `damaged-store`. */
export function findSeries(open: OpenBars, text: string, where: string): StoredSeries {
  return open.bars.find(findKey(open, text, where))!;
}

/** The keys of all series, in their order, sound or not. Throws `damaged-store` for their list. */
export function keysOf(store: OrderedStore): readonly string[] {
  return store.read((reader) => [...readSeriesList(reader).numbers.keys()].sort());
}

function matching(keys: readonly string[], text: string): readonly string[] {
  const plain = text.trim().toLowerCase();
  if (plain === "") return [];
  const tests: ((key: string) => boolean)[] = [
    (key) => key === text,
    (key) => key === plain,
    (key) => ` ${key} `.includes(` ${plain} `) || key.startsWith(`${plain}.`),
    (key) => key.includes(plain),
  ];
  for (const [index, test] of tests.entries()) {
    const found = keys.filter((key) => test(index === 0 ? key : key.toLowerCase()));
    if (found.length > 0) return found;
  }
  return [];
}

function unknown(keys: readonly string[], text: string, where: string): BarlineError {
  // What is typed is the key, its instrument, its symbol, or the instrument with the size.
  const parts = keys.map((key) => {
    const [instrument = "", size = ""] = key.split(" ");
    return { key, names: [key, instrument, instrument.split(".")[0]!, `${instrument} ${size}`] };
  });
  const near = nearest(
    text,
    parts.flatMap(({ names }) => names),
  );
  const meant = parts.find(({ names }) => near !== undefined && names.includes(near));
  let cure = 'see what it has with "barline bars ls"';
  if (keys.length === 0) cure = "it has none yet: see barline bars import --help";
  else if (meant !== undefined) cure = `did you mean "${meant.key}"?`;
  return new BarlineError("unknown-series", `the store has no series "${text}"`, { where, cure });
}
