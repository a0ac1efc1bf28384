// Goal: a stream ends where its query does, or when it is closed, and leaves nothing behind.
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../core/time/instant.ts";
import { at, barAt, bench } from "./bench.ts";
import { row } from "./fake-link.ts";

describe("the end", () => {
  it("comes when a bar at or after the query's end is heard of", () => {
    const { open, link, log, clock } = bench(at("09:29"));
    open({ to: at("09:30") });
    link.last.history(row(barAt(at("09:15"), 0.5)));
    clock.advanceTo(at("09:30:01"));
    link.last.update(row(barAt(at("09:15"))));
    link.last.update(row(barAt(at("09:30"), 0.1)));
    expect(log.take().slice(-2)).toEqual([
      "09:30:01 forming 09:15:00 10",
      "09:30:01 end: complete",
    ]);
    expect(link.last.wasCancelled).toBe(true);
    expect(clock.nextAt).toBeUndefined();
    expect(link.listeners).toBe(0);
  });

  it("comes by itself after the last bar's last word, also over a night", () => {
    const { open, link, log, clock } = bench(at("11:50"));
    open({ to: at("09:00", 1) });
    link.last.history(row(barAt(at("11:45"), 0.5)));
    // A question that silence led to is answered like any other.
    link.onAsk = (asked) => void clock.schedule(clock.now(), () => asked.history());
    clock.advanceTo(at("12:00:04"));
    expect(log.outcome).toBeUndefined();
    clock.advanceTo(at("12:00:05"));
    expect(log.outcome).toEqual({ kind: "complete" });
    expect(clock.nextAt).toBeUndefined();
  });

  it("is empty where the stream gave nothing", () => {
    const { open, link, log, clock } = bench(at("09:29"));
    open({ to: at("09:30") });
    link.last.history();
    clock.advanceTo(at("09:30:05"));
    expect(log.outcome).toEqual({ kind: "empty" });
  });

  it("is at once where nothing can come", () => {
    const { open, link, log, clock } = bench(at("10:30"));
    open({ from: at("10:15"), to: at("10:45") });
    expect(log.outcome).toEqual({ kind: "empty" });
    expect(link.asked).toEqual([]);
    expect(clock.nextAt).toBeUndefined();
  });

  it("is a failure where the stream was cut off at the time", () => {
    const { open, link, log, clock } = bench(at("09:20"));
    open({ to: at("09:30") });
    link.last.history(row(barAt(at("09:15"), 0.5)));
    link.down("the cable was pulled");
    clock.advanceTo(at("09:30") + DAY_MS);
    expect(log.outcome).toEqual({
      kind: "failed",
      fault: {
        code: "interrupted",
        message: expect.stringContaining("the cable was pulled"),
        retry: "later",
      },
    });
  });
});

describe("closing", () => {
  it("takes the question back and leaves nothing behind, at any point", () => {
    for (const point of ["asking", "live", "retrying", "down", "farm"]) {
      const { open, link, log, clock } = bench(at("09:20"));
      const stream = open({ to: at("09:00", 1) });
      if (point !== "asking") link.last.history(row(barAt(at("09:15"), 0.5)));
      if (point === "retrying") link.last.fail({});
      if (point === "down") link.down();
      if (point === "farm") link.farmDown();
      const said = log.lines.length;
      stream.close();
      stream.close();
      expect(link.open).toEqual([]);
      expect(link.listeners).toBe(0);
      expect(clock.nextAt).toBeUndefined();
      link.up();
      expect(log.lines).toHaveLength(said);
    }
  });

  it("is heeded in the middle of a word", () => {
    const { open, link, log, clock } = bench(at("09:20"));
    const stream = open();
    log.onWord = () => stream.close();
    link.last.history(row(barAt(at("09:15"), 0.5)));
    expect(log.take()).toEqual(["09:20:00 forming 09:15:00 5"]);
    expect(clock.nextAt).toBeUndefined();
  });

  it("ends one stream and no other", () => {
    const { open, link, log } = bench(at("09:20"));
    const first = open();
    open();
    first.close();
    expect(link.open).toHaveLength(1);
    link.last.history(row(barAt(at("09:15"), 0.5)));
    expect(log.said).toHaveLength(1);
  });
});
