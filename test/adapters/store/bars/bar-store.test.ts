// Goal: a store knows its series apart, keeps what it knows of them up to date, and refuses what it
// cannot hold or understand.
import { describe, expect, it } from "vitest";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import type { BarUpdate } from "../../../../adapters/store/bars/bar-update.ts";
import type { StoredCalendar } from "../../../../adapters/store/bars/stored-calendar.ts";
import { ENTRY, entryKey } from "../../../../adapters/store/keys.ts";
import { seal } from "../../../../adapters/store/sealed.ts";
import { STORE_FORMAT } from "../../../../adapters/store/store-format.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { series } from "../../../../core/market/series.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { HOUR_MS, instant, MINUTE_MS, utcDay } from "../../../../core/time/instant.ts";
import { fixedZone } from "../../../../core/time/zone.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import {
  ALWAYS_OPEN,
  generatedBars,
  newStore,
  plainBars,
  QUARTERS,
  storeBars,
} from "./store-fixture.ts";

const BARS = generatedBars(100);
const key = QUARTERS.key;
const NEW_YORK_DAYS: StoredCalendar = {
  name: "XNYS",
  zone: "America/New_York",
  alignment: "session",
};
const code = (expected: string) => expect.objectContaining({ code: expected });
const told: BarUpdate = { source: "csv", receivedAt: 1 };

describe("a bar store", () => {
  it("lists its series in the order of their keys, with what they hold", () => {
    const { store, bars } = newStore();
    const daily = series(instrument("A", { exchange: "X", currency: "EUR" }), barSize("1d"));
    const calendar = { ...NEW_YORK_DAYS, alignment: "clock" } as const;
    store.write((writer) => bars.declare(writer, { series: daily, calendar }));
    storeBars({ store, bars }, BARS);
    const [first, second, ...others] = bars.list();
    expect(first).toEqual({
      key: "A.X 1d trades regular",
      series: daily,
      calendar,
      count: 0,
      first: undefined,
      last: undefined,
      complete: [],
      lost: [],
      bytes: 0,
    });
    expect(second).toEqual(bars.find(key));
    expect(second).toMatchObject({ key, series: QUARTERS, calendar: ALWAYS_OPEN, count: 100 });
    expect(second!.bytes).toBeGreaterThan(500);
    expect(others).toEqual([]);
    expect(bars.find("nobody")).toBeUndefined();
  });

  it("never mixes series, and is as it was when it is opened anew", () => {
    const disk = new SimDisk();
    const store = disk.open();
    const bars = new BarStore(store);
    const kinds = [
      QUARTERS,
      series(QUARTERS.instrument, barSize("5m")),
      series(QUARTERS.instrument, barSize("15m"), "midpoint"),
      series(QUARTERS.instrument, barSize("15m"), "trades", "all"),
    ];
    kinds.forEach((of, index) => {
      store.write((writer) => bars.declare(writer, { series: of, calendar: ALWAYS_OPEN }));
      storeBars({ store, bars }, generatedBars(50 + index, index), of);
    });
    store.close();
    const again = new BarStore(disk.open("read"));
    kinds.forEach((of, index) => {
      const expected = plainBars(generatedBars(50 + index, index));
      expect(plainBars(again.read(of.key))).toEqual(expected);
      expect(again.find(of.key)?.series).toEqual(of);
    });
  });

  it("removes a series, and gives its number to no other one", () => {
    const { store, bars } = newStore();
    storeBars({ store, bars }, BARS);
    store.write((writer) => bars.remove(writer, key));
    expect(bars.list()).toEqual([]);
    const left = store.read((reader) => [
      ...reader.range({ from: Uint8Array.of(ENTRY.series), to: Uint8Array.of(255) }),
    ]);
    expect(left).toEqual([]);
    store.write((writer) => bars.declare(writer, { series: QUARTERS, calendar: ALWAYS_OPEN }));
    expect(bars.find(key)?.count).toBe(0);
    expect(bars.look(key, ({ number }) => number)).toBe(2);
  });

  it("refuses another instrument under the same key, and learns a price step", () => {
    const { store, bars } = newStore();
    const declare = (details: Parameters<typeof instrument>[1]) =>
      store.write((writer) => {
        const of = series(instrument("TEST", details), barSize("15m"));
        bars.declare(writer, { series: of, calendar: ALWAYS_OPEN });
        return bars;
      });
    for (const details of [
      { currency: "EUR", priceIncrement: 0.01 },
      { multiplier: 300 },
      { priceIncrement: 0.05 },
      { allowsNegativePrice: true },
    ]) {
      expect(() => declare(details)).toThrow(code("other-instrument"));
    }
    expect(() => declare({ multiplier: 300 })).toThrow(
      /^TEST 15m trades regular: it is stored with multiplier 1, not 300; /,
    );
    declare({});
    expect(bars.find(key)?.series.instrument.priceIncrement).toBe(0.01);
    const unknown = new BarStore(store);
    store.write((writer) => {
      const of = series(instrument("NEW"), barSize("15m"));
      unknown.declare(writer, { series: of, calendar: ALWAYS_OPEN });
      const known = series(instrument("NEW", { priceIncrement: 0.25 }), barSize("15m"));
      unknown.declare(writer, { series: known, calendar: ALWAYS_OPEN });
    });
    expect(bars.find("NEW 15m trades regular")?.series.instrument.priceIncrement).toBe(0.25);
  });

  it("keeps what it knew of a calendar around what it is told anew", () => {
    const zones = { zoneNamed: () => fixedZone("Far", 8 * HOUR_MS) };
    const store = new SimDisk().open();
    const bars = new BarStore(store, zones);
    const first = utcDay(instant("2024-01-01T00:00:00Z"));
    const sessions = (from: number, to: number, hours: number) =>
      Array.from({ length: to - from }, (_, index) => {
        const day = first + from + index;
        const opens = day * 24 * HOUR_MS + HOUR_MS;
        const noon = { from: opens + 3 * HOUR_MS, to: opens + hours * HOUR_MS };
        return { day, segments: [{ from: opens, to: opens + 2 * HOUR_MS }, noon] };
      });
    const calendar: StoredCalendar = { name: "FAR", zone: "Far", alignment: "session" };
    const declare = (of: StoredCalendar) =>
      store.write((writer) => bars.declare(writer, { series: QUARTERS, calendar: of }));
    declare({ ...calendar, sessions: sessions(0, 10, 4) });
    declare({ ...calendar, sessions: sessions(5, 8, 5) });
    const known = [...sessions(0, 5, 4), ...sessions(5, 8, 5), ...sessions(8, 10, 4)];
    expect(bars.find(key)?.calendar).toEqual({ ...calendar, sessions: known });
    const noon = known[5]!.segments[1]!;
    store.write((writer) => bars.update(writer, key, { ...told, covered: [noon] }));
    // It reaches over closed time to the next opening.
    expect(bars.coverage(key).complete).toEqual([
      { from: noon.from, to: known[6]!.segments[0]!.from },
    ]);
    declare({ ...calendar, alignment: "clock", sessions: sessions(8, 9, 4) });
    expect(bars.find(key)?.calendar.sessions).toEqual(sessions(8, 9, 4));
    declare(ALWAYS_OPEN);
    expect(bars.find(key)?.calendar).toEqual(ALWAYS_OPEN);
    const empty = { ...calendar, sessions: [] };
    expect(() => declare(empty)).toThrow(code("invalid-calendar"));
    expect(() => declare({ ...calendar, name: "NONE" })).toThrow(code("unknown-calendar"));
    const strict = new BarStore(store);
    expect(() =>
      store.write((writer) =>
        strict.declare(writer, { series: QUARTERS, calendar: { ...empty, zone: "Nowhere" } }),
      ),
    ).toThrow(code("unknown-zone"));
  });

  it("joins coverage across a night, and takes whole slots only", () => {
    const store = new SimDisk().open();
    const bars = new BarStore(store);
    store.write((writer) => bars.declare(writer, { series: QUARTERS, calendar: NEW_YORK_DAYS }));
    const cover = (from: string, to: string) =>
      store.write((writer) => {
        const range = { from: instant(from), to: instant(to) };
        bars.update(writer, key, { ...told, covered: [range] });
      });
    cover("2024-03-07T14:30:00Z", "2024-03-07T21:00:00Z");
    cover("2024-03-08T14:30:00Z", "2024-03-08T21:00:00Z");
    // A weekend with a change of the clocks lies behind it.
    cover("2024-03-11T13:30:00Z", "2024-03-11T14:07:00Z");
    cover("2024-03-11T14:46:00Z", "2024-03-11T14:59:00Z");
    expect(bars.coverage(key).complete).toEqual([
      { from: instant("2024-03-07T14:30:00Z"), to: instant("2024-03-11T14:00:00Z") },
    ]);
    const lost = { from: instant("2024-03-11T14:07:00Z"), to: instant("2024-03-11T14:16:00Z") };
    const night = { from: instant("2024-03-12T02:00:00Z"), to: instant("2024-03-12T03:00:00Z") };
    store.write((writer) =>
      bars.update(writer, key, {
        ...told,
        lost: [
          { range: lost, reason: "no data" },
          { range: night, reason: "no data" },
        ],
      }),
    );
    expect(bars.coverage(key).lost.map(({ range }) => range)).toEqual([
      { from: instant("2024-03-11T14:00:00Z"), to: instant("2024-03-11T14:30:00Z") },
      night,
    ]);
    store.write((writer) => bars.forget(writer, key, { from: lost.to, to: lost.to + 1 }));
    expect(bars.coverage(key).lost[0]?.range.to).toBe(instant("2024-03-11T14:15:00Z"));
  });

  it("refuses bars that cannot be true, and changes nothing then", () => {
    const { store, bars } = newStore();
    const [bar] = plainBars(BARS.slice(0, 1));
    const update = (...wrong: Parameters<BarColumns["push"]>[0][]) =>
      store.write((writer) => bars.update(writer, key, { ...told, bars: BarColumns.of(wrong) }));
    expect(() => update({ ...bar!, low: bar!.high + 1 })).toThrow(code("high-below-low"));
    expect(() => update({ ...bar!, low: -1 })).toThrow(code("price-not-positive"));
    expect(() => update({ ...bar!, openTime: 0.5 })).toThrow(code("time-not-integer"));
    expect(() => update({ ...bar!, closeTime: 2 ** 52 })).toThrow(code("time-not-possible"));
    expect(() => update({ ...bar!, openTime: -(2 ** 52) })).toThrow(code("time-not-possible"));
    expect(() => update(bar!, bar!)).toThrow(code("unsorted-bars"));
    expect(() => update(bar!, bar!)).toThrow(
      /^TEST 15m trades regular: the bar of 2015-01-05T00:00:00.000Z does not open after the one/,
    );
    for (const wrong of [{ version: 0 }, { version: 1.5 }, { receivedAt: Number.NaN }]) {
      const given = { ...told, ...wrong };
      expect(() => store.write((writer) => bars.update(writer, key, given))).toThrow(/invariant/);
    }
    expect(bars.find(key)).toMatchObject({ count: 0, complete: [] });
    const early = { ...bar!, openTime: -(2 ** 52) + 2, closeTime: -(2 ** 52) + 3 };
    const late = { ...bar!, openTime: 2 ** 52 - 3, closeTime: 2 ** 52 - 2 };
    update(early, late);
    expect(plainBars(bars.read(key))).toEqual([early, late]);
    const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    store.write((writer) => bars.forget(writer, key, always));
    expect(bars.find(key)).toMatchObject({ count: 0 });
  });

  it("says that a series is not there", () => {
    const { store, bars } = newStore();
    const unknown = code("unknown-series");
    expect(() => bars.read("nobody")).toThrow(unknown);
    expect(() => bars.coverage("nobody")).toThrow(unknown);
    expect(() => bars.provenance("nobody", 1)).toThrow(unknown);
    expect(() => bars.verify("nobody")).toThrow(unknown);
    expect(() => bars.consolidate("nobody")).toThrow(unknown);
    expect(() => store.write((writer) => bars.remove(writer, "nobody"))).toThrow(unknown);
    expect(() => store.write((writer) => bars.update(writer, "nobody", told))).toThrow(unknown);
    expect(bars.look("nobody", () => 1)).toBeUndefined();
  });

  it("rewrites one block and the index when a bar comes, and nothing else", () => {
    const { store, bars } = newStore();
    storeBars({ store, bars }, generatedBars(5_000));
    const last = bars.find(key)!.last!;
    const openTime = last + 15 * MINUTE_MS;
    const bar = { ...plainBars(BARS.slice(0, 1))[0]!, openTime, closeTime: openTime + 1 };
    const changed: number[] = [];
    store.write((writer) => {
      const put: typeof writer.put = (at, value) => {
        changed.push(at[0]!);
        expect(value.length).toBeLessThan(20_000);
        writer.put(at, value);
      };
      const remove: typeof writer.remove = () => expect.unreachable();
      const watched = {
        get: writer.get.bind(writer),
        range: writer.range.bind(writer),
        last: writer.last.bind(writer),
        put,
        remove,
      };
      bars.update(watched, key, { ...told, bars: BarColumns.of([bar]) });
    });
    expect(changed).toEqual([ENTRY.block, ENTRY.series]);
  });

  it("refuses a store of a newer format, whole and in clear words", () => {
    const { store, bars } = newStore();
    const root = entryKey(ENTRY.root);
    const newer = new ByteWriter().uint32(STORE_FORMAT + 1).text("whatever comes then");
    store.write((writer) => writer.put(root, seal(root, newer.view)));
    expect(() => new BarStore(store)).toThrow(code("newer-store"));
    expect(() => new BarStore(store)).toThrow(/format 2, written by a newer Barline.*update/);
    expect(() =>
      store.write((writer) => bars.declare(writer, { series: QUARTERS, calendar: ALWAYS_OPEN })),
    ).toThrow(code("newer-store"));
  });

  it("opens an empty store for reading, and finds nothing", () => {
    const bars = new BarStore(new SimDisk().open("read"));
    expect(bars.list()).toEqual([]);
  });
});
