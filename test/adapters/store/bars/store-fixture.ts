import { readFileSync } from "node:fs";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import type { StoredCalendar } from "../../../../adapters/store/bars/stored-calendar.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { type Series, series } from "../../../../core/market/series.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { instant, MINUTE_MS } from "../../../../core/time/instant.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import { Random } from "../../../../sim/random.ts";

/** Two months of bars of a future on the CSI 300, in minutes, as a vendor gave them. */
export function realBars(): BarColumns {
  const file = new URL("../../../../examples/data/cffex-if-1m.csv", import.meta.url);
  const bars = new BarColumns(50_000);
  for (const line of readFileSync(file, "utf8").trim().split("\n").slice(1)) {
    const [time, open, high, low, close, volume] = line.split(",");
    const openTime = instant(time!);
    const numbers = [open, high, low, close, volume].map(Number);
    const [o = 0, h = 0, l = 0, c = 0, v = 0] = numbers;
    bars.append(openTime, openTime + MINUTE_MS, o, h, l, c, v);
  }
  return bars;
}

const START = instant("2015-01-05T00:00:00Z");

/** Bars of 15 minutes around the clock, in hundredths, with some quiet slots left out. */
export function generatedBars(count: number, seed = 1): BarColumns {
  const random = new Random(seed, "bars");
  const bars = new BarColumns(count);
  let price = 10_000;
  let openTime = START;
  for (let index = 0; index < count; index += 1) {
    const open = price;
    price = Math.max(100, price + random.integer(-40, 40));
    const high = Math.max(open, price) + random.integer(0, 30);
    const low = Math.min(open, price) - random.integer(0, 30);
    const volume = random.integer(0, 60_000);
    const closeTime = openTime + 15 * MINUTE_MS;
    bars.append(openTime, closeTime, open / 100, high / 100, low / 100, price / 100, volume);
    openTime = random.chance(0.02) ? closeTime + 15 * MINUTE_MS : closeTime;
  }
  return bars;
}

/** The series of the tests: quarter hours around the clock. */
export const QUARTERS = series(instrument("TEST", { priceIncrement: 0.01 }), barSize("15m"));

/** A calendar of the catalog. */
export const ALWAYS_OPEN: StoredCalendar = { name: "24/7", zone: "UTC", alignment: "session" };

/** A store on a disk of its own that knows the series of the tests. */
export function newStore(): { readonly store: OrderedStore; readonly bars: BarStore } {
  const store = new SimDisk().open();
  const bars = new BarStore(store);
  store.write((writer) => bars.declare(writer, { series: QUARTERS, calendar: ALWAYS_OPEN }));
  return { store, bars };
}

/** Stores bars, and says that those are all from the first to the last. */
export function storeBars(
  { store, bars: at }: { readonly store: OrderedStore; readonly bars: BarStore },
  bars: BarColumns,
  of: Series = QUARTERS,
): void {
  const range = { from: bars.at(0).openTime, to: bars.at(bars.length - 1).closeTime };
  store.write((writer) =>
    at.update(writer, of.key, { bars, source: "csv", receivedAt: 1e12, covered: [range] }),
  );
}

/** The fields of bars, to be compared. */
export function plainBars(bars: Iterable<Bar>): Bar[] {
  return [...bars].map(({ openTime, closeTime, open, high, low, close, volume }) => ({
    openTime,
    closeTime,
    open,
    high,
    low,
    close,
    volume,
  }));
}
