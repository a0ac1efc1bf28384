import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEAF_OBSERVER } from "../../../adapters/kept/observers.ts";
import { HOUR_MS } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";
import { RunLog } from "../../support/run-log.ts";
import { bar, bars, close, open, SERIES } from "../feed/seam/seam-fixture.ts";
import { busy, Desk15, OutsideBroker, stateOf, wholeLife } from "./journaled-fixture.ts";

// Goal: wherever its journal ends, from a snapshot or from its beginning, it goes on to be bit for
// bit what it would have been.
describe("a run that is taken up again", () => {
  const whole = wholeLife();

  it.each(["snapshot", "beginning"] as const)("goes on from any commit, from its %s", (mode) => {
    for (const snapshotBars of [1, 2, 5]) {
      const life = wholeLife({}, snapshotBars);
      const { commits, snapshots } = life.journal;
      for (let length = 0; length <= commits.length; length += 1) {
        const cut = new MemoryJournal(SERIES);
        cut.commits.push(...commits.slice(0, length));
        cut.snapshots.push(...snapshots.filter((each) => each.commits <= length));
        const again = new Desk15({}, { snapshotBars }, life.time.now() - 20 * HOUR_MS);
        const recorded = cut.recorded(mode);
        const { divergence, commits: played } = again.journaled.resume(recorded);
        expect(divergence).toBeUndefined();
        expect(played).toBe([...recorded.commits].length);
        expect(again.journal.commits).toEqual([]);
        // It goes on when it once did: after what it has heard.
        const now = Math.max(again.run.parts.goesOnAt, open(0));
        const goes = new Desk15({}, { snapshotBars }, now);
        goes.journaled.resume(cut.recorded(mode));
        goes.journaled.start();
        expect(goes.source.queries).toHaveLength(1);
        goes.sayRest();
        expect(goes.journaled.digest).toBe(whole.journaled.digest);
        expect(stateOf(goes)).toBe(stateOf(whole));
      }
    }
  });

  it("goes on from any word, any number of times", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ words: fc.integer({ min: 1, max: 12 }), bars: fc.nat(6) }), {
          maxLength: 6,
        }),
        (lives) => {
          const kept = new MemoryJournal(SERIES);
          for (const { words, bars: snapshotBars } of lives) {
            const { run } = resumed(kept, snapshotBars + 1);
            let left = words;
            // Dies between a bar and the word after it, too.
            for (let index = 0; index < 16 && left > 0; index += 1) {
              if (open(index) < run.run.parts.goesOnAt) continue;
              run.time.advanceTo(close(index));
              run.source.say([bar(index)]);
              left -= 1;
              if (left > 0) run.source.cover(open(index), close(index));
              left -= 1;
            }
          }
          const { run } = resumed(kept, 4);
          run.sayRest();
          expect(run.journaled.digest).toBe(whole.journaled.digest);
          expect(stateOf(run)).toBe(stateOf(whole));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("asks its source for what comes after what it has heard, and says what it has had", () => {
    const life = wholeLife({}, 4);
    const again = new Desk15({ to: close(15) + HOUR_MS });
    again.journaled.resume(life.journal.recorded());
    again.journaled.start();
    const [query] = again.source.queries;
    expect(query).toMatchObject({ warmUpBars: 0, from: close(15), to: close(15) + HOUR_MS });
    expect([...query!.known!].map(({ openTime }) => openTime)).toEqual(
      bars(0, 16).map(({ openTime }) => openTime),
    );
    const fresh = new Desk15({ from: open(2) });
    fresh.journaled.start();
    expect(fresh.source.queries[0]).toEqual({ series: SERIES, warmUpBars: 5, from: open(2) });
  });

  it("goes on behind what was covered, though no bar was there", () => {
    const life = new Desk15();
    life.journaled.start();
    life.say(0, 4);
    life.source.cover(open(4), close(5));
    const again = new Desk15();
    again.journaled.resume(life.journal.recorded());
    expect(again.run.parts.goesOnAt).toBe(close(5));
  });

  it("goes on though it was stopped or its source has ended, unless it is played to its end", () => {
    for (const end of [
      (life: Desk15) => life.journaled.stop("enough"),
      (life: Desk15) => life.source.end({ kind: "complete" }),
    ]) {
      const life = new Desk15();
      life.journaled.start();
      life.say(0, 7);
      end(life);
      const { outcome } = life.run;
      expect(outcome).toBeDefined();
      const recorded = life.journal.recorded("beginning");
      const again = new Desk15({}, {}, close(6));
      expect(again.journaled.resume(recorded).divergence).toBeUndefined();
      expect(again.run.outcome).toBeUndefined();
      again.journaled.start();
      again.sayRest();
      expect(again.journaled.digest).toBe(whole.journaled.digest);
      const ended = new Desk15();
      expect(ended.journaled.resume(recorded, true).divergence).toBeUndefined();
      expect(ended.run.outcome).toEqual(outcome);
      ended.journaled.start();
      expect(ended.source.queries).toEqual([]);
    }
  });

  it("goes on though it ended while bars waited for the word after them", () => {
    for (const end of [
      (life: Desk15) => life.journaled.stop(),
      (life: Desk15) => life.source.end({ kind: "complete" }),
    ]) {
      const life = new Desk15();
      life.journaled.start();
      life.say(0, 7);
      life.time.advanceTo(close(8));
      life.source.say([bar(7), bar(8)]);
      end(life);
      const again = new Desk15({}, {}, close(8));
      expect(again.journaled.resume(life.journal.recorded()).divergence).toBeUndefined();
      again.journaled.start();
      expect(again.sayRest().run.outcome).toBeUndefined();
      expect(again.run.summary().bars).toBe(16);
    }
  });

  it("tells observers of a run that goes on what it is, and nothing of what was before", () => {
    const life = wholeLife();
    const said: string[] = [];
    const log = new RunLog(new VirtualTime(0));
    const observer = { ...DEAF_OBSERVER, run: () => said.push("run"), bar: () => said.push("bar") };
    void log;
    const heard = new Desk15({ observer });
    heard.journaled.resume(life.journal.recorded());
    said.length = 0;
    heard.journaled.start();
    heard.source.cover(open(15), close(15));
    expect(said).toEqual(["run"]);
  });

  it("refuses a snapshot of another form, run or broker", () => {
    const { snapshots } = wholeLife({}, 2).journal;
    const { bytes } = snapshots.at(-1)!;
    const load = (life: Desk15, of: Uint8Array) => (): unknown =>
      life.journaled.resume({ snapshot: { bytes: of }, commits: [] });
    const damaged = expect.objectContaining({ code: "damaged-bytes" });
    expect(load(new Desk15(), bytes.with(0, 9))).toThrow(damaged);
    expect(load(new Desk15({ strategy: busy(false) }), bytes)).toThrow(damaged);
    expect(load(new Desk15({ broker: new OutsideBroker() }), bytes)).toThrow(
      "it was saved with another kind of broker",
    );
    expect(load(new Desk15(), bytes.slice(0, -1))).toThrow(damaged);
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(load(new Desk15(), longer)).toThrow(damaged);
  });

  it("is not loaded into a run that has begun", () => {
    const { journal } = wholeLife({}, 2);
    const begun = new Desk15();
    begun.journaled.start();
    expect(() => begun.journaled.resume(journal.recorded())).toThrow("loaded into a new run");
  });
});

function resumed(kept: MemoryJournal, snapshotBars: number): { readonly run: Desk15 } {
  const probe = new Desk15();
  expect(probe.journaled.resume(kept.recorded()).divergence).toBeUndefined();
  const now = Math.max(probe.run.parts.goesOnAt, open(0));
  const run = new Desk15({}, { journal: kept, snapshotBars }, now);
  run.journaled.resume(kept.recorded());
  run.journaled.start();
  return { run };
}
