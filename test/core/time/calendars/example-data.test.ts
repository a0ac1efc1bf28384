// Goal: the real bars that ship with the project fill their calendars: none off the grid, none
// missing.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { formatDay, instant, parseDay } from "../../../../core/time/instant.ts";

function firstColumn(file: string): string[] {
  const path = new URL(`../../../../examples/data/${file}`, import.meta.url);
  const lines = readFileSync(path, "utf8").trim().split("\n").slice(1);
  return lines.map((line) => line.slice(0, line.indexOf(",")));
}

test.each([
  ["cffex-if-1m.csv", "1m", 48_000],
  ["cffex-if-15m.csv", "15m", 3_200],
])("%s is every %s slot of CFFEX from its first bar to its last", (file, size, rows) => {
  const opens = firstColumn(file).map(instant);
  const grid = new BarGrid(calendarByName("CFFEX"), barSize(size));
  const range = { from: opens[0]!, to: opens.at(-1)! + 1 };
  const slots = Array.from(grid.slots(range), ({ openTime }) => openTime);
  expect(opens).toHaveLength(rows);
  expect(opens).toEqual(slots);
});

test("sp500-daily.csv is every session of XNYS from its first day to its last", () => {
  const days = firstColumn("sp500-daily.csv").map((text) => parseDay(text)!);
  const xnys = calendarByName("XNYS");
  const sessions: number[] = [];
  for (let day = days[0]!; day <= days.at(-1)!; day += 1) {
    if (xnys.sessionOn(day) !== undefined) sessions.push(day);
  }
  expect(days.map(formatDay)).toEqual(sessions.map(formatDay));
});
