import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import {
  calendarOfKnown,
  isOutdated,
  knownCalendar,
  readKnownCalendar,
  writeKnownCalendar,
} from "../../../core/journal/known-calendar.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { DAY_MS, instant } from "../../../core/time/instant.ts";
import { calendarOfSessions } from "../../../core/time/trading-calendar.ts";
import { UTC } from "../../../core/time/zone.ts";
import { knownCalendars } from "./some-records.ts";

const NEW_YORK = calendarByName("XNYS");
const NOW = instant("2024-03-04T15:00:00Z");

// Goal: a run that is played again sees the sessions that were known then, as far as it can ask.
describe("a known calendar", () => {
  it("says of the days around an instant what the calendar said", () => {
    const known = knownCalendar(NEW_YORK, NOW);
    const kept = calendarOfKnown(known, NEW_YORK.zone);
    expect([kept.name, known.zone]).toEqual(["XNYS", "America/New_York"]);
    expect(kept.lastDay - kept.firstDay).toBeGreaterThan(1_000);
    for (let day = kept.firstDay; day <= kept.lastDay; day += 1) {
      expect(kept.sessionOn(day)).toEqual(NEW_YORK.sessionOn(day));
    }
    const size = barSize("15m");
    const range = { from: NOW - 30 * DAY_MS, to: NOW + 30 * DAY_MS };
    expect([...new BarGrid(kept, size).slots(range)]).toEqual([
      ...new BarGrid(NEW_YORK, size).slots(range),
    ]);
  });

  it("knows no day that its calendar does not", () => {
    const days = [0, 3].map((after) => Math.floor(NOW / DAY_MS) + after);
    const short = calendarOfSessions(
      "SHORT",
      UTC,
      days.map((day) => ({ day, segments: [{ from: day * DAY_MS, to: (day + 1) * DAY_MS }] })),
    );
    const { firstDay, lastDay, sessions } = knownCalendar(short, NOW);
    expect([firstDay, lastDay, sessions.length]).toEqual([days[0], days[1], 2]);
    expect(isOutdated(knownCalendar(short, NOW), short, NOW + 3 * DAY_MS)).toBe(false);
  });

  it("is outdated once much less of the future is kept than there was", () => {
    const known = knownCalendar(NEW_YORK, NOW);
    expect(isOutdated(known, NEW_YORK, NOW)).toBe(false);
    expect(isOutdated(known, NEW_YORK, NOW + 499 * DAY_MS)).toBe(false);
    expect(isOutdated(known, NEW_YORK, NOW + 501 * DAY_MS)).toBe(true);
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(knownCalendars, (known) => {
        const to = new ByteWriter();
        writeKnownCalendar(to, known);
        const from = new ByteReader(to.bytes);
        expect(readKnownCalendar(from)).toEqual(known);
        from.end();
      }),
    );
  });
});
