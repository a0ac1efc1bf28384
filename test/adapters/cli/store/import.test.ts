// Goal: a file goes into a store whole or leaves it as it was; what contradicts stored bars is
// refused unless it is told to replace them; what a file lacks is known; and neither another import
// nor a reader meanwhile does any harm.
import { chmodSync, cpSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { series } from "../../../../core/market/series.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { DAY_MS, instant, utcDay } from "../../../../core/time/instant.ts";
import type { Session } from "../../../../core/time/trading-calendar.ts";
import {
  barline,
  barlines,
  type Ended,
  expectOneLine,
  HANGS_MS,
  IF_1M,
  IF_15M,
  lines15m,
  SMA_CROSS,
  workFolder,
} from "../barline.ts";

const file = workFolder();
const lines = lines15m();

function csv(name: string, rows: readonly string[]): string {
  return file(name, [lines[0], ...rows, ""].join("\n"));
}

/** Imports and other commands on one store, in one process. */
function onStore(
  store: string,
  ...commands: readonly (readonly string[])[]
): Promise<readonly Ended[]> {
  return barlines(
    file,
    commands.map((command) => ["bars", ...command, "--store", file(store)]),
  );
}

function json({ stdout }: Ended): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>;
}

const CFFEX = ["--symbol", "IF", "--calendar", "CFFEX", "--json"];

describe("a file with other values than the store", () => {
  it("is refused whole, or becomes a new version", { timeout: HANGS_MS }, async () => {
    const changed = lines.slice(1);
    for (const at of [700, 701, 2_999]) changed[at] = changed[at]!.replace(/[\d.]+$/, "1");
    const other = csv("changed.csv", [...changed, "2024-09-30T01:30:00Z,4000,4001,3999,4000,1"]);
    const [, refused, kept, replaced, shown, again, back] = await onStore(
      "versions",
      ["import", IF_15M, ...CFFEX],
      ["import", other, ...CFFEX],
      ["ls", "--json"],
      ["import", other, ...CFFEX, "--replace"],
      ["show", "IF", "--json"],
      ["import", other, ...CFFEX],
      ["import", IF_15M, ...CFFEX, "--replace"],
    );
    const first = "first that of 2024-02-02T06:00:00.000Z, whose volume is 1 here and 6108 there";
    expectOneLine(refused!, 2, "changed.csv: 3 of its bars are stored", first, "--replace");
    expect(json(kept!)).toMatchObject({ bars: 3_200 });
    expect(json(replaced!)).toMatchObject({ new: 1, corrected: 3, already: 3_197 });
    expect(json(shown!)).toMatchObject({ bars: 3_201, corrected: { bars: 3, highestVersion: 2 } });
    expect(json(again!)).toMatchObject({ new: 0, corrected: 0, already: 3_201 });
    expect(json(back!)).toMatchObject({ new: 0, corrected: 3, already: 3_197 });
  });
});

describe("rows that were left out", () => {
  it("are lost, unless somebody else has them", { timeout: HANGS_MS }, async () => {
    const rows = lines.slice(1, 101);
    const faulty = [...rows];
    faulty[30] = "nonsense";
    faulty[60] = faulty[60]!.replace(/,[^,]+,/, ",NaN,");
    const broken = csv("broken.csv", faulty);
    const whole = csv("whole.csv", rows);
    const skipping = [...CFFEX, "--on-fault", "skip"];
    const [failed, none, first, shown, mended, once, sound] = await onStore(
      "lost",
      ["import", broken, ...CFFEX],
      ["ls", "--json"],
      ["import", broken, ...skipping],
      ["show", "IF", "--json"],
      ["import", whole, ...CFFEX],
      ["import", broken, ...skipping],
      ["verify", "--json"],
    );
    expectOneLine(failed!, 2, "broken.csv:32:");
    expect(none!.stdout).toBe("");
    expect(json(first!)).toMatchObject({ new: 98, leftOut: 2, gaps: 0, lost: 2 });
    const reason = "1 row left out: not-a-number in line 62";
    expect(json(shown!).lost).toMatchObject({ slots: 2, ranges: [{}, { slots: 1, reason }] });
    expect(json(mended!)).toMatchObject({ new: 2, already: 98, gaps: 0, lost: 0 });
    expect(json(once!)).toMatchObject({ new: 0, already: 98, leftOut: 2, gaps: 0, lost: 0 });
    expect(sound!.code).toBe(0);
  });
});

describe("calendars", () => {
  it("of two files of no known market become one", { timeout: HANGS_MS }, async () => {
    const rows = (from: string, minutes: readonly number[]): string[] =>
      minutes.map((minute) => {
        const at = new Date(instant(from) + minute * 60_000).toISOString();
        return `${at},10,11,9,10,1`;
      });
    const early = Array.from(
      { length: 300 },
      (_, index) => (index % 50) + 1_440 * Math.floor(index / 50),
    );
    const late = early.map((minute) => minute + 10);
    const own = ["--symbol", "OWN", "--calendar", "bars", "--json"];
    const [one, two, sound] = await onStore(
      "own",
      ["import", csv("own-1.csv", rows("2024-01-02T03:00:00Z", early)), ...own],
      ["import", csv("own-2.csv", rows("2024-01-05T03:00:00Z", late)), ...own],
      ["verify", "--json"],
    );
    expect(json(one!)).toMatchObject({ new: 300, gaps: 0, calendar: "of the file" });
    // Of three days the first file has fifty minutes, the second ten more and ten less.
    expect(json(two!)).toMatchObject({ new: 180, already: 120, gaps: 0 });
    expect(sound!.code).toBe(0);
  });

  it("that a gateway told stay, and learn of days before and after", {
    timeout: HANGS_MS,
  }, async () => {
    const catalog = calendarByName("CFFEX");
    const sessions: Session[] = [];
    for (
      let at = instant("2024-02-01T00:00:00Z");
      at < instant("2024-03-01T00:00:00Z");
      at += DAY_MS
    ) {
      const session = catalog.sessionOn(utcDay(at));
      if (session !== undefined) sessions.push(session);
    }
    const of = series(
      instrument("IF", { currency: "CNY", allowsNegativePrice: true }),
      barSize("15m"),
    );
    const calendar = { name: "IF as told", zone: "Asia/Shanghai", alignment: "session" } as const;
    const store = openLmdbStore(file("told"), { mode: "write" });
    const bars = new BarStore(store);
    store.write((writer) =>
      bars.declare(writer, { series: of, calendar: { ...calendar, sessions } }),
    );
    store.close();
    const night = csv("night.csv", [
      "2024-02-05T15:00:00Z,1,1,1,1,1",
      "2024-02-05T15:15:00Z,1,1,1,1,1",
    ]);
    const [imported, off, shown, sound] = await onStore(
      "told",
      ["import", IF_15M, "--symbol", "IF", "--json"],
      ["import", night, "--symbol", "IF", "--calendar", "24/7", "--json"],
      ["show", "IF", "--json"],
      ["verify", "--json"],
    );
    expect(json(imported!)).toMatchObject({ new: 3_200, gaps: 0, calendar: "IF as told" });
    expectOneLine(
      off!,
      2,
      "night.csv: its bar of 2024-02-05T15:00:00.000Z has no place",
      "--symbol",
    );
    expect(json(shown!)).toMatchObject({
      instrument: { currency: "CNY", allowsNegativePrice: true },
      calendar: { name: "IF as told", sessions: 200 },
      bars: 3_200,
    });
    expect(sound!.code).toBe(0);
  });
});

describe("what happens meanwhile", () => {
  it("can be another import, and readers", { timeout: HANGS_MS }, async () => {
    const store = ["--store", file("together")];
    const args = ["bars", "import", IF_1M, "--calendar", "CFFEX", "--json", ...store];
    expect((await barline(["bars", "import", IF_15M, ...CFFEX, ...store])).code).toBe(0);
    const [one, two, other, listed, sound] = await Promise.all([
      barline([...args, "--symbol", "ONE"]),
      barline([...args, "--symbol", "ONE"]),
      barline([...args, "--symbol", "OTHER"]),
      barline(["bars", "ls", "--json", ...store]),
      barline(["bars", "verify", "--json", ...store]),
    ]);
    const [first, second, third] = [one, two, other].map(json);
    const count = Number(third!.new);
    expect(count).toBeGreaterThan(10_000);
    expect(Number(first!.new) + Number(second!.new)).toBe(count);
    expect(Number(first!.already) + Number(second!.already)).toBe(count);
    expect(listed.code).toBe(0);
    expect(sound.code).toBe(0);
    const [after] = await onStore("together", ["verify", "--json"]);
    expect(after!.code).toBe(0);
  });
});

describe("a store that may not be written", () => {
  it("is read, and remembers without learning", { timeout: HANGS_MS }, async () => {
    const store = file("guarded");
    const run = ["backtest", SMA_CROSS, "--bars", IF_15M, "--json", "--store", store];
    const open = await barline(run);
    expect(open.code).toBe(0);
    cpSync(store, file("guarded-copy"), { recursive: true });
    // Root may write anything, so it becomes somebody else.
    const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    chmodSync(file("."), 0o755);
    for (const name of readdirSync(store))
      chmodSync(`${store}/${name}`, name === "lock.mdb" ? 0o666 : 0o444);
    chmodSync(store, 0o555);
    const [known, unknown, refused] = await Promise.all([
      barline(run, uid),
      barline([...run, "--on-fault", "skip"], uid),
      barline(["bars", "import", IF_15M, "--store", store], uid),
    ]);
    expect(known).toEqual(open);
    expect(unknown).toEqual(open);
    expectOneLine(refused!, 2, "guarded: may not be written");
    chmodSync(store, 0o755);
  });
});
