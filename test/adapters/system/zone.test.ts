import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { systemZone } from "../../../adapters/system/zone.ts";
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from "../../../core/time/instant.ts";
import { CHICAGO, NEW_YORK, pinnedZone, SHANGHAI, UTC } from "../../../core/time/zone.ts";

// Goal: any IANA zone has its true offset at every instant; no other name is a zone.

const between1976And2037 = fc.integer({
  min: instant("1976-01-02T00:00:00Z"),
  max: instant("2037-12-30T00:00:00Z"),
});

/** The offset by the calendar of Intl itself, which writes out the wall time. */
function offsetByIntl(name: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (at) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
    const { year = 0, month = 1, day, hour, minute, second } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
  };
}

describe("systemZone", () => {
  // Goal: the rules that the core pins are those of the IANA database; aliases reach the latter.
  it.each([
    ["America/New_York", "US/Eastern", NEW_YORK, 1976],
    ["America/Chicago", "US/Central", CHICAGO, 1976],
    ["Asia/Shanghai", "PRC", SHANGHAI, 1987],
    ["UTC", "Etc/UCT", UTC, 1976],
  ])("knows %s as the core does", (name, alias, pinned, year) => {
    expect(systemZone(name)).toBe(pinnedZone(name));
    const zone = systemZone(alias);
    expect(zone.name).toBe(alias);
    fc.assert(
      fc.property(between1976And2037, (at) => {
        fc.pre(at > Date.UTC(year, 0, 2));
        expect(zone.offsetMsAt(at)).toBe(pinned.offsetMsAt(at));
      }),
      { numRuns: 200 },
    );
  });

  it("agrees with the wall time that Intl writes, whatever the order of the questions", () => {
    const names = ["Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"];
    for (const name of names) {
      const zone = systemZone(name);
      const expected = offsetByIntl(name);
      fc.assert(
        fc.property(between1976And2037, fc.integer({ min: -2, max: 2 }), (at, days) => {
          expect(zone.offsetMsAt(at + days * DAY_MS)).toBe(expected(at + days * DAY_MS));
          expect(zone.offsetMsAt(at)).toBe(expected(at));
        }),
        { numRuns: 100 },
      );
    }
  });

  // Goal: the change itself is placed to the millisecond.
  it("changes the offset at the very instant", () => {
    const london = systemZone("Europe/London");
    const spring = instant("2024-03-31T01:00:00Z");
    expect(london.offsetMsAt(spring - 1)).toBe(0);
    expect(london.offsetMsAt(spring)).toBe(HOUR_MS);
    const lordHowe = systemZone("Australia/Lord_Howe");
    const autumn = instant("2024-04-06T15:00:00Z");
    expect(lordHowe.offsetMsAt(autumn - 1) - lordHowe.offsetMsAt(autumn)).toBe(30 * MINUTE_MS);
  });

  it("gives one object for one name", () => {
    expect(systemZone("Europe/Berlin")).toBe(systemZone("Europe/Berlin"));
  });

  // Goal: a name that is no zone is refused with a cure, never taken for UTC.
  it.each(["", "Mars/Olympus", "+08:00", "-05", "America/New York", "Europe"])(
    "refuses %j",
    (name) => {
      expect(() => systemZone(name)).toThrow(
        `"${name}" is not a time zone; write an IANA name such as Europe/London`,
      );
    },
  );
});
