import fc from "fast-check";
import { expect, it } from "vitest";
import { RowReader } from "../../../../adapters/ib/history/row-reader.ts";
import { LiveBarReader } from "../../../../adapters/ib/live/live-bar-reader.ts";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { type PriceType, series } from "../../../../core/market/series.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";

// Goal: history and the live stream take one row for the same bar, or both for none: otherwise the
// seam would report a correction of every bar.

const PRICE_TYPES: readonly PriceType[] = ["trades", "midpoint", "bid", "ask"];
const price = fc.constantFrom(-1, 0, 9, 10, 11, Number.NaN);
const amount = fc.constantFrom(-1, 0, 1, 250);
const row = fc.record({
  time: fc.constantFrom(
    "1709649900",
    "1709649901",
    "20240305-14:45:00",
    "20240305 09:45:00 US/Eastern",
    "20240305  09:45:00",
    "20240305",
    "soon",
  ),
  open: price,
  high: price,
  low: price,
  close: price,
  volume: amount,
  average: amount,
  count: amount,
});

it("reads a row as the same bar, or as none, in history and live", () => {
  const grid = new BarGrid(calendarByName("XNYS"), barSize("15m"));
  const kinds = new Set<string>();
  fc.assert(
    fc.property(
      row,
      fc.constantFrom(...PRICE_TYPES),
      fc.constantFrom("STK", "IND", "CASH"),
      (told, priceType, secType) => {
        const of = series(instrument("TEST"), grid.size, priceType);
        const past = new RowReader(of, grid, secType).read(told);
        const present = new LiveBarReader(of, grid, ibContract({ secType })).read(told);
        kinds.add(past.kind);
        expect(past.kind === "bar" ? past.bar : undefined).toEqual(
          present.kind === "bar" ? present.bar : undefined,
        );
        expect(past.kind === "rejected").toBe(present.kind === "unsound");
      },
    ),
    { numRuns: 3_000 },
  );
  expect([...kinds].sort()).toEqual(["bar", "no-trades", "rejected"]);
});
