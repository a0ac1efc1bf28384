import { describe, expect, it } from "vitest";
import { BarSequencer } from "../../../../core/feed/seam/bar-sequencer.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { DAY_MS, HOUR_MS, instant, parseDay } from "../../../../core/time/instant.ts";
import { TradingCalendar } from "../../../../core/time/trading-calendar.ts";
import { UTC } from "../../../../core/time/zone.ts";
import { batch, Script, SERIES } from "./seam-fixture.ts";

// Goal: a session that turns out to close early ends the bar that is waited for at its early close,
// and one that turns out to be none is not waited for.

const FROM = instant("2024-07-03T00:00:00Z");
const DAY = parseDay("2024-07-03")!;

/** Three days of eight hours, until it learns otherwise of the first. */
class Learning extends TradingCalendar {
  #hours = 8;

  constructor() {
    super({
      name: "LEARNING",
      zone: UTC,
      firstDay: DAY,
      lastDay: DAY + 2,
      sessionOn: (day) => {
        const hours = day === DAY ? this.#hours : 8;
        const from = day * DAY_MS;
        return hours === 0 ? undefined : { day, segments: [{ from, to: from + hours * HOUR_MS }] };
      },
    });
  }

  learn(hours: number): void {
    this.#hours = hours;
    this.sessionsChanged();
  }
}

function waiting() {
  const calendar = new Learning();
  const out = new Script();
  const grid = new BarGrid(calendar, barSize("1d"));
  const sequencer = new BarSequencer(SERIES, grid, FROM, out, { graceMs: 0 });
  sequencer.release(FROM + HOUR_MS);
  out.take();
  return { calendar, sequencer };
}

describe("a calendar that learns", () => {
  it("moves the close that is waited for", () => {
    const { calendar, sequencer } = waiting();
    expect(sequencer.deadlineAfter(FROM + HOUR_MS)).toBe(FROM + 8 * HOUR_MS);
    calendar.learn(3);
    sequencer.tick(FROM + 2 * HOUR_MS);
    expect(sequencer.deadlineAfter(FROM + 2 * HOUR_MS)).toBe(FROM + 3 * HOUR_MS);
    sequencer.tick(FROM + 3 * HOUR_MS);
    expect(sequencer.takeRequests()).toEqual([{ from: FROM, to: FROM + 3 * HOUR_MS }]);
  });

  it("moves on where there is no session after all", () => {
    const { calendar, sequencer } = waiting();
    calendar.learn(0);
    sequencer.live(batch([]), FROM + 2 * HOUR_MS);
    expect(sequencer.nextOpenTime).toBe(FROM + DAY_MS);
  });

  it("has nothing to move past the end of the calendar", () => {
    const calendar = new Learning();
    const grid = new BarGrid(calendar, barSize("1d"));
    const sequencer = new BarSequencer(SERIES, grid, FROM + 5 * DAY_MS, new Script());
    calendar.learn(3);
    sequencer.tick(FROM + 5 * DAY_MS);
    expect(sequencer.nextOpenTime).toBeUndefined();
  });
});
