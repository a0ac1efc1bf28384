// Goal: each rule falls where the calendar on the wall has it, in years known for being awkward.
import { expect, test } from "vitest";
import {
  blackFriday,
  christmas,
  christmasEve,
  goodFriday,
  holidays,
  independenceDay,
  juneteenth,
  laborDay,
  martinLutherKingDay,
  memorialDay,
  newYearsDay,
  presidentsDay,
  thanksgiving,
} from "../../../../core/time/calendars/us-holidays.ts";
import { formatDay, weekday } from "../../../../core/time/instant.ts";

const rules = {
  newYearsDay,
  martinLutherKingDay,
  presidentsDay,
  goodFriday,
  memorialDay,
  juneteenth,
  independenceDay,
  laborDay,
  thanksgiving,
  blackFriday,
  christmas,
  christmasEve,
};

test.each([
  ["newYearsDay", 2011, "2011-01-01"],
  ["newYearsDay", 2012, "2012-01-02"],
  ["martinLutherKingDay", 1997, undefined],
  ["martinLutherKingDay", 1998, "1998-01-19"],
  ["presidentsDay", 2024, "2024-02-19"],
  ["goodFriday", 1990, "1990-04-13"],
  ["goodFriday", 2008, "2008-03-21"],
  ["goodFriday", 2011, "2011-04-22"],
  ["goodFriday", 2019, "2019-04-19"],
  ["goodFriday", 2049, "2049-04-16"],
  ["goodFriday", 2076, "2076-04-17"],
  ["memorialDay", 2021, "2021-05-31"],
  ["juneteenth", 2021, undefined],
  ["juneteenth", 2022, "2022-06-20"],
  ["juneteenth", 2027, "2027-06-18"],
  ["independenceDay", 2020, "2020-07-03"],
  ["independenceDay", 2021, "2021-07-05"],
  ["laborDay", 2025, "2025-09-01"],
  ["thanksgiving", 2018, "2018-11-22"],
  ["thanksgiving", 2019, "2019-11-28"],
  ["blackFriday", 2013, "2013-11-29"],
  ["christmas", 2021, "2021-12-24"],
  ["christmas", 2022, "2022-12-26"],
  ["christmasEve", 2021, undefined],
  ["christmasEve", 2022, undefined],
  ["christmasEve", 2024, "2024-12-24"],
] as const)("%s of %d is %s", (rule, year, expected) => {
  const day = rules[rule](year);
  expect(day === undefined ? undefined : formatDay(day)).toBe(expected);
});

test("Good Friday is a Friday from March 20 to April 23 in every year of four centuries", () => {
  for (let year = 1800; year < 2200; year += 1) {
    const day = goodFriday(year);
    expect(weekday(day)).toBe(5);
    expect(formatDay(day) >= `${year}-03-20` && formatDay(day) <= `${year}-04-23`).toBe(true);
  }
});

test("the holidays of some years are those of each rule in turn", () => {
  const days = holidays([martinLutherKingDay, christmas], 1997, 1998);
  expect(days.map(formatDay)).toEqual(["1997-12-25", "1998-01-19", "1998-12-25"]);
});
