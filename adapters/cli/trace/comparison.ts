import type { TraceContents, TracedBar } from "./trace-contents.ts";

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

const BAR_FIELDS = [
  "series",
  "openTime",
  "closeTime",
  "open",
  "high",
  "low",
  "close",
  "volume",
] as const;

/**
 * Compares two traces of the same market from the moment both runs were READY: every bar field by
 * field, every indicator value bit for bit, every signal. Of the bars before it, those that both
 * have are compared too.
 */
export function compareTraces(a: TraceContents, b: TraceContents): Comparison {
  const from = later(a.readyAt, b.readyAt);
  if (from === undefined) return { from, kinds: [], equal: false };
  const early = new Set<string>();
  for (const { bars } of [a, b]) {
    for (const [key, bar] of bars) if (!(bar.closeTime > from)) early.add(key);
  }
  const isLate = (key: string): boolean => !early.has(key);
  const names = [...new Set([...a.indicators.keys(), ...b.indicators.keys()])].sort();
  const none = new Map<string, number>();
  const kinds = [
    compareMaps("bars in warm-up", a.bars, b.bars, sameBar, (key) => {
      return early.has(key) && a.bars.has(key) && b.bars.has(key);
    }),
    compareMaps("bars from READY on", a.bars, b.bars, sameBar, isLate),
    ...names.map((name) => {
      const ofA = a.indicators.get(name) ?? none;
      const ofB = b.indicators.get(name) ?? none;
      return compareMaps(name, ofA, ofB, Object.is, isLate);
    }),
    compareMaps("signals", a.signals, b.signals, Object.is, isLate),
  ];
  const equal = kinds.every(({ different, missing }) => different === 0 && missing === 0);
  return { from, kinds, equal };
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  return a > b ? a : b;
}

function compareMaps<V>(
  kind: string,
  a: ReadonlyMap<string, V>,
  b: ReadonlyMap<string, V>,
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
    if (other === undefined) {
      missing += 1;
      first ??= `${key} is only in the first`;
    } else if (!same(value, other)) {
      different += 1;
      first ??= `${key}: ${JSON.stringify(value)} and ${JSON.stringify(other)}`;
    }
  }
  for (const key of b.keys()) {
    if (!counts(key) || a.has(key)) continue;
    compared += 1;
    missing += 1;
    first ??= `${key} is only in the second`;
  }
  return { kind, compared, different, missing, first };
}

function sameBar(a: TracedBar, b: TracedBar): boolean {
  return BAR_FIELDS.every((field) => Object.is(a[field], b[field]));
}
