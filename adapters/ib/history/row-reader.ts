import type { RejectionEvent } from "../../../core/feed/feed-event.ts";
import { type Bar, barFault, describeBarFault } from "../../../core/market/bar.ts";
import type { Series } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { IbBar } from "../port/ib-event.ts";
import { countsTrades, isWithoutTrades, openTimeOf, volumeOf } from "../rows/row-meaning.ts";

/** What a row of an answer turns out to be. */
export type ReadRow =
  | { readonly kind: "bar"; readonly bar: Bar }
  /** The gateway says itself that nothing traded in the slot that opens then. */
  | { readonly kind: "no-trades"; readonly openTime: UnixMs }
  /** It cannot be true; `openTime` is that of the slot it casts doubt on, where there is one. */
  | {
      readonly kind: "rejected";
      readonly openTime: UnixMs | undefined;
      readonly bar: Bar;
      readonly fault: RejectionEvent["fault"];
      readonly reason: string;
    };

/** Turns rows of history into bars of a series. */
export class RowReader {
  readonly #series: Series;
  readonly #grid: BarGrid;
  readonly #countsTrades: boolean;

  /** @param secType of the contract: an index has no volume, and so none is no sign of no trade. */
  constructor(series: Series, grid: BarGrid, secType: string) {
    this.#series = series;
    this.#grid = grid;
    this.#countsTrades = countsTrades(series, secType);
  }

  read(row: IbBar): ReadRow {
    const at = openTimeOf(row.time, this.#grid);
    if (at === undefined || !this.#grid.opensAt(at)) return this.#misplaced(row, at);
    if (isWithoutTrades(row, this.#countsTrades)) return { kind: "no-trades", openTime: at };
    const bar = this.#barOf(row, at, this.#grid.closeOf(at));
    const fault = barFault(bar, this.#series.instrument.allowsNegativePrice);
    if (fault === undefined) return { kind: "bar", bar };
    return { kind: "rejected", openTime: at, bar, fault, reason: describeBarFault(fault) };
  }

  #misplaced(row: IbBar, at: UnixMs | undefined): ReadRow {
    const { calendar, size } = this.#grid;
    const slot = at === undefined ? undefined : this.#grid.slotAt(at);
    const openTime = at ?? Number.NaN;
    const reason =
      at === undefined
        ? `its time "${row.time}" cannot be read`
        : `no ${size.label} bar of ${calendar.name} opens at ${formatInstant(at)}`;
    const bar = this.#barOf(row, openTime, slot?.closeTime ?? openTime + size.ms);
    return { kind: "rejected", openTime: slot?.openTime, bar, fault: "off-grid", reason };
  }

  #barOf(row: IbBar, openTime: UnixMs, closeTime: UnixMs): Bar {
    const { open, high, low, close } = row;
    const volume = volumeOf(row, this.#countsTrades);
    return { openTime, closeTime, open, high, low, close, volume };
  }
}
