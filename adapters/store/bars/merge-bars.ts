import { BarColumns } from "../../../core/market/bar-columns.ts";
import { BAR_FIELDS, type StoredBars } from "./bar-block.ts";
import { ProvenanceColumns } from "./block/provenance-columns.ts";

/** Some bars, and the part of them that is meant, `to` exclusive. */
interface Part {
  readonly of: StoredBars;
  readonly from: number;
  readonly to: number;
}

/** The parts of some bars one after another; the only one itself, if it is all of its bars. */
export function concatenated(parts: readonly Part[]): StoredBars {
  const [first] = parts;
  const isWhole = first !== undefined && first.from === 0 && first.to === first.of.bars.length;
  if (isWhole && parts.length === 1) return first.of;
  const length = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const bars = BarColumns.ofLength(length);
  const provenance = new ProvenanceColumns(length);
  let at = 0;
  for (const { of, from, to } of parts) {
    for (const field of BAR_FIELDS) bars[field].set(of.bars[field].subarray(from, to), at);
    provenance.receivedAt.set(of.provenance.receivedAt.subarray(from, to), at);
    provenance.version.set(of.provenance.version.subarray(from, to), at);
    for (let index = from; index < to; index += 1) {
      provenance.source[at + index - from] = of.provenance.source[index]!;
    }
    at += to - from;
  }
  return { bars, provenance };
}

/** All bars of both in the order of their openings; where both have one, it is the newer one. */
export function merged(old: StoredBars, newer: StoredBars): StoredBars {
  const parts: { of: StoredBars; from: number; to: number }[] = [];
  const take = (of: StoredBars, index: number): void => {
    const last = parts.at(-1);
    if (last?.of === of && last.to === index) last.to += 1;
    else parts.push({ of, from: index, to: index + 1 });
  };
  let oldAt = 0;
  let newAt = 0;
  for (;;) {
    const oldOpen = openOf(old, oldAt);
    const newOpen = openOf(newer, newAt);
    if (oldOpen < newOpen) {
      take(old, oldAt);
      oldAt += 1;
    } else if (newOpen < Number.POSITIVE_INFINITY) {
      take(newer, newAt);
      newAt += 1;
      if (oldOpen === newOpen) oldAt += 1;
    } else return concatenated(parts);
  }
}

function openOf({ bars }: StoredBars, index: number): number {
  return index < bars.length ? bars.openTime[index]! : Number.POSITIVE_INFINITY;
}
