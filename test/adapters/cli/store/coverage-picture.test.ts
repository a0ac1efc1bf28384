// Goal: the picture of a series over time is full only where nothing is missing, empty only where
// all is, as wide as its months allow, and blank where the exchange was closed.
import { describe, expect, it } from "vitest";
import { coveragePicture } from "../../../../adapters/cli/store/coverage-picture.ts";
import { bytesText } from "../../../../adapters/cli/store/instant-text.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { HOUR_MS, instant } from "../../../../core/time/instant.ts";
import { calendarOfSessions } from "../../../../core/time/trading-calendar.ts";
import { UTC } from "../../../../core/time/zone.ts";

const HOURS = new BarGrid(calendarByName("24/7"), barSize("1h"));

function range(from: string, to: string) {
  return { from: instant(`${from}T00:00:00Z`), to: instant(`${to}T00:00:00Z`) };
}

describe("the picture of a series over time", () => {
  it("shows how much of each month there is", () => {
    const span = range("2023-11-15", "2024-03-10");
    const picture = coveragePicture(HOURS, span, [
      { from: span.from + HOUR_MS, to: span.from + 2 * HOUR_MS },
      range("2024-01-01", "2024-02-15"),
      // Told twice it is missing once.
      range("2024-01-10", "2024-01-20"),
    ]);
    expect(picture).toEqual({ signs: "▇█▁▅█", unit: "month", from: "2023-11", to: "2024-03" });
  });

  it("takes several months together where they are many", () => {
    const span = range("2015-01-01", "2024-12-31");
    const { signs, unit } = coveragePicture(HOURS, span, [range("2015-01-01", "2015-03-01")]);
    expect(unit).toBe("2 months");
    expect(signs).toBe(`▁${"█".repeat(59)}`);
  });

  it("is blank where there are no slots", () => {
    const days = [instant("2024-01-05T00:00:00Z"), instant("2024-03-05T00:00:00Z")];
    const sessions = days.map((from) => ({
      day: from / (24 * HOUR_MS),
      segments: [{ from, to: from + 2 * HOUR_MS }],
    }));
    const grid = new BarGrid(calendarOfSessions("two days", UTC, sessions), barSize("1h"));
    const span = range("2024-01-05", "2024-03-06");
    expect(coveragePicture(grid, span, []).signs).toBe("█ █");
  });
});

describe("bytes for people", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 KB"],
    [32_512, "32.5 KB"],
    [178_400, "178 KB"],
    [999_600, "1.0 MB"],
    [5_100_000_000, "5.1 GB"],
  ])("%i are %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });
});
