import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { OpenSeries } from "../../store/bars/series-book.ts";

/** Bars, by what a store has of their slots. */
export interface ComparedBars {
  /** No bar of that opening is stored. */
  readonly fresh: BarColumns;
  /** Stored with other values: by the version that is stored. */
  readonly changed: ReadonlyMap<number, BarColumns>;
  readonly changedCount: number;
  /** Stored with the same values. */
  readonly same: number;
  /** Of those that changed the first one, and the one that is stored. */
  readonly firstChange: { readonly told: Bar; readonly stored: Bar } | undefined;
}

const FIELDS = ["closeTime", "open", "high", "low", "close", "volume"] as const;

/** Compares bars, ascending, with those that a series has. */
export function compareBars(series: OpenSeries, bars: BarColumns): ComparedBars {
  const fresh = new BarColumns(bars.length);
  const changed = new Map<number, BarColumns>();
  let same = 0;
  let changedCount = 0;
  let firstChange: ComparedBars["firstChange"];
  const from = bars.openTime[0]!;
  const to = bars.openTime[bars.length - 1]! + 1;
  const stored = series.blocks.bars({ from, to });
  let at = 0;
  for (let index = 0; index < bars.length; index += 1) {
    const openTime = bars.openTime[index]!;
    while (at < stored.length && stored.openTime[at]! < openTime) at += 1;
    if (at >= stored.length || stored.openTime[at] !== openTime) {
      fresh.push(bars.at(index));
    } else if (FIELDS.every((field) => Object.is(bars[field][index], stored[field][at]))) {
      same += 1;
    } else {
      firstChange ??= { told: bars.at(index), stored: stored.at(at) };
      changedCount += 1;
      const version = versionOf(series, openTime);
      const of = changed.get(version) ?? new BarColumns();
      changed.set(version, of);
      of.push(bars.at(index));
    }
  }
  return { fresh, changed, changedCount, same, firstChange };
}

/** The version of the stored bar of that opening, which there is. */
function versionOf({ index, blocks }: OpenSeries, openTime: UnixMs): number {
  const { bars, provenance } = blocks.block(index.blocks[index.firstFrom(openTime)]!);
  return provenance.version[bars.firstFrom(openTime)]!;
}
