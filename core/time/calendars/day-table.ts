import { fail } from "../failure.ts";
import { type DayNumber, parseDay } from "../instant.ts";

const ITEM_PATTERN = /^(\d{2}-\d{2})(?:\.\.((?:\d{2}-)?\d{2}))?$/;

/**
 * Reads days written a year to a line, ranges inclusive at both ends:
 *
 *     2001: 01-01 09-11..14 12-24..26
 *     2002: 01-01 09-30..10-07
 *
 * Blank lines mean nothing. Returns the days in the order written; throws on anything unreadable,
 * a day that does not exist included.
 */
export function parseDayTable(table: string): readonly DayNumber[] {
  const days: DayNumber[] = [];
  for (const line of table.split("\n")) {
    const text = line.trim();
    if (text === "") continue;
    const [head = "", ...items] = text.split(/\s+/);
    const year = /^(\d{4}):$/.exec(head)?.[1] ?? unreadable(head, text);
    for (const item of items) {
      const match = ITEM_PATTERN.exec(item) ?? unreadable(item, text);
      const from = match[1]!;
      const to = match[2] ?? from;
      const first = parseDay(`${year}-${from}`) ?? unreadable(item, text);
      const last =
        parseDay(`${year}-${to.length === 2 ? from.slice(0, 3) : ""}${to}`) ??
        unreadable(item, text);
      if (last < first) unreadable(item, text);
      for (let day = first; day <= last; day += 1) days.push(day);
    }
  }
  return days;
}

function unreadable(item: string, line: string): never {
  return fail("invalid-calendar", `"${item}" cannot be read as a day or a range of days`, {
    where: `line "${line}"`,
    cure: 'write a line as "2001: 01-01 09-11..14 09-30..10-07"',
  });
}
