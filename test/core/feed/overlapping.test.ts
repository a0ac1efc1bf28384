import { describe, expect, it } from "vitest";
import type { BarSource } from "../../../core/feed/bar-source.ts";
import { overlapping } from "../../../core/feed/overlapping.ts";
import type { Bar } from "../../../core/market/bar.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { ScriptedSource } from "../../support/scripted-source.ts";
import { bar, bars, close, open, Script, SERIES } from "./seam/seam-fixture.ts";

/** All prices of a bar times a factor. */
function scaled(of: Bar, factor: number): Bar {
  const { open, high, low, close } = of;
  return {
    ...of,
    open: open * factor,
    high: high * factor,
    low: low * factor,
    close: close * factor,
  };
}

interface Asked {
  readonly history: ScriptedSource;
  readonly out: Script & { outcome?: string };
  readonly found: (readonly [Bar, Bar, number])[];
}

/** A history of which the bar before slot 4 is known, asked for a part. */
function ask(query: Partial<TimeRange>, known: Bar | null = bar(3)): Asked {
  const history = new ScriptedSource(SERIES);
  const found: [Bar, Bar, number][] = [];
  const source: BarSource = overlapping(history, {
    knownBefore: (at) => (at === open(4) ? (known ?? undefined) : undefined),
    readjusted: (before, told, factor) => found.push([before, told, factor]),
  });
  const out: Asked["out"] = new Script();
  source.open(
    { series: SERIES, ...query },
    {
      bars: (batch) => out.bars(batch),
      coverage: (range) => out.coverage(range),
      event: (event) => out.event(event),
      end: ({ kind }) => out.lines.push(kind),
    },
  );
  return { history, out, found };
}

const WANTED = { from: open(4), to: open(7) };

// Goal: prices of before a split are never joined to prices of after it without a word, at no more
// requests, and nothing of the bar that is asked for once more reaches anybody.
describe("a history that overlaps what is known", () => {
  it("is asked for the known bar as well, which nobody hears of", () => {
    const { history, out, found } = ask(WANTED);
    expect(history.queries).toEqual([{ series: SERIES, from: open(3), to: open(7) }]);
    history.say(bars(3, 7));
    history.cover(open(3), close(6));
    history.status("live", "on");
    history.end({ kind: "complete" });
    expect(out.lines).toEqual(["live 4 5 6", "covered 4-7", "live", "complete"]);
    expect(found).toEqual([]);
  });

  it("tells when all prices of the known bar were multiplied, alone in its batch or not", () => {
    for (const rest of [[], bars(4, 7)]) {
      const { history, out, found } = ask(WANTED);
      const told = scaled(bar(3), 0.5);
      history.say([told, ...rest]);
      expect(found.map(([before, after, factor]) => [before, after.close, factor])).toEqual([
        [bar(3), told.close, 0.5],
      ]);
      expect(out.released).toEqual(rest);
    }
  });

  it("takes a correction of the known bar for none, and looks at no other bar", () => {
    const { history, found } = ask(WANTED);
    history.say([bar(2, { open: 1, high: 1, low: 1, close: 1 }), bar(3, { close: 100 }), bar(4)]);
    history.say(bars(4, 7).map((each) => scaled(each, 0.5)));
    expect(found).toEqual([]);
  });

  it("says nothing of coverage that lies before what is wanted", () => {
    const { history, out } = ask(WANTED);
    history.cover(open(3), close(3));
    history.cover(open(2), close(5));
    history.cover(open(6), close(9));
    expect(out.lines).toEqual(["covered 4-6", "covered 6-7"]);
  });

  it.each([
    ["nothing is known", WANTED, null],
    ["it is open to the past", { to: open(8) }, bar(3)],
    ["it is open to the future", { from: open(4) }, bar(3)],
  ] as const)("is asked as it is where %s", (_what, query, known) => {
    const { history, out } = ask(query, known);
    expect(history.queries).toEqual([{ series: SERIES, ...query }]);
    history.say(bars(3, 5));
    history.cover(open(3), close(4));
    expect(out.lines).toEqual(["live 3 4", "covered 3-5"]);
  });
});
