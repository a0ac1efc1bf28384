// Goal: a data farm that breaks costs a stream nothing unless it died of it, and then not for long.
import { describe, expect, it } from "vitest";
import { at, barAt, bench, FORMING, live } from "./bench.ts";
import { row } from "./fake-link.ts";

describe("a data farm that breaks", () => {
  it("does not touch a stream that goes on talking", () => {
    const { link, log, pass } = live();
    link.farmDown();
    pass(5);
    link.last.update(row(barAt(at("09:15"), 0.6)));
    pass(20);
    expect(link.asked).toHaveLength(1);
    expect(log.take()).toEqual(["09:20:05 forming 09:15:00 6"]);
  });

  it("makes a stream that says nothing for 15 s be asked for anew", () => {
    const { link, log, pass } = live();
    link.farmDown();
    pass(14.999);
    expect(link.asked).toHaveLength(1);
    pass(0.001);
    expect(link.asked).toHaveLength(2);
    expect(log.take()).toEqual(["09:20:15 interrupted: data farm usfarm is broken"]);
  });

  it("is cause to ask anew when it is back, unless the stream spoke", () => {
    const { link, log, pass } = live();
    link.farmDown();
    pass(3);
    link.farmUp();
    expect(link.asked).toHaveLength(2);
    expect(log.take()).toEqual(["09:20:03 interrupted: data farm usfarm was broken"]);
    link.last.history(FORMING);
    log.take();
    link.farmDown();
    link.last.update(row(barAt(at("09:15"), 0.6)));
    log.take();
    link.farmUp();
    expect(link.asked).toHaveLength(2);
    expect(log.take()).toEqual([]);
    // What it said may have been under way before: it has to speak again.
    pass(15);
    expect(link.asked).toHaveLength(3);
  });

  it("ends the pause of a stream that failed: now it can be had", () => {
    const { link, pass } = live();
    link.farmDown();
    for (let time = 0; time < 6; time += 1) {
      link.last.fail({ ibCode: 10182 });
      pass(40);
    }
    link.last.fail({ ibCode: 10182 });
    const before = link.asked.length;
    link.farmUp();
    expect(link.asked).toHaveLength(before + 1);
  });

  it("is no news when it is reported well and never was anything else", () => {
    const { link, log, pass } = live();
    link.farmUp("eufarm");
    pass(20);
    expect(link.asked).toHaveLength(1);
    expect(log.take()).toEqual([]);
  });

  it("is known when the stream is opened", () => {
    const { open, link } = bench(at("09:20"));
    link.brokenFarms.add("usfarm");
    open();
    link.last.history(FORMING);
    link.farmUp();
    link.last.update(row(barAt(at("09:15"), 0.6)));
    expect(link.asked).toHaveLength(1);
  });

  it("means nothing while the market is closed, until it is back", () => {
    const { open, link, log, pass } = bench(at("10:30"));
    open();
    link.last.history();
    log.take();
    link.farmDown();
    pass(60);
    expect(log.take()).toEqual([]);
    link.farmUp();
    expect(link.asked).toHaveLength(2);
  });

  it("is forgotten with the connection", () => {
    const { link, pass } = live();
    link.farmDown();
    link.down();
    link.up();
    link.last.history(FORMING);
    pass(16);
    link.farmUp();
    expect(link.asked).toHaveLength(2);
  });

  it("keeps a stream of real-time bars that says nothing from being taken for a quiet one", () => {
    const { open, link, log, pass } = bench(at("09:20"), "15m", { mode: "real-time-bars" });
    link.brokenFarms.add("usfarm");
    open();
    pass(15);
    expect(log.take().filter((line) => line.includes("live:"))).toEqual([]);
    link.brokenFarms.clear();
    pass(60);
    expect(log.take().filter((line) => line.includes("live:"))).toHaveLength(1);
  });
});
