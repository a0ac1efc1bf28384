import { readFileSync } from "node:fs";
import { assert as holds, integer, option, property } from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Heartbeat } from "../../../adapters/cli/ib/heartbeat.ts";
import { endingOf } from "../../../adapters/cli/ib/live-ending.ts";
import { LiveFigures } from "../../../adapters/cli/ib/live-figures.ts";
import { AccountMask, maskedAccount } from "../../../adapters/cli/ib/masked.ts";
import { openLog } from "../../../adapters/cli/ib/open-log.ts";
import { parseDuration } from "../../../adapters/cli/terminal/option-values.ts";
import { Talk } from "../../../adapters/cli/terminal/talk.ts";
import { NO_REQUEST } from "../../../adapters/ib/port/ib-event.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { workFolder } from "./barline.ts";

// Goal: the parts of a live run that tell of it or end it do so exactly: no account in clear, an
// end at a bar's close, a heartbeat when it is due.

const file = workFolder();
afterEach(() => vi.restoreAllMocks());

describe("an account", () => {
  it.each([
    ["DU1234567", "DU***567"],
    ["U7654321", "U***321"],
    ["DFP12", "DFP***"],
    ["", "***"],
  ])("%s is told as %s", (account, masked) => {
    expect(maskedAccount(account)).toBe(masked);
  });

  it("is hidden wherever it stands, known or only looking like one", () => {
    const mask = new AccountMask();
    mask.learn(["JOINT42", ""]);
    const text =
      'no orders for U1234567, "DU7654321" or JOINT42; ESH4 and 20240305 are no accounts';
    expect(mask.hide(text)).toBe(
      'no orders for U***567, "DU***321" or JOI***; ESH4 and 20240305 are no accounts',
    );
  });

  it("is in no log", () => {
    const path = file("masked.log");
    const mask = new AccountMask();
    const log = openLog({ level: "info", file: path, hide: mask.hide });
    log.records.info({ event: "notice", requestId: NO_REQUEST, message: "account DU1234567" });
    log.records.debug({ event: "request" });
    log.close();
    log.records.info({ event: "too late" });
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        event: "notice",
        requestId: NO_REQUEST,
        message: "account DU***567",
      },
    ]);
  });
});

describe("a duration", () => {
  it.each([
    ["500ms", 500],
    ["3s", 3_000],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
    ["0s", 0],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "3", "s", "-1s", "3 s", "1e3s"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("the end of a run", () => {
  const grid = new BarGrid(calendarByName("CFFEX"), barSize("15m"));
  const first = instant("2024-03-04T00:00:00Z");

  it("is the close of a bar that lies ahead, and never later than asked", () => {
    holds(
      property(
        integer({ min: 0, max: 4 * 24 * 60 }),
        option(integer({ min: 1, max: 3 * 24 * 60 }), { nil: undefined }),
        option(integer({ min: 1, max: 40 }), { nil: undefined }),
        (startMinutes, afterMinutes, bars) => {
          const present = first + startMinutes * MINUTE_MS;
          const after = afterMinutes === undefined ? undefined : afterMinutes * MINUTE_MS;
          const ending = endingOf(
            {
              ...(after === undefined ? {} : { until: { kind: "after", ms: after } }),
              ...(bars === undefined ? {} : { bars }),
            },
            grid,
            present,
          );
          if (after === undefined && bars === undefined) {
            expect(ending).toBeUndefined();
            return;
          }
          const { to, by } = ending!;
          expect(by).toBeGreaterThan(present);
          if (to === undefined) {
            expect(grid.slotClosedBy(by)?.closeTime ?? 0).toBeLessThanOrEqual(present);
            return;
          }
          expect(to).toBeGreaterThan(present);
          expect(grid.slotClosedBy(to)!.closeTime).toBe(to);
          if (after !== undefined) expect(to).toBeLessThanOrEqual(present + after);
          const slots = [...grid.slots({ from: first, to })].filter(
            ({ closeTime }) => closeTime > present,
          );
          if (bars !== undefined) expect(slots.length).toBeLessThanOrEqual(bars);
          if (after === undefined) expect(slots).toHaveLength(bars!);
        },
      ),
    );
  });

  it("cannot have been before its beginning", () => {
    const until = { kind: "at", at: first } as const;
    expect(() => endingOf({ until }, grid, first)).toThrow(
      "--until: 2024-03-04T00:00:00.000Z is past",
    );
  });
});

describe("a heartbeat", () => {
  let heartbeats = 0;
  const parts = (isTerminal: boolean, isBusy = () => false) => {
    const written: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const talk = new Talk(false);
    Object.defineProperty(talk, "isTerminal", { value: isTerminal });
    const machine = new VirtualTime(0);
    const market = new VirtualTime(instant("2024-03-05T02:15:03Z"));
    const figures = new LiveFigures();
    const path = file(`heartbeat-${isTerminal}-${heartbeats++}.log`);
    const log = openLog({ level: "info", file: path, hide: (line) => line });
    const skewMs = () => -1_250;
    const heartbeat = new Heartbeat({
      ...{ talk, log: log.records, figures, market, machine, skewMs, isBusy },
    });
    return { written, machine, market, figures, heartbeat, path };
  };

  it("is one line that is redrawn every second on a terminal", () => {
    const { written, machine, market, figures, heartbeat } = parts(true);
    const closeTime = instant("2024-03-05T02:15:00Z");
    const bar = {
      openTime: closeTime - 1,
      closeTime,
      open: 1,
      high: 1,
      low: 1,
      close: 1,
      volume: 0,
    };
    const of = series(instrument("X"), barSize("15m"));
    figures.observer(market, () => {}).bar(1, of, bar, "live", 1);
    figures.tap.sent({ kind: "current-time" });
    heartbeat.start();
    machine.advanceTo(2 * SECOND_MS);
    heartbeat.stop();
    machine.advanceTo(MINUTE_MS);
    const text = "2024-03-05T02:15:03.000Z  INITIALIZING  1 bar, the last to 2024-03-05T02:15";
    expect(written.filter((line) => line.startsWith(`\r\u001b[K${text}`))).toHaveLength(2);
    expect(heartbeat.text()).toMatch(/, 3\.0 s later {2}1 request {2}skew -1\.3 s$/);
    expect(written.at(-1)).toBe("\r\u001b[K");
    expect(machine.nextAt).toBeUndefined();
  });

  it("is a line every five minutes elsewhere, and a record every minute", () => {
    const { written, machine, heartbeat, path } = parts(false);
    heartbeat.start();
    machine.advanceTo(HOUR_MS);
    heartbeat.stop();
    expect(written).toHaveLength(12);
    expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(60);
  });

  it("is silent while something else is drawn or nothing is known", () => {
    const { written, machine, heartbeat } = parts(true, () => true);
    heartbeat.start();
    machine.advanceTo(HOUR_MS);
    heartbeat.stop();
    expect(written).toEqual([]);
  });
});
