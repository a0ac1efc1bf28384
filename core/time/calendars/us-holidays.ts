import { type DayNumber, dayNumber, weekday, weekdayOnOrAfter } from "../instant.ts";

/** A holiday by year; undefined in the years that do not have it. */
export type HolidayRule = (year: number) => DayNumber | undefined;

const MONDAY = 1;
const THURSDAY = 4;
const SATURDAY = 6;
const SUNDAY = 7;

/** A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. */
function nearestWeekday(day: DayNumber): DayNumber {
  if (weekday(day) === SATURDAY) return day - 1;
  return weekday(day) === SUNDAY ? day + 1 : day;
}

/** Kept on the Monday when it falls on a Sunday, and not kept at all on a Saturday. */
export const newYearsDay: HolidayRule = (year) => {
  const day = dayNumber(year, 1, 1);
  return weekday(day) === SUNDAY ? day + 1 : day;
};

/** Third Monday of January, which the exchanges keep since 1998. */
export const martinLutherKingDay: HolidayRule = (year) =>
  year < 1998 ? undefined : weekdayOnOrAfter(dayNumber(year, 1, 15), MONDAY);

/** Third Monday of February. */
export const presidentsDay: HolidayRule = (year) =>
  weekdayOnOrAfter(dayNumber(year, 2, 15), MONDAY);

/**
 * Two days before Easter.
 *
 * Source: the Anonymous Gregorian computus as J. Meeus gives it in "Astronomical Algorithms"
 * (1991).
 */
export const goodFriday = (year: number): DayNumber => {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const moonCorrection = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - moonCorrection + 15) % 30;
  const toSunday =
    (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const daysAfterMarch21 = epact + toSunday - 7 * late + 1;
  return dayNumber(year, 3, 21) + daysAfterMarch21 - 2;
};

/** Last Monday of May. */
export const memorialDay: HolidayRule = (year) => weekdayOnOrAfter(dayNumber(year, 5, 25), MONDAY);

/** June 19, which the exchanges keep since 2022. */
export const juneteenth: HolidayRule = (year) =>
  year < 2022 ? undefined : nearestWeekday(dayNumber(year, 6, 19));

/** July 4. */
export const independenceDay: HolidayRule = (year) => nearestWeekday(dayNumber(year, 7, 4));

/** First Monday of September. */
export const laborDay: HolidayRule = (year) => weekdayOnOrAfter(dayNumber(year, 9, 1), MONDAY);

/** Fourth Thursday of November. */
export const thanksgiving = (year: number): DayNumber =>
  weekdayOnOrAfter(dayNumber(year, 11, 22), THURSDAY);

/** The day after Thanksgiving. */
export const blackFriday = (year: number): DayNumber => thanksgiving(year) + 1;

/** December 25. */
export const christmas: HolidayRule = (year) => nearestWeekday(dayNumber(year, 12, 25));

/** December 24 from Monday to Thursday; on a Friday it is Christmas Day that is kept. */
export const christmasEve: HolidayRule = (year) => {
  const day = dayNumber(year, 12, 24);
  return weekday(day) <= THURSDAY ? day : undefined;
};

/** The days of some rules in the years from one to another, both included. */
export function holidays(
  rules: readonly HolidayRule[],
  fromYear: number,
  toYear: number,
): readonly DayNumber[] {
  const days: DayNumber[] = [];
  for (let year = fromYear; year <= toYear; year += 1) {
    for (const rule of rules) {
      const day = rule(year);
      if (day !== undefined) days.push(day);
    }
  }
  return days;
}
