import { fail } from "../failure.ts";
import type { TradingCalendar } from "../trading-calendar.ts";
import { cffex } from "./cffex.ts";
import { cmes } from "./cmes.ts";
import { crypto } from "./crypto.ts";
import { forex } from "./forex.ts";
import { xnys, xnysExtended } from "./xnys.ts";
import { xshe, xshg } from "./xshg.ts";

const MAKERS: ReadonlyMap<string, () => TradingCalendar> = new Map([
  ["XNYS", xnys],
  ["XNYS-EXTENDED", xnysExtended],
  ["CMES", cmes],
  ["XSHG", xshg],
  ["XSHE", xshe],
  ["CFFEX", cffex],
  ["FX", forex],
  ["24/7", crypto],
]);
const made = new Map<string, TradingCalendar>();

/** The names that `calendarByName` knows. */
export const calendarNames: readonly string[] = [...MAKERS.keys()];

/**
 * A calendar of the catalog, in whatever case its name is written. The same name gives the same
 * object. Throws `unknown-calendar` for any other name.
 */
export function calendarByName(name: string): TradingCalendar {
  const known = name.toUpperCase();
  const make =
    MAKERS.get(known) ??
    fail("unknown-calendar", `there is no calendar "${name}"`, {
      cure: `use one of ${calendarNames.join(", ")}`,
    });
  const calendar = made.get(known) ?? make();
  made.set(known, calendar);
  return calendar;
}
