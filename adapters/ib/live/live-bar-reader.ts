import type { RejectionEvent } from "../../../core/feed/feed-event.ts";
import { type Bar, barFault, describeBarFault } from "../../../core/market/bar.ts";
import type { Series } from "../../../core/market/series.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { DAY_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbBar } from "../port/ib-event.ts";
import { parseIbTime } from "../port/ib-time.ts";

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
    this.#countsTrades = series.priceType === "trades" && contract.secType !== "IND";
  }

  read(row: IbBar): Reading {
    const { open, high, low, close } = row;
    const openTime = this.#openTime(row.time);
    const isOnGrid = this.#grid.opensAt(openTime);
    const closeTime = isOnGrid ? this.#grid.closeOf(openTime) : openTime + this.#grid.size.ms;
    // Prices of a quote or an index have no volume, whatever number stands in its place.
    const volume = this.#countsTrades ? row.volume : 0;
    const bar = { openTime, closeTime, open, high, low, close, volume };
    if (Number.isNaN(openTime)) {
      return unsound(bar, "time-not-integer", `its time "${row.time}" cannot be read`);
    }
    if (!isOnGrid) {
      const { calendar, size } = this.#grid;
      return unsound(bar, "off-grid", `no ${size.label} bar of ${calendar.name} has its times`);
    }
    if (this.#countsTrades && isWithoutTrades(row)) return { kind: "no-trade", bar };
    if (isPlaceholder(row)) return { kind: "placeholder", bar };
    const fault = barFault(bar, this.#series.instrument.allowsNegativePrice);
    return fault === undefined
      ? { kind: "bar", bar }
      : unsound(bar, fault, describeBarFault(fault));
  }

  /** We ask for epoch seconds; bars of a day are named by the trading day all the same. */
  #openTime(text: string): UnixMs {
    // Text without a clear zone is refused: a guess could shift every bar by hours.
    const time = parseIbTime(text, () => undefined);
    if (time?.kind === "instant") return time.at;
    if (time === undefined || this.#grid.size.ms !== DAY_MS) return Number.NaN;
    return this.#grid.calendar.sessionOn(time.day)?.segments[0]?.from ?? time.day * DAY_MS;
  }
}

/** Neither volume nor count, and a price that did not move: it is the last one repeated. */
function isWithoutTrades({ volume, count, high, low }: IbBar): boolean {
  return volume <= 0 && count <= 0 && high === low;
}

function isPlaceholder({ open, high, low, close, volume, count }: IbBar): boolean {
  if (open !== high || high !== low || low !== close) return false;
  return (open === 0 || open === -1) && volume <= 0 && count <= 0;
}

function unsound(bar: Bar, fault: RejectionEvent["fault"], reason: string): Reading {
  return { kind: "unsound", bar, fault, reason };
}
