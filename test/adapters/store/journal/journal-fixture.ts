import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import {
  NOTHING_CARRIED,
  plainAccount,
} from "../../../../adapters/store/journal/carried-account.ts";
import type { RunAbout } from "../../../../adapters/store/journal/run-about.ts";
import { RunStore } from "../../../../adapters/store/journal/run-store.ts";
import type { ProcessTable } from "../../../../adapters/store/journal/store-journal.ts";
import {
  type TakenUp,
  type TakeUpOptions,
  takeUp,
} from "../../../../adapters/store/journal/take-up.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import type { ProcessIdentity } from "../../../../adapters/store/port/process-identity.ts";
import type { RunOptions } from "../../../../core/engine/run-options.ts";
import type { JournalRecord } from "../../../../core/journal/journal-record.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import { SimBroker } from "../../../../sim/index.ts";
import { busy } from "../../../core/engine/journaled-fixture.ts";
import {
  bar,
  close,
  GRID,
  open,
  SERIES,
  SLOTS,
  TellingSource,
} from "../../../core/feed/seam/seam-fixture.ts";

/** A run of the small market of sixteen bars. */
export const ABOUT: RunAbout = {
  name: "mine",
  strategy: "busy",
  strategyFile: "busy.ts",
  code: "1",
  parameters: { length: 3, mode: "long", eager: true },
  series: SERIES,
  calendar: GRID.calendar.name,
  zone: "UTC",
  alignment: GRID.alignment,
  cash: "1000000",
  commission: "none",
  slippage: "none",
  lostBars: "rewarm",
  barline: "1.0",
  beganAt: open(0),
  carried: plainAccount(NOTHING_CARRIED),
};

export const process = (pid: number): ProcessIdentity => ({ host: "here", pid, startedAt: pid });

/** The processes of a test: which one speaks, and what is known of the others. */
export function processes(
  pid: number,
  state: ReturnType<ProcessTable["isAlive"]> = "gone",
): ProcessTable {
  return { thisProcess: () => process(pid), isAlive: () => state };
}

/** A store that knows the series. */
export function storeOf(disk = new SimDisk()): {
  readonly store: OrderedStore;
  readonly bars: BarStore;
  readonly runs: RunStore;
} {
  const store = disk.open();
  const bars = new BarStore(store);
  const { calendar, alignment } = GRID;
  const days = new Set(SLOTS.map(({ openTime }) => Math.floor(openTime / 86_400_000)));
  const sessions = [...days].map((day) => calendar.sessionOn(day)!);
  const stored = { name: calendar.name, zone: "UTC", alignment, sessions };
  store.write((writer) => bars.declare(writer, { series: SERIES, calendar: stored }));
  return { store, bars, runs: new RunStore(store) };
}

/** All that a store holds, key by key. */
export function entries(store: OrderedStore): Map<string, Uint8Array> {
  return store.read((reader) => {
    const all = reader.range({ from: Uint8Array.of(0), to: Uint8Array.of(255) });
    return new Map([...all].map(({ key, value }) => [String(key), value.slice()]));
  });
}

export type LifeOptions = Partial<
  Pick<TakeUpOptions, "processes" | "isAnew" | "readjusted" | "snapshotBars" | "seamed">
> & {
  readonly about?: Partial<RunAbout>;
  readonly options?: Partial<RunOptions>;
};

/** One life of the run of a disk, as far as `takeUp` brings it: not started yet. */
export class StoredLife {
  readonly time: VirtualTime;
  readonly source = new TellingSource(SERIES);
  readonly taken: TakenUp;
  readonly store: OrderedStore;
  readonly bars: BarStore;
  readonly runs: RunStore;

  constructor(disk: SimDisk, at: number, options: LifeOptions = {}) {
    ({ store: this.store, bars: this.bars, runs: this.runs } = storeOf(disk));
    this.time = new VirtualTime(at);
    const { about, options: made, ...rest } = options;
    const { carried: _carried, ...what } = { ...ABOUT, beganAt: at, ...about };
    this.taken = takeUp({
      store: this.store,
      bars: this.bars,
      about: what,
      processes: processes(1),
      options: () => ({
        strategy: busy(),
        series: what.series,
        source: this.source,
        broker: new SimBroker(),
        clock: this.time,
        grid: ({ size }) => new BarGrid(GRID.calendar, size),
        ...made,
      }),
      ...rest,
    });
  }

  /** Starts it, and says bars when each has closed, from the one that it goes on with. */
  live(to: number): this {
    this.taken.journaled.start();
    return this.say(to);
  }

  say(to: number): this {
    const { run } = this.taken.journaled;
    for (let index = 0; index < to; index += 1) {
      if (open(index) < run.parts.goesOnAt || close(index) < this.time.now()) continue;
      this.time.advanceTo(close(index));
      this.source.say([bar(index)]);
      this.source.cover(open(index), close(index));
    }
    return this;
  }

  get records(): readonly JournalRecord[] {
    return recordsOf(this.runs);
  }
}

/** All that the newest run of a store has written down. */
function recordsOf(runs: RunStore): readonly JournalRecord[] {
  return [...runs.recorded(runs.list().at(-1)!, "beginning").commits].flat();
}
