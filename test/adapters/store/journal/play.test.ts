import { describe, expect, it } from "vitest";
import { playAgain } from "../../../../adapters/store/journal/play-again.ts";
import { playOther } from "../../../../adapters/store/journal/play-other.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { UTC } from "../../../../core/time/zone.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import { SimBroker } from "../../../../sim/index.ts";
import { busy } from "../../../core/engine/journaled-fixture.ts";
import {
  bar,
  close,
  GRID,
  instantHistory,
  open,
  SERIES,
  bars as someBars,
  TellingSource,
} from "../../../core/feed/seam/seam-fixture.ts";
import { RunLog } from "../../../support/run-log.ts";
import { averageStrategy } from "../../../support/strategies.ts";
import { StoredLife } from "./journal-fixture.ts";

const PARTS = { zone: UTC };
const PLAIN = { parameters: {} };
const parts = () => ({ ...PARTS, strategy: busy(), broker: new SimBroker() });

/** A run of two lives. */
function twoLives(): StoredLife {
  const disk = new SimDisk();
  const options = { snapshotBars: 3, about: PLAIN };
  new StoredLife(disk, open(0), options).live(9).taken.journaled.stop();
  return new StoredLife(disk, close(8), options).live(16);
}

const LIFE = twoLives();
const RUN = LIFE.runs.list()[0]!;
const DIGEST = LIFE.taken.journaled.digest;

// Goal: a kept run plays again to what it was, to any moment of it, from nothing but its journal.
describe("playing a run again", () => {
  it("does what it did, through all of its lives", () => {
    const played = playAgain(LIFE.runs, RUN, parts());
    expect(played).toMatchObject({
      divergence: undefined,
      recorded: DIGEST,
      replayed: DIGEST,
      commits: LIFE.runs.head(1).commits,
      at: close(15),
    });
    expect(played.run.summary()).toEqual(LIFE.taken.journaled.run.summary());
    expect(played.seam).toEqual({ lives: 0, heard: 0, said: 0, divergence: undefined });
  });

  it("plays to an instant, and no further", () => {
    for (const index of [0, 5, 8, 12]) {
      const until = close(index);
      const played = playAgain(LIFE.runs, RUN, { ...parts(), until });
      expect(played.divergence).toBeUndefined();
      expect(played.run.summary().bars).toBe(index + 1);
      expect([played.at, played.replayed]).toEqual([until, played.recorded]);
      const before = playAgain(LIFE.runs, RUN, { ...parts(), until: until - 1 });
      expect(before.run.summary().bars).toBe(index);
    }
  });

  it("shows all of it to an observer", () => {
    const log = new RunLog(new VirtualTime(0));
    playAgain(LIFE.runs, RUN, { ...parts(), observer: log });
    expect(log.bars("15m")).toEqual(someBars(0, 16));
    expect(log.fills).toHaveLength(LIFE.taken.journaled.run.summary().fills);
  });

  it("ends where it ended", () => {
    const life = new StoredLife(new SimDisk(), open(0), { about: PLAIN }).live(9);
    life.taken.journaled.stop("enough");
    const [run] = life.runs.list();
    expect(playAgain(life.runs, run!, parts()).run.outcome).toEqual({ kind: "stopped" });
  });

  it("says where it diverges", () => {
    const strategy = averageStrategy(2, (trade) => trade.signal("other"));
    const played = playAgain(LIFE.runs, RUN, { ...parts(), strategy });
    expect(played.divergence).toBeDefined();
    expect(played.replayed).not.toBe(played.recorded);
  });

  it("plays its seam again as well, and with the account that it began with", () => {
    const disk = new SimDisk();
    const live = new TellingSource(SERIES);
    const seamed = (at: number, code: string) => {
      const time = new VirtualTime(at);
      const seam = {
        history: instantHistory(someBars(0, 16)),
        live,
        grid: () => GRID,
        clock: time,
      };
      const life = new StoredLife(disk, at, {
        about: { ...PLAIN, code },
        options: { clock: time },
        seamed: (spliced) => spliced(seam),
      });
      life.taken.journaled.start();
      return { life, time };
    };
    const first = seamed(open(8) + 1, "1");
    for (const index of [8, 9, 10, 11]) {
      first.time.advanceTo(close(index));
      live.final(bar(index));
    }
    const { fills } = first.life.taken.journaled.run.summary();
    const second = seamed(open(12) + 1, "2");
    second.time.advanceTo(close(13) + 60_000);
    const { runs } = second.life;
    const [one, two] = runs.list();
    expect(playAgain(runs, one!, parts())).toMatchObject({
      divergence: undefined,
      seam: { lives: 1, divergence: undefined },
    });
    const played = playAgain(runs, two!, parts());
    expect(played).toMatchObject({ divergence: undefined, seam: { divergence: undefined } });
    expect(played.seam.said).toBeGreaterThan(5);
    expect(played.run.summary().fills).toBeGreaterThanOrEqual(fills);
    expect(fills).toBeGreaterThan(0);
  });
});

// Goal: another strategy sees what a run saw when it saw it, with as many bars before as it needs.
describe("letting another strategy see what a run saw", () => {
  const other = (length: number, options: { until?: number } = {}) => {
    const log = new RunLog(new VirtualTime(0));
    const seen: number[] = [];
    const run = playOther(LIFE.runs, RUN, {
      ...PARTS,
      strategy: averageStrategy(length, (trade) => seen.push(trade.now)),
      parameters: {},
      broker: new SimBroker(),
      bars: LIFE.bars,
      observer: log,
      ...options,
    });
    return { run, log, seen };
  };

  it("shows it the same bars at the same instants", () => {
    const { run, log, seen } = other(3);
    expect(log.bars("15m")).toEqual(someBars(0, 16));
    expect(seen).toEqual(someBars(3, 16).map(({ closeTime }) => closeTime));
    expect(run.outcome).toBeUndefined();
    expect(run.summary().readyAt).toBe(close(2));
  });

  it("stops at an instant", () => {
    expect(other(3, { until: close(6) }).run.summary().bars).toBe(7);
    expect(other(3, { until: open(0) - 1 }).run.summary().bars).toBe(0);
  });

  it("gives it bars of the store before those of the run, where they join, and no more", () => {
    const disk = new SimDisk();
    const life = new StoredLife(disk, close(5), { about: PLAIN });
    const { store, bars } = life;
    const stored = BarColumns.of(someBars(0, 6));
    const covered = [{ from: open(0), to: close(5) }];
    store.write((writer) =>
      bars.update(writer, SERIES.key, { bars: stored, source: "csv", receivedAt: 1, covered }),
    );
    life.taken.journaled.start();
    for (const index of [6, 7, 8, 9]) {
      life.time.advanceTo(close(index));
      life.source.say([bar(index)]);
      life.source.cover(open(index), close(index));
    }
    const play = (length: number) => {
      const log = new RunLog(new VirtualTime(0));
      playOther(life.runs, life.runs.list()[0]!, {
        ...PARTS,
        strategy: averageStrategy(length),
        parameters: {},
        broker: new SimBroker(),
        bars,
        observer: log,
      });
      return { bars: log.bars("15m"), readyAt: log.readyAt };
    };
    expect(play(1).bars).toEqual(someBars(6, 10));
    // Three are missing beside the first of its own.
    expect(play(4)).toEqual({ bars: someBars(3, 10), readyAt: close(6) });
    expect(play(7).bars).toEqual(someBars(0, 10));
    // More than there are.
    expect(play(9)).toEqual({ bars: someBars(0, 10), readyAt: close(8) });
    store.write((writer) => bars.forget(writer, SERIES.key, { from: open(5), to: close(5) }));
    // They do not join any more.
    expect(play(4).bars).toEqual(someBars(6, 10));
    store.write((writer) => bars.remove(writer, SERIES.key));
    expect(play(4).bars).toEqual(someBars(6, 10));
  });
});
