// Goal: a stream that dies without a word is found out by the hours of the exchange alone, while a
// quiet contract and a closed market are left in peace.
import { describe, expect, it } from "vitest";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { SECOND_MS, type UnixMs } from "../../../../core/time/instant.ts";
import { at, type Bench, barAt, bench } from "./bench.ts";
import { row } from "./fake-link.ts";

/** A stream under way whose gateway answers every question with the same seed, or its own. */
function live(now: UnixMs, size = "15m", seed = () => row(barAt(at("09:00"), 0.5, size))): Bench {
  const made = bench(now, size);
  const { clock, link } = made;
  link.onAsk = (asked) => void clock.schedule(clock.now() + 100, () => asked.history(seed()));
  made.open();
  made.pass(1);
  made.log.take();
  return made;
}

/** When each question but the first was asked, as seconds after the first answer. */
function asked({ link }: Bench): number[] {
  return link.asked.slice(1).map(({ at: time }) => (time - link.asked[0]!.at - 100) / SECOND_MS);
}

describe("silence during the session", () => {
  it("is interrupted after 90 s, and a new question is asked", () => {
    const made = live(at("09:20"));
    made.clock.advanceTo(at("09:21:30") + 100);
    expect(asked(made)).toEqual([90]);
    expect(made.log.take()).toEqual(["09:21:30 interrupted: the live stream has gone silent"]);
    made.pass(1);
    expect(made.log.take()).toEqual(["09:21:30 live: the live stream is under way"]);
    expect(made.link.open).toHaveLength(1);
  });

  it("is noticed sooner where a whole bar has passed without a word", () => {
    const made = live(at("09:20:58"), "1m");
    made.clock.advanceTo(at("09:22:15"));
    // The bar of 09:21 closed at 09:22; 10 s later nothing had been heard since 09:20:58.
    expect(made.link.asked.at(-1)!.at).toBe(at("09:22:10"));
  });

  it("means nothing for the first minute, however short the bars", () => {
    const made = live(at("09:20"), "5s");
    made.pass(59);
    expect(made.link.asked).toHaveLength(1);
    made.pass(1);
    expect(made.link.asked).toHaveLength(2);
  });

  it("is not there as long as it talks, whatever it says", () => {
    const made = live(at("09:20"));
    for (let time = 0; time < 20; time += 1) {
      made.pass(59);
      made.link.last.update(row(barAt(at("09:15"), 0.5)));
    }
    expect(made.link.asked).toHaveLength(1);
  });

  it("of a quiet contract is disturbed less and less, up to every half hour", () => {
    const made = live(at("09:00"));
    made.clock.advanceTo(at("10:00"));
    const gaps = asked(made).map((each, index, all) => each - (all[index - 1] ?? 0));
    expect(gaps.map((gap) => Math.round(gap))).toEqual([90, 180, 360, 720, 1440]);
  });

  it("of a stream that had died is watched as closely as before", () => {
    let time = 0;
    const made = live(at("09:00"), "15m", () => {
      time += 1;
      return row(barAt(at("09:00"), time / 1_000));
    });
    made.clock.advanceTo(at("09:10"));
    const gaps = asked(made).map((each, index, all) => each - (all[index - 1] ?? 0));
    expect(gaps.map((gap) => Math.round(gap))).toEqual([90, 90, 90, 90, 90, 90]);
  });

  it("is believed for long only until the next word", () => {
    const made = live(at("09:00"));
    made.clock.advanceTo(at("09:25"));
    const before = made.link.asked.length;
    made.link.last.update(row(barAt(at("09:15"), 0.5)));
    made.pass(89);
    expect(made.link.asked).toHaveLength(before);
    made.pass(1);
    expect(made.link.asked).toHaveLength(before + 1);
  });
});

describe("a closed market", () => {
  it("is left in peace, and its next opening is watched", () => {
    const made = live(at("09:59"));
    made.clock.advanceTo(at("10:59:59"));
    expect(made.link.asked).toHaveLength(1);
    expect(made.clock.nextAt).toBe(at("11:00:10"));
    made.clock.advanceTo(at("11:00:10"));
    expect(made.link.asked).toHaveLength(2);
  });

  it("opens, and a stream that speaks then is left in peace", () => {
    const made = live(at("10:30"));
    made.clock.advanceTo(at("11:00:09"));
    made.link.last.update(row(barAt(at("11:00"), 0.1)));
    made.clock.advanceTo(at("11:01"));
    expect(made.link.asked).toHaveLength(1);
  });

  it("opens in the morning on a stream that died over night", () => {
    const made = live(at("11:59:30"));
    made.clock.advanceTo(at("09:00:09", 1));
    expect(made.link.asked).toHaveLength(1);
    made.clock.advanceTo(at("09:00:10", 1));
    expect(made.link.asked).toHaveLength(2);
  });

  it("that never opens again by the calendar is not waited for", () => {
    const made = live(at("11:59:30", 2));
    expect(made.clock.nextAt).toBeUndefined();
    made.link.last.update(row(barAt(at("11:45", 2))));
    expect(made.log.said.at(-1)).toEqual(barAt(at("11:45", 2)));
  });
});

describe("midnight on a market that never closes", () => {
  it("is no opening", () => {
    const round = calendarByName("24/7");
    const made = bench(at("23:59:30"), "15m", { grid: ({ size }) => new BarGrid(round, size) });
    made.open();
    made.link.last.history(row(barAt(at("23:45"), 0.9)));
    made.clock.advanceTo(at("00:00:59", 1));
    expect(made.link.asked).toHaveLength(1);
    made.clock.advanceTo(at("00:01", 1));
    expect(made.link.asked).toHaveLength(2);
  });
});

describe("real-time bars", () => {
  const realTime = (now: UnixMs, streams = 1): Bench => {
    const made = bench(now, "1m", { mode: "real-time-bars" });
    for (let count = 0; count < streams; count += 1) made.open();
    return made;
  };
  const speak = ({ link }: Bench, openTime: UnixMs): void =>
    link.last.realTimeBar(row(barAt(openTime, 1, "5s")));

  it("that are silent for 15 s are asked for anew, and anew with twice the patience", () => {
    const made = realTime(at("09:20"));
    made.pass(5);
    speak(made, at("09:20"));
    made.log.take();
    made.pass(15);
    expect(made.link.asked).toHaveLength(2);
    made.pass(15 + 29.999);
    expect(made.link.asked).toHaveLength(2);
    made.pass(0.001);
    expect(made.link.asked).toHaveLength(3);
    expect(made.log.take()).toEqual([
      "09:20:20 interrupted: the live stream has gone silent",
      "09:20:35 live: the live stream was not refused, and is quiet",
      "09:21:05 interrupted: the live stream has gone silent",
    ]);
  });

  it("are watched at an opening", () => {
    const made = realTime(at("10:30"));
    made.clock.advanceTo(at("11:00:14"));
    expect(made.link.asked).toHaveLength(1);
    made.clock.advanceTo(at("11:00:15"));
    expect(made.link.asked).toHaveLength(2);
  });

  it("of many series stay within what the gateway counts", () => {
    const made = realTime(at("09:00"), 40);
    made.clock.advanceTo(at("10:00"));
    const times = made.link.asked.map(({ at: time }) => time);
    for (const first of times) {
      const within = times.filter((time) => time >= first && time < first + 600 * SECOND_MS);
      expect(within.length).toBeLessThanOrEqual(45);
    }
    // And none is forgotten: each was asked for anew.
    expect(times.length).toBeGreaterThan(80);
  });
});
