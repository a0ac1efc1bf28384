import { describe, expect, it } from "vitest";
import { FollowedCalendar } from "../../../core/time/followed-calendar.ts";
import { dayNumber, instant } from "../../../core/time/instant.ts";
import { calendarOfSessions, TradingCalendar } from "../../../core/time/trading-calendar.ts";
import { UTC } from "../../../core/time/zone.ts";

const DAY = dayNumber(2024, 3, 4);

function open(hours: string): TradingCalendar {
  const [from, to] = hours.split("-").map((hour) => instant(`2024-03-04T${hour}:00:00Z`));
  return calendarOfSessions("HOURS", UTC, [{ day: DAY, segments: [{ from: from!, to: to! }] }]);
}

/** A calendar whose sessions change while it is looked at. */
class Learning extends TradingCalendar {
  #hours = 10;

  constructor() {
    super({
      name: "LEARNING",
      zone: UTC,
      firstDay: DAY,
      lastDay: DAY,
      sessionOn: () => open(`09-${this.#hours}`).sessionOn(DAY),
    });
  }

  learn(): void {
    this.#hours += 1;
    this.sessionsChanged();
  }
}

const hours = (of: TradingCalendar): string =>
  of
    .sessionOn(DAY)!
    .segments.map(({ from, to }) => `${new Date(from).getUTCHours()}-${new Date(to).getUTCHours()}`)
    .join();

// Goal: whoever holds it sees what the calendar says that it follows now, and always notices that
// another one speaks.
describe("a followed calendar", () => {
  it("says what the one says that it follows", () => {
    const first = open("09-12");
    const followed = new FollowedCalendar(first);
    const { name, zone, firstDay, lastDay, version } = followed;
    expect({ name, zone, firstDay, lastDay, version }).toEqual({
      name: "HOURS",
      zone: UTC,
      firstDay: DAY,
      lastDay: DAY,
      version: 0,
    });
    expect(hours(followed)).toBe("9-12");
    followed.turnTo(open("10-11"));
    expect(hours(followed)).toBe("10-11");
    expect(followed.isOpen(instant("2024-03-04T11:30:00Z"))).toBe(false);
    followed.turnTo(first);
    expect(followed.isOpen(instant("2024-03-04T11:30:00Z"))).toBe(true);
  });

  it("has a version that grows with every turn and everything learned, and with nothing else", () => {
    const learning = new Learning();
    learning.learn();
    learning.learn();
    const followed = new FollowedCalendar(open("09-12"));
    const versions = [followed.version];
    const note = (): number => versions.push(followed.version);
    followed.turnTo(learning);
    note();
    expect(hours(followed)).toBe("9-12");
    learning.learn();
    note();
    expect(hours(followed)).toBe("9-13");
    // Back to one whose own version is far less.
    followed.turnTo(open("09-12"));
    note();
    followed.turnTo(learning);
    note();
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    followed.turnTo(learning);
    expect(followed.version).toBe(versions.at(-1));
  });
});
