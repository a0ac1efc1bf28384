// Goal: rows are read for what they say, and a row that says nothing is no bar.
import { describe, expect, it } from "vitest";
import { RowReader } from "../../../../adapters/ib/history/row-reader.ts";
import type { IbBar } from "../../../../adapters/ib/port/ib-event.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { type PriceType, series } from "../../../../core/market/series.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { instant } from "../../../../core/time/instant.ts";

const ROW: IbBar = {
  time: "20240305 09:45:00 US/Eastern",
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 500,
  average: 10.5,
  count: 9,
};
const QUIET = { open: 11, high: 11, low: 11, volume: 0, average: 0, count: 0 };

const read = (
  row: Partial<IbBar>,
  { size = "15m", priceType = "trades" as PriceType, secType = "STK", calendar = "XNYS" } = {},
) => {
  const grid = new BarGrid(calendarByName(calendar), barSize(size));
  const of = series(instrument("TEST"), grid.size, priceType);
  return new RowReader(of, grid, secType).read({ ...ROW, ...row });
};

describe("RowReader", () => {
  it("reads times in every form, and gives the bar its true close", () => {
    const openTime = instant("2024-03-05T14:45:00Z");
    for (const time of [ROW.time, String(openTime / 1_000), "20240305-14:45:00"]) {
      expect(read({ time })).toMatchObject({
        kind: "bar",
        bar: { openTime, closeTime: openTime + 900_000, open: 10, volume: 500 },
      });
    }
  });

  it("takes a day for its session, which can begin the day before", () => {
    expect(read({ time: "20240305" }, { size: "1d" })).toMatchObject({
      kind: "bar",
      bar: {
        openTime: instant("2024-03-05T14:30:00Z"),
        closeTime: instant("2024-03-05T21:00:00Z"),
      },
    });
    expect(read({ time: "20240305" }, { size: "1d", calendar: "CMES" })).toMatchObject({
      bar: { openTime: instant("2024-03-04T23:00:00Z") },
    });
  });

  it("rejects a day that has no session, and a day where a time is due", () => {
    const fault = "off-grid";
    expect(read({ time: "20240303" }, { size: "1d" })).toMatchObject({ kind: "rejected", fault });
    expect(read({ time: "20240305" })).toMatchObject({ kind: "rejected", fault });
  });

  it("takes a row without trades for none, but not where volume says nothing", () => {
    expect(read(QUIET).kind).toBe("no-trades");
    const none = { ...QUIET, volume: -1, count: -1 };
    expect(read(none, { priceType: "adjusted" }).kind).toBe("no-trades");
    // A price that moved did so by something.
    expect(read({ volume: 0, count: 0 })).toMatchObject({ kind: "bar", bar: { volume: 0 } });
    const nothing = { open: -1, high: -1, low: -1, close: -1, volume: -1, count: -1 };
    expect(read(nothing, { priceType: "midpoint" }).kind).toBe("no-trades");
    expect(read(QUIET, { secType: "IND" }).kind).toBe("bar");
    expect(read({ volume: -1, count: -1 }, { priceType: "midpoint" })).toMatchObject({
      kind: "bar",
      bar: { volume: 0 },
    });
  });

  it("names what is wrong with an impossible row", () => {
    expect(read({ close: Number.NaN })).toMatchObject({ fault: "price-not-finite" });
    expect(read({ open: 0, low: 0 })).toMatchObject({ fault: "price-not-positive" });
    expect(read({ high: 8 })).toMatchObject({ fault: "high-below-low" });
    expect(read({ time: "20240305 09:50:00 US/Eastern" })).toMatchObject({
      fault: "off-grid",
      openTime: instant("2024-03-05T14:45:00Z"),
    });
    // Without a zone it could be any hour.
    expect(read({ time: "20240305  09:45:00" })).toMatchObject({ openTime: undefined });
    expect(read({ time: "soon" })).toMatchObject({
      fault: "off-grid",
      openTime: undefined,
      reason: 'its time "soon" cannot be read',
    });
  });
});
