import type { TraceContents } from "./trace-contents.ts";

/** How many of one kind of thing two traces have in common, and where they differ. */
export interface ComparedKind {
  readonly kind: string;
  readonly compared: number;
  readonly different: number;
  /** In one trace only. */
  readonly missing: number;
  /** The first difference, in words. */
  readonly first: string | undefined;
}

export interface Comparison {
  /** Everything from here on is compared: the later READY of the two. */
  readonly from: string | undefined;
  readonly kinds: readonly ComparedKind[];
  readonly equal: boolean;
}

/**
 * Compares two traces of the same market from the moment both runs were READY: every bar field by
 * field, every indicator value bit for bit, every signal. Warm-up bars that both have are compared too.
 */
export function compareTraces(a: TraceContents, b: TraceContents): Comparison {
  const from = later(a.readyAt, b.readyAt);
  if (from === undefined) return { from, kinds: [], equal: false };
  const decided = new Set<string>();
  for (const contents of [a, b]) {
    for (const [key, bar] of contents.bars) if (bar.closeTime > from) decided.add(key);
  }
  const isDecided = (key: string): boolean => decided.has(barKeyOf(key));
  const names = new Set<string>();
  for (const key of [...a.indicators.keys(), ...b.indicators.keys()]) names.add(nameOf(key));
  const kinds = [
    compareMaps("bars in warm-up", shared(a.bars, b.bars, decided), b.bars, sameBar, () => true),
    compareMaps("bars from READY on", a.bars, b.bars, sameBar, (key) => decided.has(key)),
    ...[...names]
      .sort()
      .map((name) =>
        compareMaps(
          name,
          a.indicators,
          b.indicators,
          Object.is,
          (key) => isDecided(key) && nameOf(key) === name,
        ),
      ),
    compareMaps("signals", a.signals, b.signals, () => true, isDecided),
  ];
  const equal = kinds.every(({ different, missing }) => different === 0 && missing === 0);
  return { from, kinds, equal };
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  return a > b ? a : b;
}

/** The part of an indicator's or signal's key that names its bar: it ends with the open time. */
function barKeyOf(key: string): string {
  return /^.*?\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(key)?.[0] ?? key;
}

function nameOf(key: string): string {
  return key.slice(barKeyOf(key).length + 1);
}

function shared<V>(a: Map<string, V>, b: Map<string, V>, without: Set<string>): Map<string, V> {
  return new Map([...a].filter(([key]) => b.has(key) && !without.has(key)));
}

function compareMaps<V>(
  kind: string,
  a: Map<string, V>,
  b: Map<string, V>,
  same: (x: V, y: V) => boolean,
  counts: (key: string) => boolean,
): ComparedKind {
  let compared = 0;
  let different = 0;
  let missing = 0;
  let first: string | undefined;
  for (const [key, value] of a) {
    if (!counts(key)) continue;
    compared += 1;
    const other = b.get(key);
    if (other === undefined) missing += 1;
    else if (!same(value, other)) different += 1;
    else continue;
    first ??=
      other === undefined
        ? `${key} is only in the first`
        : `${key}: ${JSON.stringify(value)} and ${JSON.stringify(other)}`;
  }
  if (kind !== "bars in warm-up") {
    for (const key of b.keys()) {
      if (!counts(key) || a.has(key)) continue;
      compared += 1;
      missing += 1;
      first ??= `${key} is only in the second`;
    }
  }
  return { kind, compared, different, missing, first };
}

function sameBar(a: object, b: object): boolean {
  const x = Object.entries(a);
  const y = b as Readonly<Record<string, unknown>>;
  return x.every(([field, value]) => Object.is(value, y[field]));
}
