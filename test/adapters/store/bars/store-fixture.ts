import { readFileSync } from "node:fs";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { instant, MINUTE_MS } from "../../../../core/time/instant.ts";
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
