import { describe, expect, it } from "vitest";
import { downloadFaults } from "../../../../adapters/cli/store/download-faults.ts";
import { requireOnGrid } from "../../../../adapters/cli/store/matching-calendar.ts";
import { storedContract } from "../../../../adapters/cli/store/stored-contract.ts";
import { ReportedCalendar } from "../../../../adapters/ib/contracts/reported-calendar.ts";
import type { IbLink } from "../../../../adapters/ib/session/ib-link.ts";
import { reportedSessions } from "../../../../adapters/kept/reported-sessions.ts";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import type { StoredCalendar } from "../../../../adapters/store/bars/stored-calendar.ts";
import type { FeedFault } from "../../../../core/feed/bar-source.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { series } from "../../../../core/market/series.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { formatDay, HOUR_MS, instant, utcDay } from "../../../../core/time/instant.ts";
import type { Session } from "../../../../core/time/trading-calendar.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";

// Goal: the parts of a download that decide: which contract a stored series is, what a fault means,
// which sessions are stored with bars, and whether bars of another calendar may stay.

describe("storedContract", () => {
  const at = (exchange: string) =>
    series(instrument("SPY", { exchange, currency: "EUR" }), barSize("15m"));

  it("takes the exchange of a stock for that of its listing", () => {
    expect(storedContract(at("ARCA"), {})).toEqual({
      symbol: "SPY",
      currency: "EUR",
      primaryExchange: "ARCA",
    });
  });

  it("takes that of anything else for where it is traded", () => {
    const config = { contract: { secType: "FUT", lastTradeDate: "202403" } } as const;
    expect(storedContract(at("CFFEX"), config)).toEqual({
      symbol: "SPY",
      currency: "EUR",
      exchange: "CFFEX",
      secType: "FUT",
      lastTradeDate: "202403",
    });
  });

  it.each(["SMART", ""])("does not look for a listing at %j", (exchange) => {
    expect(storedContract(at(exchange), {})).toEqual({ symbol: "SPY", currency: "EUR" });
  });

  it("lets what it is told go first, but not another symbol", () => {
    const config = { contract: { symbol: "QQQ", exchange: "IEX", multiplier: 10 } };
    expect(storedContract(at("ARCA"), config)).toEqual({
      symbol: "SPY",
      currency: "EUR",
      primaryExchange: "ARCA",
      exchange: "IEX",
      multiplier: "10",
    });
  });

  it("says nothing beside a number that names it", () => {
    expect(storedContract(at("ARCA"), { contract: { conId: 7, symbol: "QQQ" } })).toEqual({
      conId: 7,
    });
  });
});

describe("downloadFaults", () => {
  const fault = (code: string, retry: FeedFault["retry"] = "later"): FeedFault => ({
    code,
    message: "",
    retry,
  });
  const meaning = (state: IbLink["state"], ...farms: readonly string[]) =>
    downloadFaults({ state, brokenFarms: new Set(farms) } as unknown as IbLink);

  it.each(["disconnected", "not-yet", "pacing-violation", "competing-session"])(
    "waits for %s",
    (code) => {
      expect(meaning("up").isWaitedFor(fault(code))).toBe(true);
    },
  );

  it.each(["no-data-yet", "history-failed"])("waits for %s while the gateway ails", (code) => {
    expect(meaning("up", "ushmds").isWaitedFor(fault(code))).toBe(true);
    expect(meaning("suspended").isWaitedFor(fault(code))).toBe(true);
    expect(meaning("up").isWaitedFor(fault(code))).toBe(false);
  });

  it("waits for nothing that another try may mend", () => {
    expect(meaning("suspended").isWaitedFor(fault("timeout", "soon"))).toBe(false);
  });

  it("tells what is about some bars from what is about all of them", () => {
    const { isAboutBars } = meaning("up");
    const about = ["bad-rows", "contradiction", "no-data-yet"];
    expect(about.every((code) => isAboutBars(fault(code)))).toBe(true);
    const others = ["no-permission", "timeout", "history-failed", "out-of-reach"];
    expect(others.some((code) => isAboutBars(fault(code)))).toBe(false);
  });
});

/** The regular hours of New York on weekdays, as if there were no holidays. */
const hours = (day: number): Session => {
  const from = day * 24 * HOUR_MS + 14.5 * HOUR_MS;
  return { day, segments: [{ from, to: from + 6.5 * HOUR_MS }] };
};
const MONDAY = utcDay(instant("2024-01-08T00:00:00Z"));
const week = (monday: number): Session[] => [0, 1, 2, 3, 4].map((each) => hours(monday + each));
const ny = calendarByName("XNYS").zone;
const reported = (first: number): ReportedCalendar => {
  const sessions = [...week(first), ...week(first + 7)];
  return new ReportedCalendar("SPY at SMART", ny, { sessions, closed: [] }, "schedule");
};

describe("reportedSessions", () => {
  const days = ({ sessions }: StoredCalendar): string[] =>
    sessions!.map(({ day }) => formatDay(day));
  const range = (from: number, to: number) => ({
    from: from * 24 * HOUR_MS,
    to: to * 24 * HOUR_MS,
  });

  it("has every session from before a range to behind it, and all that are known", () => {
    const told = reportedSessions(reported(MONDAY), range(MONDAY + 2, MONDAY + 3), undefined);
    expect(told).toMatchObject({ name: "SPY at SMART", alignment: "clock", zone: ny.name });
    expect(days(told)[0]).toBe("2024-01-08");
    expect(days(told).at(-1)).toBe("2024-01-19");
    expect(told.sessions).toHaveLength(10);
  });

  it("guesses what is neither reported nor stored", () => {
    const told = reportedSessions(reported(MONDAY), range(MONDAY - 14, MONDAY), undefined);
    expect(told.sessions).toHaveLength(10 + 10 + 2);
  });

  it("remembers what was stored of days that are not reported any more", () => {
    // The second day was a holiday, which no week tells of.
    const sessions = week(MONDAY - 7).filter((_, index) => index !== 1);
    const before = { name: "SPY at SMART", zone: ny.name, alignment: "clock", sessions } as const;
    const told = reportedSessions(reported(MONDAY), range(MONDAY - 7, MONDAY), before);
    expect(days(told)).not.toContain("2024-01-02");
    expect(days(told)).toContain("2024-01-03");
    const other = reportedSessions(reported(MONDAY), range(MONDAY - 7, MONDAY), {
      ...before,
      name: "XNYS",
    });
    expect(days(other)).toContain("2024-01-02");
  });
});

describe("requireOnGrid", () => {
  const of = series(instrument("SPY", { exchange: "ARCA" }), barSize("1h"));
  const store = new SimDisk().open();
  const bars = new BarStore(store);
  const calendar: StoredCalendar = { name: "XNYS", zone: ny.name, alignment: "session" };
  const opens = instant("2024-01-08T14:30:00Z");
  const hourly = new BarColumns();
  hourly.append(opens, opens + HOUR_MS, 1, 1, 1, 1, 1);
  store.write((writer) => {
    bars.declare(writer, { series: of, calendar });
    bars.update(writer, of.key, { bars: hourly, source: "csv", receivedAt: 1 });
  });
  const check = (told: StoredCalendar, alignment: "clock" | "session", ignored = false): void => {
    const grid = new BarGrid(reported(MONDAY), of.size, alignment);
    const ranges = ignored ? [{ from: opens, to: opens + 1 }] : [];
    requireOnGrid(bars, bars.find(of.key)!, told, grid, ranges);
  };
  const gateway: StoredCalendar = { name: "SPY at SMART", zone: ny.name, alignment: "clock" };

  it("refuses bars that the gateway would cut elsewhere", () => {
    expect(() => check(gateway, "clock")).toThrow(
      /SPY\.ARCA 1h.*lie on the calendar XNYS, and that of 2024-01-08T14:30:00.000Z has no place/,
    );
  });

  it("lets those stay that lie on both, and on the same calendar any", () => {
    check(gateway, "session");
    check(calendar, "clock");
  });

  it("does not mind what is fetched anew", () => {
    check(gateway, "clock", true);
  });
});
