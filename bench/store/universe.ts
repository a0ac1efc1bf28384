import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import type { StoredCalendar } from "../../adapters/store/bars/stored-calendar.ts";
import { openLmdbStore } from "../../adapters/store/lmdb/open-lmdb-store.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import { instrument } from "../../core/market/instrument.ts";
import { type Series, series } from "../../core/market/series.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { instant } from "../../core/time/instant.ts";

const SIZE = barSize("15m");
const FROM = instant("2014-01-01T00:00:00Z");
const TO = instant("2024-01-01T00:00:00Z");
const CALENDAR: StoredCalendar = {
  name: "XNYS",
  zone: "America/New_York",
  alignment: "session",
};

/** The series of an instrument of the universe. */
export function universeSeries(number: number): Series {
  const symbol = `STOCK${String(number).padStart(3, "0")}`;
  return series(instrument(symbol, { exchange: "XNYS", priceIncrement: 0.01 }), SIZE);
}

/** Slots of ten years, one after another: what all instruments have in common. */
function tenYears(): { readonly openTime: Float64Array; readonly closeTime: Float64Array } {
  const grid = new BarGrid(calendarByName(CALENDAR.name), SIZE);
  const slots = [...grid.slots({ from: FROM, to: TO })];
  return {
    openTime: Float64Array.from(slots, (slot) => slot.openTime),
    closeTime: Float64Array.from(slots, (slot) => slot.closeTime),
  };
}

/** Bars whose price wanders by hundredths, from a generator of our own: always the same. */
export function wanderingBars(
  number: number,
  openTime: Float64Array,
  closeTime: Float64Array,
): BarColumns {
  const bars = new BarColumns(openTime.length);
  let state = 42 + number;
  const draw = (bound: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % bound;
  };
  let price = 2_000 + draw(40_000);
  for (let index = 0; index < openTime.length; index += 1) {
    const open = price;
    price = Math.max(200, price + draw(101) - 50);
    const high = (Math.max(open, price) + draw(40)) / 100;
    const low = (Math.min(open, price) - draw(40)) / 100;
    const volume = draw(400_000) + draw(100) * 1_000;
    bars.append(openTime[index]!, closeTime[index]!, open / 100, high, low, price / 100, volume);
  }
  return bars;
}

/** What writing a universe came to. */
export interface Written {
  readonly bars: number;
  readonly barBytes: number;
  /** Seconds that storing took, making the bars up not counted. */
  readonly seconds: number;
}

/** Stores ten years of bars of 15 minutes of so many instruments, a transaction each. */
export function writeUniverse(directory: string, instruments: number): Written {
  const store = openLmdbStore(directory, { mode: "write" });
  const stored = new BarStore(store);
  const { openTime, closeTime } = tenYears();
  let count = 0;
  let milliseconds = 0;
  for (let number = 0; number < instruments; number += 1) {
    const of = universeSeries(number);
    const bars = wanderingBars(number, openTime, closeTime);
    count += bars.length;
    const begun = performance.now();
    store.write((writer) => {
      stored.declare(writer, { series: of, calendar: CALENDAR });
      const covered = [{ from: FROM, to: TO }];
      stored.update(writer, of.key, { bars, source: "csv", receivedAt: TO, covered });
    });
    milliseconds += performance.now() - begun;
  }
  const barBytes = stored.list().reduce((sum, { bytes }) => sum + bytes, 0);
  store.close();
  return { bars: count, barBytes, seconds: milliseconds / 1e3 };
}

/** What opening a universe came to, in milliseconds. */
export interface Opened {
  readonly open: number;
  readonly list: number;
  readonly series: number;
}

/** Opens a store and lists what it has; in a process that has done nothing before. */
export function openUniverse(directory: string): Opened {
  const begun = performance.now();
  const store = openLmdbStore(directory, { mode: "read" });
  const stored = new BarStore(store);
  const opened = performance.now();
  const list = stored.list();
  const listed = performance.now();
  store.close();
  return { open: opened - begun, list: listed - opened, series: list.length };
}

/** Milliseconds that each of some live bars took to be stored and on the disk. */
export function commitBars(directory: string, count: number): number[] {
  const store = openLmdbStore(directory, { mode: "write" });
  const stored = new BarStore(store);
  const of = universeSeries(0);
  const grid = new BarGrid(calendarByName(CALENDAR.name), SIZE);
  const slots = grid.slots({ from: stored.find(of.key)!.last! + 1, to: Number.MAX_SAFE_INTEGER });
  const taken: number[] = [];
  for (const { openTime, closeTime } of slots) {
    if (taken.length === count) break;
    const times = [Float64Array.of(openTime), Float64Array.of(closeTime)] as const;
    const bars = wanderingBars(taken.length, ...times);
    const begun = performance.now();
    store.write((writer) => {
      const covered = [{ from: openTime, to: closeTime }];
      const update = { bars, source: "live", receivedAt: closeTime + 80, covered };
      stored.update(writer, of.key, update);
    });
    taken.push(performance.now() - begun);
  }
  store.close();
  return taken;
}
