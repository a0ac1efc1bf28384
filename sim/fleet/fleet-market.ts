import { BarColumns } from "../../core/market/bar-columns.ts";
import { instrument } from "../../core/market/instrument.ts";
import { series } from "../../core/market/series.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { DAY_MS } from "../../core/time/instant.ts";
import { generateBars } from "../generate.ts";
import { Random } from "../random.ts";
import { Truth } from "../truth.ts";
import { holds, type Knobs } from "./swarm.ts";

/** Bars before the start beyond those that a warm-up needs. */
const BARS_BEFORE = 30;

/** The market of a run: what really happens, from well before the start to well after the end. */
export function fleetMarket(knobs: Knobs): Truth {
  const { seed, start, end, price } = knobs;
  const grid = new BarGrid(calendarByName(knobs.calendar), barSize(knobs.size), "clock");
  const needed = knobs.strategy === "larger" ? 6 * knobs.slow : knobs.slow;
  const back = grid.slotClosedBy(start)!.closeTime;
  const from = grid.nthBack(back, 3 * needed + BARS_BEFORE)!.openTime;
  const bars = grid.count({ from, to: end + DAY_MS });
  const emptyShare = holds(knobs, "bars-without-trades") ? 0.15 : 0;
  const made = generateBars(grid, { seed, bars, from, emptyShare, price });
  const all = holds(knobs, "halt") ? halted(made, knobs) : made;
  return new Truth(series(instrument("TEST", { exchange: "SIM" }), grid.size), grid, all, seed);
}

/** Without the bars of a while, as when trading was halted. */
function halted(bars: BarColumns, { seed, start }: Knobs): BarColumns {
  const random = new Random(seed, "fleet/halt");
  let first = 0;
  while (bars.openTime[first]! < start) first += 1;
  first += random.integer(-5, 8);
  const last = first + random.integer(0, 12);
  const kept = new BarColumns();
  for (let index = 0; index < bars.length; index += 1) {
    if (index < first || index > last) kept.push(bars.at(index));
  }
  return kept;
}
