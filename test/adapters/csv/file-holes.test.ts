import { describe, expect, it } from "vitest";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import type { BarQuery } from "../../../core/feed/bar-source.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import { temporaryFolder } from "./csv-files.ts";
import { at, broken, GRID, type Heard, hear as hearFile, NOISE, of, sound } from "./hole-files.ts";

// Goal: a row that is left out and could have been a bar leaves no hole that nobody tells of.

const folder = temporaryFolder();
const row = (time: string): string => sound(at(time));
const hear = (
  rows: readonly string[],
  query: Partial<BarQuery> = {},
  settings: Partial<CsvOptions> = {},
): Promise<Heard> => hearFile(folder.path("bars.csv"), rows, query, settings);

/** What is said, in short: `10:00` a bar, `10:00-10:15` covered, `lost 10:15-10:30`. */
function told(heard: Heard): string[] {
  const text = (instantMs: number): string => formatInstant(instantMs).slice(11, 16);
  return heard.words.map((word) => {
    if (word.type === "bar") return text(word.openTime);
    if (word.type === "rejection") return "row";
    if (word.type !== "gap" && word.type !== "coverage") return word.type;
    const range = `${text(word.range.from)}-${text(word.range.to)}`;
    return word.type === "gap" ? `${word.outcome} ${range}` : range;
  });
}

const reasons = (heard: Heard): string[] => of(heard, "gap").map(({ reason }) => reason);

describe("a row left out between two bars", () => {
  it("is a gap after the bars before it and before those behind it", async () => {
    const heard = await hear([row("10:00"), broken(at("10:15")), row("10:30"), row("10:45")]);
    expect(told(heard)).toEqual([
      ...["10:00", "10:00-10:15", "row", "lost 10:15-10:30"],
      ...["10:30", "10:45", "10:30-11:00"],
    ]);
    expect(reasons(heard)).toEqual(["1 row left out: impossible-bar in line 3"]);
    expect(heard.outcome).toMatchObject({ kind: "partial", fault: { code: "rows-skipped" } });
  });

  it("counts with its neighbors as one", async () => {
    const rows = [row("10:00"), NOISE, broken(at("10:30")), "1,2", NOISE, row("12:00")];
    const heard = await hear(rows);
    expect(told(heard).filter((word) => word.startsWith("lost"))).toEqual(["lost 10:15-12:00"]);
    expect(reasons(heard)).toEqual([
      "4 rows left out: 2 time-form, 1 impossible-bar, 1 field-count in lines 3-6",
    ]);
  });

  // Goal: where no bar fits, none is missing: coverage goes on, and the source is complete.
  it("is no gap where its neighbors leave no room for a bar", async () => {
    const contiguous = await hear([row("10:00"), NOISE, row("10:15")]);
    expect(told(contiguous)).toEqual(["10:00", "10:00-10:15", "row", "10:15", "10:15-10:30"]);
    expect(contiguous.outcome).toEqual({ kind: "complete" });
    const overBreak = [row("11:15"), sound(at("12:00")), row("13:00")];
    expect(told(await hear(overBreak, {}, { grid: GRID }))).toEqual([
      ...["11:15", "11:15-11:30", "row", "13:00", "11:30-13:15"],
    ]);
  });

  it("loses whole slots of the grid, and closed time stays covered", async () => {
    const rows = [row("11:00"), NOISE, row("13:15")];
    expect(told(await hear(rows, {}, { grid: GRID }))).toEqual([
      ...["11:00", "11:00-11:15", "row", "lost 11:15-13:15", "13:15", "13:15-13:30"],
    ]);
    const afterBreak = [row("11:15"), NOISE, row("13:30")];
    expect(told(await hear(afterBreak, {}, { grid: GRID }))).toEqual([
      ...["11:15", "11:15-11:30", "row", "lost 13:00-13:30", "13:30", "11:30-13:00", "13:30-13:45"],
    ]);
  });

  it("is no gap before the first and after the last bar, but spoils the outcome", async () => {
    for (const rows of [
      [NOISE, row("10:30")],
      [row("10:30"), NOISE],
      [row("10:30"), row("10:00")],
    ]) {
      const heard = await hear(rows);
      expect(of(heard, "gap")).toEqual([]);
      expect(heard.outcome.kind).toBe("partial");
    }
  });

  it("is lost only as far as it was asked for", async () => {
    const rows = [row("10:00"), NOISE, row("11:00"), row("11:15"), NOISE, row("13:45")];
    const query = { from: at("10:20"), to: at("13:10") };
    const lost = async (settings: Partial<CsvOptions>): Promise<string[]> =>
      told(await hear(rows, query, settings)).filter((word) => word.startsWith("lost"));
    expect(await lost({})).toEqual(["lost 10:20-11:00", "lost 11:30-13:10"]);
    expect(await lost({ grid: GRID })).toEqual(["lost 10:30-11:00", "lost 13:00-13:15"]);
    const between = await hear(rows, { from: at("11:00"), to: at("11:30") });
    expect(told(between)).toEqual(["row", "11:00", "11:15", "11:00-11:30", "row"]);
    expect(between.outcome).toEqual({ kind: "complete" });
  });
});

describe("a row that comes after later ones", () => {
  // Goal: its bar is missing at its own time, not where the row stands.
  it("is a gap of its own time", async () => {
    const rows = ["10:00", "11:00", "10:15", "10:30", "11:15"].map(row);
    const heard = await hear(rows);
    expect(told(heard)).toEqual([
      ...["10:00", "11:00", "10:00-11:15", "row", "row", "lost 10:15-10:45"],
      ...["11:15", "11:15-11:30"],
    ]);
    expect(reasons(heard)).toEqual(["2 rows left out: 2 unsorted in lines 4-5"]);
    expect(heard.outcome.kind).toBe("partial");
  });

  it("is none where it repeats a bar", async () => {
    const rows = ["10:00", "10:15", "10:30", "10:00", "10:15", "10:30", "10:45"].map(row);
    const heard = await hear(rows);
    expect(of(heard, "rejection")).toHaveLength(3);
    expect(of(heard, "gap")).toEqual([]);
    expect(heard.outcome).toEqual({ kind: "complete" });
  });

  it("is none where its time was declared lost before", async () => {
    const rows = [row("10:00"), NOISE, row("10:45"), row("10:15"), row("11:00")];
    expect(of(await hear(rows), "gap")).toHaveLength(1);
  });
});
