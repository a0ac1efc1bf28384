import type { RejectionEvent } from "../../../core/feed/feed-event.ts";
import { type Bar, barFault, describeBarFault } from "../../../core/market/bar.ts";
import type { Series } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbBar } from "../port/ib-event.ts";
import {
  countsTrades,
  isPlaceholder,
  isWithoutTrades,
  openTimeOf,
  volumeOf,
} from "../rows/row-meaning.ts";

/** What a row of a live stream turned out to be. Its bar has the times of the grid. */
export type Reading =
  | { readonly kind: "bar"; readonly bar: Bar }
  /** Nothing traded in its interval, so far. */
  | { readonly kind: "no-trade"; readonly bar: Bar }
  /** It says nothing: numbers that stand for none. */
  | { readonly kind: "placeholder"; readonly bar: Bar }
  | {
      readonly kind: "unsound";
      readonly bar: Bar;
      readonly fault: RejectionEvent["fault"];
      readonly reason: string;
    };

/** Turns a gateway's rows into bars of one series. */
export class LiveBarReader {
  readonly #series: Series;
  readonly #grid: BarGrid;
  /** Whether a row without a single trade means that there is no bar: an index has no trades. */
  readonly #countsTrades: boolean;

  constructor(series: Series, grid: BarGrid, contract: IbContract) {
    this.#series = series;
    this.#grid = grid;
    this.#countsTrades = countsTrades(series, contract.secType);
  }

  read(row: IbBar): Reading {
    const { open, high, low, close } = row;
    const openTime = openTimeOf(row.time, this.#grid) ?? Number.NaN;
    const isOnGrid = this.#grid.opensAt(openTime);
    const closeTime = isOnGrid ? this.#grid.closeOf(openTime) : openTime + this.#grid.size.ms;
    const volume = volumeOf(row, this.#countsTrades);
    const bar = { openTime, closeTime, open, high, low, close, volume };
    if (Number.isNaN(openTime)) {
      return unsound(bar, "time-not-integer", `its time "${row.time}" cannot be read`);
    }
    if (!isOnGrid) {
      const { calendar, size } = this.#grid;
      return unsound(bar, "off-grid", `no ${size.label} bar of ${calendar.name} has its times`);
    }
    if (this.#countsTrades && isWithoutTrades(row, true)) return { kind: "no-trade", bar };
    if (isPlaceholder(row)) return { kind: "placeholder", bar };
    const fault = barFault(bar, this.#series.instrument.allowsNegativePrice);
    return fault === undefined
      ? { kind: "bar", bar }
      : unsound(bar, fault, describeBarFault(fault));
  }
}

function unsound(bar: Bar, fault: RejectionEvent["fault"], reason: string): Reading {
  return { kind: "unsound", bar, fault, reason };
}
