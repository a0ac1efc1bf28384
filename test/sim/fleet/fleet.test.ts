import { describe, expect, it } from "vitest";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { instant, MINUTE_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { FAULTS, knobLines, runSeed, shrunk, timeline } from "../../../sim/fleet/index.ts";
import { unrequired } from "../../../sim/fleet/required.ts";
import type { Seen, SeenBar } from "../../../sim/fleet/seen.ts";
import { PHASES } from "../../../sim/fleet/stage.ts";
import { drawKnobs, type Knobs } from "../../../sim/fleet/swarm.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";

// Goal: a run of the fleet is drawn from its seed alone, the same seed gives the same bytes, each
// of the 32 faults is absorbed as it has to be, and what fails is made small enough to read.

/** Evenings of days that ended early or were none, somewhere. */
const SHORT_DAYS = [
  ...["02-09", "03-29", "04-04", "05-01", "06-10", "07-03", "07-04", "09-16"],
  ...["11-28", "11-29", "12-24"],
].map((day) => instant(`2024-${day}T21:00:00Z`));

/** From the opening of the last bar before a run to its end. */
function span({ calendar, size, start, end }: Knobs): TimeRange {
  const grid = new BarGrid(calendarByName(calendar), barSize(size), "clock");
  return { from: grid.slotClosedBy(start)!.openTime, to: end };
}

function soundBar(openTime: UnixMs): SeenBar {
  const prices = { open: 2, high: 3, low: 1, close: 2, volume: 5 };
  return { openTime, closeTime: openTime + MINUTE_MS, ...prices };
}

describe("a draw", () => {
  it("has half of all runs with one fault at the most, and every fault in some", () => {
    const drawn = Array.from({ length: 600 }, (_, seed) => drawKnobs(seed));
    const few = drawn.filter(({ troubles }) => troubles.length <= 1).length;
    expect(few).toBeGreaterThan(240);
    expect(few).toBeLessThan(360);
    const met = new Set(drawn.flatMap(({ troubles }) => troubles.map(({ fault }) => fault)));
    expect(met.size).toBe(32);
    expect(FAULTS.map(({ number }) => number)).toEqual([...Array(32).keys()].map((n) => n + 1));
  });

  it("leaves every other knob as it is when one is fixed", () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const { size, mode, strategy, fast, slow, pageBars } = drawKnobs(seed);
      const fixed = drawKnobs(seed, { fault: "none" });
      expect(fixed).toMatchObject({ size, mode, strategy, fast, slow, pageBars });
      expect(fixed.troubles).toEqual([]);
    }
  });

  it("lays a run at a change of clocks, or at a day that ends early, where it is to", () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const changed = drawKnobs(seed, { fault: "dst" });
      const { zone } = calendarByName(changed.calendar);
      const { from, to } = span(changed);
      expect(zone.offsetMsAt(to)).not.toBe(zone.offsetMsAt(from));
      const short = span(drawKnobs(seed, { fault: "early-close" }));
      expect(SHORT_DAYS.some((at) => short.from < at && at < short.to)).toBe(true);
    }
  });
});

describe("a fault in a phase", () => {
  it.each(PHASES)("strikes in the %s of a run, whose other knobs are as they were", (phase) => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const options = { fault: "revision", phase };
      const { mode, size, fast, slow } = drawKnobs(seed);
      const { knobs, problems, seen } = runSeed(seed, options);
      expect(knobs).toMatchObject({ mode, size, fast, slow, phase });
      expect(problems).toEqual([]);
      const struck = seen.findIndex((each) => each.kind === "trouble" && each.name === "revision");
      const before = seen.slice(0, struck);
      const isReady = before.some((each) => each.kind === "state" && each.to === "READY");
      const others = before.filter(({ kind }) => kind === "trouble");
      const isLater = phase === "reconnect" || phase === "restart";
      expect(others.length).toBe(isLater ? 1 : 0);
      expect(seen[struck]?.kind).toBe("trouble");
      if (phase === "live" || isLater) expect(isReady).toBe(true);
      if (phase === "backfill") expect(isReady).toBe(false);
      if (phase === "restart") expect(before.at(-1)!.life).toBe(2);
    }
  });

  it("comes before the one that is named after it", () => {
    for (const fault of ["kill,gap", "gap,kill", "half-open,torn-write", "dst,nonsense,gap"]) {
      const { seen, problems } = runSeed(2, { fault, phase: "live" });
      expect(problems).toEqual([]);
      const struck = seen.filter((each) => each.kind === "trouble");
      expect(struck.map(({ name }) => name).join()).toBe(fault);
    }
  });
});

describe("a run", () => {
  it("gives the same bytes from the same seed, and others from another", () => {
    const digests = [11, 12, 11, 12].map((seed) => runSeed(seed).digest);
    expect(digests.slice(2)).toEqual(digests.slice(0, 2));
    expect(digests[0]).not.toBe(digests[1]);
  });

  it.each(FAULTS)("makes of fault $number, $name, what it must: $outcome", ({ name, outcome }) => {
    const { problems, halted, seen } = runSeed(3, { fault: name });
    expect(problems).toEqual([]);
    expect(seen.some(({ kind }) => kind === "trouble")).toBe(true);
    if (outcome !== "halt") expect(halted).toBeUndefined();
  });
});

describe("the outcome of a fault", () => {
  const bar = soundBar(instant("2024-03-07T15:00:00Z"));
  const here = { at: 0, life: 1, run: 1, size: "1m" };
  const revision: Seen = { ...here, kind: "revision", version: 2, before: bar, after: bar };
  const range = { from: bar.openTime, to: bar.closeTime };
  const loss: Seen = { ...here, kind: "gap", ...range, outcome: "lost" };

  it("is no more than what it requires", () => {
    const shown = (fault: string, seen: Seen) => unrequired(drawKnobs(1, { fault }), [seen]);
    expect(shown("gap", revision)).toMatch(/^\[6\] the bar at \d+ was revised/);
    expect(shown("revision", revision)).toBeUndefined();
    expect(shown("gap,revision", revision)).toBeUndefined();
    expect(shown("gap", { ...loss, outcome: "repaired" })).toBeUndefined();
    expect(shown("gap", loss)).toMatch(/^\[2\] bars from \d+ on were lost/);
    expect(shown("stale-reply", loss)).toBeUndefined();
  });
});

describe("a failing run", () => {
  it("is shrunk to what it needs to fail, and told as a timeline", () => {
    const doubled = PLANTED_BUGS.find(({ name }) => name === "a bar is doubled")!.plant;
    const failing = runSeed(1, doubled());
    expect(failing.problems.length).toBeGreaterThan(0);
    expect(failing.knobs.troubles.length).toBeGreaterThan(1);
    // The bug counts bars, so each run needs one of its own.
    const smallest = shrunk(failing, {
      get source() {
        return doubled().source!;
      },
    });
    expect(smallest.problems.length).toBeGreaterThan(0);
    expect(smallest.knobs.troubles).toEqual([]);
    expect(knobLines(smallest)).toContain("fault none");
    const lines = timeline(smallest);
    expect(lines.at(-1)).toMatch(/^WRONG {2}\[/);
    expect(lines.some((line) => /life 1 {2}bar \d+ /.test(line))).toBe(true);
  });
});
