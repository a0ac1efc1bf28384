import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarQuery } from "../../../core/feed/bar-source.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { RangeSet } from "../../../core/time/range.ts";
import { temporaryFolder } from "./csv-files.ts";
import {
  at,
  broken,
  DAY,
  GRID,
  type Heard,
  hear as hearFile,
  NOISE,
  of,
  sound,
} from "./hole-files.ts";

// Goal: whatever rows a file has, its time is accounted for.

const folder = temporaryFolder();
const hear = (
  rows: readonly string[],
  query: Partial<BarQuery>,
  grid: BarGrid | undefined,
): Promise<Heard> => {
  const settings = grid === undefined ? {} : { grid };
  return hearFile(folder.path("bars.csv"), rows, query, settings);
};

/** Any instant around the slots, on the grid or between. */
const around = fc.option(fc.integer({ min: -40, max: 40 * 60 }).map((m) => at("09:00") + m * 60e3));
const slotsOf = (grid: BarGrid | undefined): number[] => {
  if (grid === undefined) return Array.from({ length: 20 }, (_, i) => at("10:00") + i * 900e3);
  return [...grid.slots({ from: at("00:00"), to: at("00:00", DAY + 2) })].map((s) => s.openTime);
};

/** A file on a grid or on none, and what is asked of it. */
const cases = fc.record({
  grid: fc.constantFrom(GRID, undefined),
  from: around,
  to: around,
  marks: fc.array(fc.constantFrom("bar", "bar", "bar", "none", "broken", "noise", "twice"), {
    minLength: 20,
    maxLength: 20,
  }),
});

const wantedOf = (from: number | null, to: number | null): { from: number; to: number } => ({
  from: from ?? Number.NEGATIVE_INFINITY,
  to: to ?? Number.POSITIVE_INFINITY,
});
const queryOf = (from: number | null, to: number | null): Partial<BarQuery> => ({
  ...(from === null ? {} : { from }),
  ...(to === null ? {} : { to }),
});

describe("any file under the policy skip", () => {
  // Goal: between the first and the last bar, each instant is covered or lost, not both, in order.
  it("accounts for all of its time", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ grid, from, to, marks }) => {
        const slots = slotsOf(grid);
        const rows = slots.flatMap((openTime, index) => {
          const mark = marks[index]!;
          if (mark === "none") return [];
          if (mark === "noise") return [NOISE];
          if (mark === "broken") return [broken(openTime)];
          return mark === "twice" ? [sound(openTime), sound(openTime)] : [sound(openTime)];
        });
        const kept = slots.filter((_, index) => ["bar", "twice"].includes(marks[index]!));
        fc.pre(kept.length > 0);
        const heard = await hear(rows, queryOf(from, to), grid);

        const wanted = wantedOf(from, to);
        const isWanted = (slot: number): boolean => slot >= wanted.from && slot < wanted.to;
        expect(of(heard, "bar").map(({ openTime }) => openTime)).toEqual(kept.filter(isWanted));

        const covered = new RangeSet();
        const lost = new RangeSet();
        let told = Number.NEGATIVE_INFINITY;
        for (const word of heard.words) {
          if (word.type === "bar" || word.type === "gap") {
            const range =
              word.type === "gap" ? word.range : { from: word.openTime, to: word.closeTime };
            expect(range.from).toBeGreaterThanOrEqual(told);
            told = range.to;
            if (word.type === "gap") lost.add(range);
          } else if (word.type === "coverage") {
            covered.add(word.range);
          }
        }
        for (const range of lost.ranges) expect(covered.missing(range)).toEqual([range]);
        const all = new RangeSet();
        for (const range of [...covered.ranges, ...lost.ranges]) all.add(range);
        const known = {
          from: Math.max(kept[0]!, wanted.from),
          to: Math.min(kept.at(-1)!, wanted.to),
        };
        if (known.to > known.from) expect(all.missing(known)).toEqual([]);

        // A slot is lost where a row was left out between the same two bars, and nowhere else.
        slots.forEach((slot, index) => {
          if (!(isWanted(slot) && slot > kept[0]! && slot < kept.at(-1)!)) return;
          const before = slots.findLastIndex((each, i) => i <= index && kept.includes(each));
          const after = slots.findIndex((each, i) => i > index && kept.includes(each));
          const between = marks.slice(before + 1, after);
          const isLost =
            !kept.includes(slot) && between.some((mark) => mark === "broken" || mark === "noise");
          expect(lost.covers({ from: slot, to: slot + 1 })).toBe(isLost);
        });
      }),
      { numRuns: 150 },
    );
  });

  // Goal: whatever the order of the rows, a bar that the file had and did not give is told of.
  it("leaves no row out of its middle in silence", async () => {
    const shuffled = fc.record({
      grid: fc.constantFrom(GRID, undefined),
      from: around,
      to: around,
      rows: fc.array(fc.tuple(fc.nat({ max: 19 }), fc.boolean()), { minLength: 1, maxLength: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(shuffled, async ({ grid, from, to, rows }) => {
        const slots = slotsOf(grid);
        const texts = rows.map(([index, isSound]) => (isSound ? sound : broken)(slots[index]!));
        const heard = await hear(texts, queryOf(from, to), grid);
        const given = of(heard, "bar").map(({ openTime }) => openTime);
        const lost = of(heard, "gap").map(({ range }) => range);
        const { from: start, to: end } = wantedOf(from, to);
        for (const range of lost) {
          expect(range.to).toBeGreaterThan(range.from);
          expect(given.filter((slot) => slot >= range.from && slot < range.to)).toEqual([]);
        }
        const first = Math.min(...given);
        let last = Number.NEGATIVE_INFINITY;
        for (const [index, isSound] of rows) {
          const slot = slots[index]!;
          // Rows behind a bar that opens after the end of the query are not read.
          if (isSound && slot >= end) break;
          // What the time of a broken row is worth, which comes before its turn, nobody knows.
          if (!isSound && slot > last) continue;
          if (isSound) last = Math.max(last, slot);
          if (slot < Math.max(first, start) || slot >= Math.min(Math.max(...given), end)) continue;
          const isLost = lost.some((range) => slot >= range.from && slot < range.to);
          expect(given.includes(slot) || isLost).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
