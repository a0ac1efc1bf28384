import { describe, expect, it } from "vitest";
import { Declared } from "../../../core/engine/declare.ts";
import { IndicatorSlot } from "../../../core/engine/indicator-slot.ts";
import { mergedParameters } from "../../../core/engine/parameters.ts";
import { atr } from "../../../core/indicators/atr.ts";
import { bollinger } from "../../../core/indicators/bollinger.ts";
import { sma } from "../../../core/indicators/sma.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { defineStrategy } from "../../../core/trading/strategy.ts";
import { bar, bars, SERIES } from "../feed/seam/seam-fixture.ts";

const declaring = (): Declared => new Declared(SERIES, 100);

// Goal: the warm-up follows from what is declared, and what cannot be is refused with a cure.
describe("Declared", () => {
  it("needs what the slowest indicator or the strategy itself needs, on each series", () => {
    const declared = declaring();
    declared.indicator(sma(5));
    declared.warmUp(3);
    const hours = declared.series("1h");
    declared.indicator(sma(2), { on: hours });
    declared.warmUp(7, hours);
    expect([declared.bars.required, declared.derived[0]!.feed.required]).toEqual([5, 7]);
  });

  it("names indicators by what they are made of, each once", () => {
    const declared = declaring();
    const hours = declared.series("1h");
    const names = [
      declared.indicator(sma(5)),
      declared.indicator(sma(5), { of: "volume" }),
      declared.indicator(sma(5), { on: hours }),
      declared.indicator(sma(5), { on: declared.bars, name: "slow" }),
    ].map(({ name }) => name);
    expect(names).toEqual(["SMA(5)", "SMA(5) of volume", "SMA(5) 1h", "slow"]);
    expect(() => declared.indicator(sma(5), { of: "close" })).toThrow('are called "SMA(5)"');
  });

  it("keeps derived series in the order of their size", () => {
    const declared = declaring();
    const sizes = ["2h", "30m", "1h"].map((size) => declared.series(size).series.size.label);
    expect(sizes).toEqual(["2h", "30m", "1h"]);
    expect(declared.derived.map(({ feed }) => feed.series.size.label)).toEqual(["30m", "1h", "2h"]);
    expect(declared.derived[1]!.feed.series.key).toBe("TEST 1h trades regular");
  });

  it.each([
    ["a series that is no larger", (d: Declared) => d.series("15m"), "cannot be made of 15m bars"],
    [
      "a series that is no multiple",
      (d: Declared) => d.series("20m"),
      "cannot be made of 15m bars",
    ],
    ["a size that is none", (d: Declared) => d.series("soon"), "is not a bar size"],
    ["half a bar of warm-up", (d: Declared) => d.warmUp(0.5), "a warm-up of 0.5 bars"],
    ["less than nothing", (d: Declared) => d.warmUp(-1), "a warm-up of -1 bars"],
    [
      "a series of another strategy",
      (d: Declared) => d.warmUp(1, declaring().series("1h")),
      "was not declared by this strategy",
    ],
  ] as [string, (declared: Declared) => unknown, string][])("refuses %s", (_what, act, message) => {
    expect(() => act(declaring())).toThrow(message);
  });

  it("refuses a size twice", () => {
    const declared = declaring();
    declared.series("1h");
    expect(() => declared.series("60m")).toThrow("1h bars are declared twice");
  });

  it("refuses whatever comes after setup", () => {
    const declared = declaring();
    declared.close();
    for (const late of [
      () => declared.series("1h"),
      () => declared.indicator(sma(2)),
      () => declared.warmUp(1),
    ]) {
      expect(late).toThrow("declares what it needs within setup");
    }
  });
});

// Goal: each line has a present and a previous value, the same after a replacement as if at once.
describe("IndicatorSlot", () => {
  const columns = BarColumns.of(bars(0, 6));

  it("keeps the present and the previous value of one line", () => {
    const slot = new IndicatorSlot("average", sma(2), "open");
    expect([slot.isReady, slot.value, slot.previous]).toEqual([false, Number.NaN, Number.NaN]);
    for (let index = 0; index < 3; index += 1) slot.update(columns, index);
    expect([slot.isReady, slot.value, slot.previous]).toEqual([true, 101.5, 100.5]);
    expect([slot.lineCount, slot.lineName(0), slot.valueAt(0)]).toEqual([1, "average", 101.5]);
    slot.replace(BarColumns.of([bar(2, { open: 103 })]), 0);
    expect([slot.value, slot.previous]).toEqual([102, 100.5]);
    slot.reset();
    expect([slot.isReady, slot.value, slot.previous]).toEqual([false, Number.NaN, Number.NaN]);
  });

  it("keeps them for every line, by name", () => {
    const slot = new IndicatorSlot("bands", bollinger(3, 2), "close");
    for (let index = 0; index < 5; index += 1) slot.update(columns, index);
    const whole = bollinger(3, 2);
    for (let index = 0; index < 4; index += 1) whole.update(columns.close[index]!);
    const names = whole.lines;
    const previous = names.map((_name, line) => whole.line(line));
    whole.update(columns.close[4]!);
    expect(names.map((name) => slot.previousLine(name))).toEqual(previous);
    expect(names.map((name) => slot.line(name))).toEqual(names.map((_n, line) => whole.line(line)));
    expect(slot.lineName(1)).toBe(`bands.${names[1]}`);
    expect(() => slot.line("none")).toThrow(`indicator bands has no line "none"; use one of`);
  });

  it("feeds whole bars to an indicator of bars, and replaces the last one", () => {
    const slot = new IndicatorSlot("range", atr(2), "close");
    const alone = atr(2);
    for (let index = 0; index < 4; index += 1) {
      slot.update(columns, index);
      alone.update(bar(index));
    }
    const other = bar(3, { high: 120 });
    slot.replace(BarColumns.of([other]), 0);
    alone.replace(other);
    expect(slot.value).toBe(alone.value);
  });
});

// Goal: only what a strategy has can be set, to a value of its type.
describe("mergedParameters", () => {
  const rules = () => ({ onBar: () => {} });
  const strategy = defineStrategy({
    name: "cross",
    parameters: { short: 40, mode: "long", eager: false },
    setup: rules,
  });

  it("sets some and keeps the others", () => {
    expect(mergedParameters(strategy, { short: 10, eager: true })).toEqual({
      short: 10,
      mode: "long",
      eager: true,
    });
    expect(strategy.parameters).toEqual({ short: 40, mode: "long", eager: false });
  });

  it.each([
    [{ fast: 1 }, 'strategy cross: there is no parameter "fast"; it has short, mode, eager'],
    [{ toString: 1 }, 'there is no parameter "toString"'],
    [{ short: "40" }, "parameter short is 40; give a number"],
    [{ short: Number.NaN }, "parameter short is NaN; give a number"],
    [{ eager: "true" }, "parameter eager is true; give a boolean"],
  ] as [Record<string, string | number>, string][])("refuses %j", (given, message) => {
    expect(() => mergedParameters(strategy, given)).toThrow(message);
  });

  it("says so when there is nothing to set", () => {
    const bare = defineStrategy({ name: "bare", parameters: {}, setup: rules });
    expect(() => mergedParameters(bare, { a: 1 })).toThrow("it has none");
  });
});

// Goal: a strategy remembers in one record, which it says in setup.
describe("Declared: memory", () => {
  it("is the record that was given, or an empty one, and nothing without being asked for", () => {
    const declared = declaring();
    expect(declared.remembered).toBeUndefined();
    const initial = { count: 1 };
    expect(declared.memory(initial)).toBe(initial);
    expect(declared.remembered).toBe(initial);
    const empty = declaring();
    expect(empty.memory()).toEqual({});
    expect(empty.remembered).toEqual({});
  });

  it("is asked for once, and in setup", () => {
    const declared = declaring();
    declared.memory();
    expect(() => declared.memory()).toThrow("a strategy has one memory");
    const closed = declaring();
    closed.close();
    expect(() => closed.memory()).toThrow("declares what it needs within setup");
  });
});
