// Goal: whatever ends a subscription is told at once, and a new one is made as soon as it can be.
import { describe, expect, it } from "vitest";
import { SECOND_MS } from "../../../../core/time/instant.ts";
import { at, barAt, bench, FORMING, live } from "./bench.ts";
import { row } from "./fake-link.ts";

describe("a link that is not up", () => {
  it("is told of at opening, and asked once it is up", () => {
    const { open, link, log, pass } = bench(at("09:20"));
    link.state = "connecting";
    link.reason = "nobody listens on port 4002";
    open();
    expect(log.take()).toEqual(["09:20:00 interrupted: nobody listens on port 4002"]);
    pass(60);
    expect(link.asked).toEqual([]);
    link.up();
    expect(link.asked).toHaveLength(1);
    expect(log.take()).toEqual([]);
    link.last.history(FORMING);
    expect(log.take()).toEqual([
      "09:21:00 forming 09:15:00 5",
      "09:21:00 live: the live stream is under way",
    ]);
  });

  it("need not say why", () => {
    const { open, link, log } = bench(at("09:20"));
    link.state = "connecting";
    open();
    expect(log.take()).toEqual(["09:20:00 interrupted: the gateway is not connected yet"]);
  });

  it("can have stopped for good", () => {
    const { open, link, log, clock } = bench(at("09:20"));
    link.state = "stopped";
    link.reason = "the gateway is too old";
    open();
    const fault = { code: "stopped", message: "the gateway is too old", retry: "never" };
    expect(log.outcome).toEqual({ kind: "failed", fault });
    expect(clock.nextAt).toBeUndefined();
  });
});

describe("a connection", () => {
  it("that is lost interrupts once, and is asked anew when it is back", () => {
    const { link, log, pass } = live();
    link.down();
    expect(log.take()).toEqual(["09:20:00 interrupted: the gateway is gone"]);
    pass(300);
    expect(link.asked).toHaveLength(1);
    link.up();
    expect(link.asked).toHaveLength(2);
    link.last.history(row(barAt(at("09:15"), 0.9)));
    expect(log.take()).toEqual([
      "09:25:00 forming 09:15:00 9",
      "09:25:00 live: the live stream is under way",
    ]);
  });

  it("that is lost while a question is open is asked again", () => {
    const { open, link, log } = bench(at("09:20"));
    open();
    link.down();
    link.up();
    expect(link.asked).toHaveLength(2);
    link.last.history(FORMING);
    expect(log.take().at(-1)).toContain("live");
  });

  it.each([true, false])("to the broker that is lost and back, data lost: %s", (isDataLost) => {
    const { link, log, pass } = live();
    const first = link.last;
    link.suspend();
    expect(log.take()).toEqual(["09:20:00 interrupted: connectivity was lost"]);
    pass(15);
    link.resume(isDataLost);
    // Streams that are said to go on are in truth often dead: never the old one, always a new one.
    expect(first.isOpen).toBe(false);
    expect(link.asked).toHaveLength(2);
    expect(log.take()).toEqual([]);
    link.last.history(FORMING);
    expect(log.take()).toEqual([
      "09:20:15 forming 09:15:00 5",
      "09:20:15 live: the live stream is under way",
    ]);
  });

  it("that comes and goes a thousand times leaves nothing behind", () => {
    const { open, link, log, clock } = bench(at("09:20"));
    const stream = open();
    for (let time = 0; time < 1_000; time += 1) {
      link.last.history(FORMING);
      if (time % 3 === 0) link.farmDown();
      if (time % 5 === 0) link.last.fail({});
      link.down();
      link.up();
      expect(link.open).toHaveLength(1);
      expect(link.listeners).toBe(1);
    }
    expect(log.lines.filter((line) => line.includes("interrupted"))).toHaveLength(1_000);
    stream.close();
    expect(clock.nextAt).toBeUndefined();
    expect(link.listeners).toBe(0);
  });

  it("that stops for good ends the stream with its fault", () => {
    const { link, log, clock } = live();
    const fault = {
      code: "wrong-version",
      message: "upgrade the gateway",
      retry: "never",
    } as const;
    link.stop(fault);
    expect(log.outcome).toEqual({ kind: "failed", fault });
    expect(link.listeners).toBe(0);
    expect(clock.nextAt).toBeUndefined();
  });

  it("of which only people need to know something goes on", () => {
    const { link, log } = live();
    link.warn();
    expect(log.take()).toEqual([]);
    expect(link.asked).toHaveLength(1);
  });
});

describe("a stream that fails", () => {
  // 10182 and 366: dead; 10225: a bust event; the link calls all of them failed.
  it.each([10182, 366, 10225, 322])("with %i is asked for anew after a pause", (ibCode) => {
    const { link, log, pass } = live();
    link.last.fail({ ibCode, message: "no more updates" });
    expect(log.take()).toEqual(["09:20:00 interrupted: no more updates"]);
    pass(0.999);
    expect(link.asked).toHaveLength(1);
    pass(0.001);
    expect(link.asked).toHaveLength(2);
    link.last.history(FORMING);
    expect(log.take().at(-1)).toBe("09:20:01 live: the live stream is under way");
  });

  it("again and again is asked for at growing intervals, and quickly once it has lived", () => {
    const { link, log, pass } = live({ longestRetryMs: 4_000 });
    const pauses: number[] = [];
    const failed = (): void => {
      link.last.fail({});
      const before = link.asked.length;
      let seconds = 0;
      for (; link.asked.length === before; seconds += 1) pass(1);
      pauses.push(seconds);
    };
    for (let time = 0; time < 5; time += 1) failed();
    expect(pauses).toEqual([1, 2, 4, 4, 4]);
    link.last.history(FORMING);
    failed();
    expect(pauses.at(-1)).toBe(4);
    link.last.history(FORMING);
    pass(4);
    failed();
    expect(pauses.at(-1)).toBe(1);
    const said = log.lines.filter((line) => line.includes("interrupted"));
    expect(said).toHaveLength(3);
  });

  it("for good ends with the advice", () => {
    const { link, log, clock } = live();
    const fault = {
      code: "no-permission",
      message: "subscribe to NASDAQ level 1",
      retry: "never",
      ibCode: 354,
    } as const;
    link.last.fail(fault);
    expect(log.outcome).toEqual({ kind: "failed", fault });
    expect(link.listeners).toBe(0);
    expect(clock.nextAt).toBeUndefined();
  });

  it("for good after final bars ends partial", () => {
    const { open, link, log } = bench(at("09:20"), "5s", { mode: "real-time-bars" });
    open();
    link.last.realTimeBar(row(barAt(at("09:20"), 1, "5s")));
    link.last.fail({ code: "no-permission", retry: "never" });
    expect(log.outcome?.kind).toBe("partial");
  });

  it("because nothing was ever traded waits for the first trade", () => {
    const { open, link, log, pass } = bench(at("09:20"));
    open();
    link.last.fail({ code: "no-data", ibCode: 162, retry: "never" });
    expect(log.take()).toEqual(["09:20:00 live: there are no bars yet"]);
    pass(180);
    link.last.history(row(barAt(at("09:15"), 0.1)));
    expect(log.take()).toEqual([
      "09:23:00 interrupted: the live stream has gone silent",
      "09:23:00 forming 09:15:00 1",
      "09:23:00 live: the live stream is under way",
    ]);
  });

  it("because nothing was traded yet is asked for soon after the opening", () => {
    const { open, link, pass } = bench(at("10:30"));
    open();
    link.last.fail({ code: "no-data", ibCode: 162 });
    pass(30 * 60 + 9);
    expect(link.asked).toHaveLength(1);
    pass(1);
    expect(link.asked).toHaveLength(2);
  });
});

describe("a question that nobody answers", () => {
  it("is asked anew, with more patience each time", () => {
    const { open, link, log, clock } = bench(at("09:00"));
    open();
    clock.advanceTo(at("09:08"));
    const waits = link.asked.map(({ at: time }) => (time - link.asked[0]!.at) / SECOND_MS);
    // 60 s, 120 s and 240 s, each and a pause of 1 s.
    expect(waits).toEqual([0, 61, 182, 423]);
    expect(link.open).toHaveLength(1);
    expect(log.lines).toEqual([
      "09:01:00 interrupted: Interactive Brokers did not answer TEST 15m trades regular in time",
    ]);
  });

  it("is not late while the link holds it back", () => {
    const { open, link, log, pass } = bench(at("09:20"));
    link.onAsk = (asked) => {
      asked.isSent = false;
    };
    open();
    pass(130);
    expect(log.lines).toEqual([]);
    link.last.isSent = true;
    pass(60);
    expect(log.lines).toEqual([]);
    expect(link.asked).toHaveLength(1);
    pass(120);
    expect(link.asked).toHaveLength(2);
  });
});
