// Goal: a calendar is made of all that the gateway tells, says what it is made of, and stays new.
import { describe, expect, it } from "vitest";
import {
  CalendarKeeper,
  type KeeperOutcome,
} from "../../../../adapters/ib/contracts/calendar-keeper.ts";
import {
  type CalendarResult,
  fetchCalendar,
} from "../../../../adapters/ib/contracts/fetch-calendar.ts";
import { parseHoursText } from "../../../../adapters/ib/contracts/hours-text.ts";
import { ReportedCalendar } from "../../../../adapters/ib/contracts/reported-calendar.ts";
import type { IbContractDetails } from "../../../../adapters/ib/port/ib-contract.ts";
import { formatDay, HOUR_MS, instant } from "../../../../core/time/instant.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { NEW_YORK } from "../../../../core/time/zone.ts";
import { ScriptedIbLink } from "../../../support/scripted-ib-link.ts";
import { detailsOf } from "./details.ts";

const SESSIONS = [
  { start: "20240301-09:30:00", end: "20240301-16:00:00", day: "20240301" },
  { start: "20240304-09:30:00", end: "20240304-13:00:00", day: "20240304" },
];

const onLink = (): ScriptedIbLink => {
  return new ScriptedIbLink(new VirtualTime(instant("2024-03-05T15:00:00Z")));
};

function fetched(
  link: ScriptedIbLink,
  details: IbContractDetails = detailsOf(),
  { scope = "regular" as "regular" | "all", days = 60 } = {},
): CalendarResult {
  const results: CalendarResult[] = [];
  const time = link.clock as VirtualTime;
  fetchCalendar(link, details, { scope, days }, (result) => results.push(result));
  while (results.length === 0 && time.step());
  while (time.step());
  expect(results).toHaveLength(1);
  return results[0]!;
}

describe("fetchCalendar", () => {
  it("makes a calendar of the schedule and of the hours of the next days", () => {
    const link = onLink();
    link.script = (asked) => asked.schedule("US/Eastern", SESSIONS);
    const result = fetched(link);
    expect(result).toMatchObject({
      kind: "calendar",
      from: "schedule",
      note: "2024-03-01 to 2024-03-06 are reported",
    });
    if (result.kind !== "calendar") return;
    expect(result.calendar.zone).toBe(NEW_YORK);
    expect(result.calendar.isOpen(instant("2024-03-04T18:30:00Z"))).toBe(false);
    expect(result.calendar.isOpen(instant("2024-03-06T18:30:00Z"))).toBe(true);
    expect(link.last.question).toMatchObject({
      kind: "schedule",
      end: "",
      duration: "60 D",
      useRegularHours: true,
    });
  });

  it("asks for years where days are too many, and for all hours where they are wanted", () => {
    const link = onLink();
    link.script = (asked) => asked.schedule("US/Eastern", SESSIONS);
    const result = fetched(link, detailsOf(), { scope: "all", days: 400 });
    expect(link.last.question).toMatchObject({ duration: "2 Y", useRegularHours: false });
    if (result.kind !== "calendar") throw new Error("there is a calendar");
    expect(result.calendar.isOpen(instant("2024-03-06T23:30:00Z"))).toBe(true);
  });

  it("makes do with the hours in words where there is no schedule, and says so", () => {
    for (const ibCode of [162, 10295, 321]) {
      const link = onLink();
      const message = "no schedule for this contract";
      link.script = (asked) =>
        asked.fail({ code: "invalid-request", message, retry: "never", ibCode });
      const result = fetched(link);
      expect(result).toMatchObject({ kind: "calendar", from: "hours-text" });
      if (result.kind !== "calendar") return;
      expect(result.note).toContain(message);
      expect(result.note).toContain("earlier days are guessed");
      expect(result.calendar.isOpen(instant("2024-02-20T18:30:00Z"))).toBe(true);
    }
  });

  it("does so too when the schedule has no session, or never comes", () => {
    const link = onLink();
    link.script = (asked) => asked.schedule("US/Eastern", []);
    expect(fetched(link)).toMatchObject({ kind: "calendar", from: "hours-text" });
    expect(fetched(onLink())).toMatchObject({ kind: "calendar", from: "hours-text" });
  });

  it("fails while there is no link, and where nothing is known", () => {
    const down = onLink();
    down.goDown();
    expect(fetched(down)).toMatchObject({ kind: "failed", fault: { code: "disconnected" } });
    const link = onLink();
    link.script = (asked) => asked.schedule("Mars/Olympus", SESSIONS);
    expect(fetched(link)).toMatchObject({ kind: "failed", fault: { code: "unknown-zone" } });
    const empty = onLink();
    empty.script = (asked) => asked.schedule("US/Eastern", []);
    expect(fetched(empty, detailsOf({}, { liquidHours: "" }))).toMatchObject({
      kind: "failed",
      fault: { code: "no-sessions", retry: "never" },
    });
  });

  it("names what it did not understand", () => {
    const link = onLink();
    link.script = (asked) => asked.schedule("US/Eastern", SESSIONS);
    const odd = detailsOf({}, { liquidHours: "20240305:0930-20240305:1600;soon" });
    expect(fetched(link, odd)).toMatchObject({ note: expect.stringContaining("soon") });
    const lost = detailsOf({}, { timeZoneId: "Mars/Olympus" });
    expect(fetched(link, lost)).toMatchObject({ note: expect.stringContaining("Mars/Olympus") });
  });
});

describe("CalendarKeeper", () => {
  const keep = (link: ScriptedIbLink) => {
    const hours = parseHoursText("20240304:0930-1600;20240305:0930-1600", NEW_YORK);
    const calendar = new ReportedCalendar("US", NEW_YORK, hours, "hours-text");
    const outcomes: KeeperOutcome[] = [];
    const keeper = new CalendarKeeper({
      link,
      contract: detailsOf().contract,
      calendar,
      scope: "regular",
      heard: (outcome) => outcomes.push(outcome),
    });
    return { calendar, outcomes, keeper };
  };

  it("asks every twelve hours and whenever the link is back, and the calendar learns", () => {
    const link = onLink();
    const time = link.clock as VirtualTime;
    link.script = (asked) => asked.contracts(detailsOf());
    const { calendar, outcomes } = keep(link);
    time.advanceTo(time.now() + 12 * HOUR_MS - 1);
    expect(link.asked).toHaveLength(0);
    time.advanceTo(time.now() + 60_000);
    expect(outcomes).toEqual([{ kind: "learned", knownTo: calendar.knownTo }]);
    expect(formatDay(calendar.knownTo)).toBe("2024-03-06");
    link.goDown();
    link.goUp();
    time.advanceTo(time.now() + 60_000);
    expect(outcomes).toHaveLength(2);
    expect(link.last.question).toMatchObject({ contract: { conId: 265_598, symbol: "" } });
  });

  it("tells what it did not learn, and goes on", () => {
    const link = onLink();
    const time = link.clock as VirtualTime;
    link.script = (asked, index) => {
      if (index === 0) asked.contracts(detailsOf({}, { liquidHours: "" }));
      else asked.fail({ code: "invalid-request", message: "no", retry: "never" });
    };
    const { calendar, outcomes } = keep(link);
    time.advanceTo(time.now() + 25 * HOUR_MS);
    expect(outcomes).toMatchObject([
      { kind: "failed", fault: { code: "no-sessions" } },
      { kind: "failed", fault: { code: "invalid-request" } },
    ]);
    expect(formatDay(calendar.knownTo)).toBe("2024-03-05");
  });

  it("leaves nothing behind when it is closed", () => {
    const link = onLink();
    const time = link.clock as VirtualTime;
    const { keeper, outcomes } = keep(link);
    link.goUp();
    time.advanceTo(time.now() + 5_000);
    keeper.close();
    keeper.close();
    expect(link.listeners).toBe(0);
    expect(time.nextAt).toBeUndefined();
    expect(outcomes).toEqual([]);
  });
});
