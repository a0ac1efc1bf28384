// Goal: history that is kept up to date becomes forming bars, whole and nothing else.
import { describe, expect, it } from "vitest";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import { at, barAt, bench, CONTRACT, seriesOf } from "./bench.ts";
import { row } from "./fake-link.ts";

describe("the question", () => {
  it("asks for the present, kept up to date, in epoch seconds", () => {
    const { open, link, source } = bench(at("09:20"));
    open();
    expect(source.impliesFinals).toBe(true);
    expect(link.asked.map(({ question }) => question)).toEqual([
      {
        kind: "history",
        contract: CONTRACT,
        end: "",
        duration: "1800 S",
        barSize: "15 mins",
        whatToShow: "TRADES",
        useRegularHours: true,
        formatDate: 2,
        keepUpToDate: true,
      },
    ]);
  });

  it("asks for the price and the hours of the series", () => {
    const { open, link } = bench(at("09:20"));
    open({ series: seriesOf("5m", "bid", "all") });
    expect(link.last.question).toMatchObject({ whatToShow: "BID", useRegularHours: false });
  });

  // The table of the older documentation: what is legal there is legal everywhere.
  it.each([
    ["5s", "1800 S"],
    ["1m", "1800 S"],
    ["15m", "1800 S"],
    ["20m", "3600 S"],
    ["30m", "3600 S"],
    ["1h", "14400 S"],
    ["2h", "14400 S"],
    ["3h", "28800 S"],
    ["4h", "28800 S"],
    ["8h", "2 D"],
    ["1d", "2 D"],
  ])("begins bars of %s with %s, twice as long as one of them", (size, duration) => {
    const { open, link } = bench(at("09:20"), size);
    open();
    expect(link.last.question).toMatchObject({ duration });
  });

  it.each([
    ["15m", "adjusted", "adjusted prices"],
    ["1s", "trades", "from 5 seconds on"],
    ["45m", "trades", "no bars of 45m"],
  ] as const)("refuses %s of %s at once, for good and with a reason", (size, price, reason) => {
    const { open, link, log, clock } = bench(at("09:20"));
    open({ series: seriesOf(size, price) }).close();
    expect(log.outcome).toEqual({
      kind: "failed",
      fault: { code: "not-live", message: expect.stringContaining(reason), retry: "never" },
    });
    expect(link.asked).toEqual([]);
    expect(link.listeners).toBe(0);
    expect(clock.nextAt).toBeUndefined();
  });
});

describe("the seed", () => {
  it("gives the bar in progress and proves that the stream lives", () => {
    const { open, link, log, pass } = bench(at("09:20"));
    open();
    expect(log.take()).toEqual([]);
    pass(1);
    link.last.history(row(barAt(at("09:00"))), row(barAt(at("09:15"), 0.5)));
    expect(log.take()).toEqual([
      "09:20:01 forming 09:15:00 5",
      "09:20:01 live: the live stream is under way",
    ]);
  });

  it("keeps back what is over: history gives it, and gives it settled", () => {
    const { open, link, log } = bench(at("09:30"));
    open();
    link.last.history(row(barAt(at("09:00"))), row(barAt(at("09:15"))));
    expect(log.said).toEqual([]);
  });

  it("takes a bar that opened a moment ago by a clock faster than ours", () => {
    const { open, link, log } = bench(at("09:29:59"));
    open();
    link.last.history(row(barAt(at("09:15"))), row(barAt(at("09:30"), 0.1)));
    expect(log.said.map(({ openTime }) => openTime)).toEqual([at("09:15"), at("09:30")]);
  });

  it.each([
    ["at lunch", "10:30", 0, "09:45", 0],
    ["at night", "03:00", 1, "11:45", 0],
    ["at an opening", "09:00", 1, "11:45", 0],
  ])("can be of another day or session %s", (_, now, day, newest, of) => {
    const { open, link, log } = bench(at(now, day));
    open();
    link.last.history(row(barAt(at(newest, of))));
    expect(log.said).toEqual([]);
    expect(log.take()[0]).toContain("live");
  });

  it("can be empty: updates are taken all the same", () => {
    const { open, link, log } = bench(at("09:00"));
    open();
    link.last.history();
    link.last.update(row(barAt(at("09:00"), 0.1)));
    expect(log.take()).toEqual([
      "09:00:00 live: the live stream is under way",
      "09:00:00 forming 09:00:00 1",
    ]);
  });

  it("keeps to the query", () => {
    const { open, link, log } = bench(at("09:20"));
    open({ from: at("09:30") });
    link.last.history(row(barAt(at("09:15"), 0.5)));
    link.last.update(row(barAt(at("09:15"), 0.6)));
    expect(log.said).toEqual([]);
    link.last.update(row(barAt(at("09:30"), 0.1)));
    expect(log.said).toEqual([barAt(at("09:30"), 0.1)]);
  });
});

describe("updates", () => {
  const live = (size = "15m", options = {}) => {
    const made = bench(at("09:20"), size, options);
    made.open();
    made.link.last.history(row(barAt(at("09:15"), 0.5, size)));
    made.log.take();
    return made;
  };

  it("restate the bar in progress", () => {
    const { link, log, pass } = live();
    pass(5);
    link.last.update(row(barAt(at("09:15"), 0.75)));
    expect(log.take()).toEqual(["09:20:05 forming 09:15:00 7.5"]);
  });

  it("can be the last word on a bar that is over", () => {
    const { open, link, log, clock } = bench(at("09:29"));
    open();
    link.last.history(row(barAt(at("09:15"), 0.9)));
    clock.advanceTo(at("09:30:01"));
    log.take();
    link.last.update(row(barAt(at("09:15"))));
    expect(log.take()).toEqual(["09:30:01 forming 09:15:00 10"]);
  });

  it("that are heard after the close, and may have been said before, are left out", () => {
    const { open, link, log, clock } = bench(at("09:29"));
    open();
    link.last.history(row(barAt(at("09:15"), 0.8)));
    // Everything stood still over the close: what was said meanwhile is heard at once.
    clock.advanceTo(at("09:30"));
    log.take();
    link.last.update(row(barAt(at("09:15"), 0.9)));
    expect(log.take()).toEqual([]);
    clock.advanceTo(at("09:30:01"));
    link.last.update(row(barAt(at("09:15"))));
    expect(log.take()).toEqual(["09:30:01 forming 09:15:00 10"]);
  });

  it("have the close of the grid where a session cuts a bar", () => {
    const { link, log } = live("2h");
    link.last.update(row(barAt(at("09:00"), 1, "2h")));
    expect(log.said.at(-1)).toMatchObject({ openTime: at("09:00"), closeTime: at("10:00") });
  });

  it("of a day are named by the trading day", () => {
    const { link, log } = live("1d");
    link.last.update(row(barAt(at("09:00"), 1, "1d"), { time: "20240304" }));
    expect(log.said.at(-1)).toMatchObject({ openTime: at("09:00"), closeTime: at("12:00") });
  });

  it("without a trade yet are no bars", () => {
    const { link, log } = live();
    const quiet = { open: 100, high: 100, low: 100, close: 100 };
    link.last.update(row(barAt(at("09:15")), { ...quiet, volume: 0, count: 0, average: -1 }));
    link.last.update(row(barAt(at("09:15")), { ...quiet, volume: -1, count: -1, average: -1 }));
    expect(log.take()).toEqual([]);
  });

  it("that stand for nothing are no bars", () => {
    const { link, log } = live();
    const none = { open: -1, high: -1, low: -1, close: -1, volume: -1, count: -1 };
    link.last.update(row(barAt(at("09:15")), none));
    link.last.update(row(barAt(at("09:15")), { ...none, open: 0, high: 0, low: 0, close: 0 }));
    expect(log.take()).toEqual([]);
  });

  it.each([
    ["a price that is no number", { close: Number.NaN }, "price-not-finite"],
    ["a price of zero", { low: 0 }, "price-not-positive"],
    ["a high below its open", { high: 99.5, low: 99 }, "open-outside-range"],
    ["a negative volume", { volume: -1 }, "volume-negative"],
    ["a time off the grid", { time: String(at("09:17") / 1_000) }, "off-grid"],
    ["a time without a zone", { time: "20240304 09:15:00" }, "time-not-integer"],
    ["a day", { time: "20240304" }, "off-grid"],
  ])("with %s are rejected, once while it lasts", (_, fields, fault) => {
    const { link, log } = live();
    const bad = row(barAt(at("09:15")), fields);
    link.last.update(bad);
    link.last.update(bad);
    expect(log.take()).toEqual([`09:20:00 rejected: ${fault}`]);
    link.last.update(row(barAt(at("09:15"))));
    link.last.update(bad);
    expect(log.take()).toEqual(["09:20:00 forming 09:15:00 10", `09:20:00 rejected: ${fault}`]);
  });

  it("of quotes have no volume, whatever stands in its place", () => {
    const { open, link, log } = bench(at("09:20"));
    open({ series: seriesOf("15m", "midpoint") });
    link.last.history(row(barAt(at("09:15")), { volume: -1, count: -1, average: -1 }));
    expect(log.said).toEqual([{ ...barAt(at("09:15")), volume: 0 }]);
  });

  it("of quotes that stand for nothing are no bars either, and no faults", () => {
    const { open, link, log } = bench(at("09:20"));
    open({ series: seriesOf("15m", "midpoint") });
    link.last.history();
    log.take();
    const none = { volume: -1, count: -1, average: -1 };
    for (const price of [-1, 0]) {
      const prices = { open: price, high: price, low: price, close: price };
      link.last.update(row(barAt(at("09:15")), { ...prices, ...none }));
    }
    expect(log.take()).toEqual([]);
  });

  it("of an index are bars although nothing trades in it", () => {
    const contract = ibContract({ conId: 9, symbol: "TEST", secType: "IND" });
    const { link, log } = live("15m", { contract });
    const flat = { open: 100, high: 100, low: 100, close: 100, volume: 0, count: 0 };
    link.last.update(row(barAt(at("09:15")), flat));
    expect(log.take()).toEqual(["09:20:00 forming 09:15:00 0"]);
  });
});
