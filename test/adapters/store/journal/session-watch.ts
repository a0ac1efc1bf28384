import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import { playAgain } from "../../../../adapters/store/journal/play-again.ts";
import { decodeCommit } from "../../../../adapters/store/journal/run-frame.ts";
import { RunStore, type StoredRun } from "../../../../adapters/store/journal/run-store.ts";
import { ENTRY, entryKey } from "../../../../adapters/store/keys.ts";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import { checksumOf } from "../../../../adapters/store/sealed.ts";
import type { JournalRecord } from "../../../../core/journal/journal-record.ts";
import { fail } from "../../../../core/time/failure.ts";
import type { UnixMs } from "../../../../core/time/instant.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import type { Fill } from "../../../../core/trading/order.ts";
import { SimDisk } from "../../../../sim/disk/index.ts";
import { SimBroker, type Truth } from "../../../../sim/index.ts";
import { ExternalBroker } from "../../../support/external-broker.ts";
import { expectBars, expectSame } from "../../../support/ib-outcome.ts";
import { live } from "../../../support/journaled-world.ts";
import { plain } from "../../../support/market.ts";
import { RunLog } from "../../../support/run-log.ts";
import {
  endOf,
  exchangeOf,
  type KeptSession,
  lastOf,
  ledgerOf,
  settingOf,
  startOf,
  strategyOf,
  truthOf,
} from "./kept-session.ts";
import type { Acknowledged, LifeEnd } from "./session-lab.ts";

/** What was found of a run when its store was last looked at. */
interface KnownRun {
  commits: number;
  checksum: number;
}

/** Looks at the store of a session between its lives, from outside, and at the ledger beside it. */
export class SessionWatch {
  readonly #session: KeptSession;
  readonly #truth: Truth;
  readonly #runs = new Map<number, KnownRun>();
  /** The newest run that was READY. */
  #ready: number | undefined;
  readonly #submitted = new Set<number>();
  readonly #fills: Fill[] = [];
  /** Commits that were durable, and not acknowledged when their process died. */
  unacknowledged = 0;

  constructor(session: KeptSession) {
    this.#session = session;
    this.#truth = truthOf(session);
  }

  /** Orders that were decided on. */
  get orders(): number {
    return this.#submitted.size;
  }

  /** Commits of all its runs. */
  get commits(): number {
    let commits = 0;
    for (const known of this.#runs.values()) commits += known.commits;
    return commits;
  }

  /**
   * Expects what must be true after any death. Gives the present of the newest run once it was
   * READY: before that, the next life begins it anew.
   */
  look(end: Pick<LifeEnd, "commits">): UnixMs | undefined {
    if (!existsSync(join(this.#session.folder, "store", "data.mdb"))) {
      expect(end.commits).toEqual([]);
      return undefined;
    }
    return this.#within((store) => {
      const runs = new RunStore(store).list();
      let more = 0;
      for (const run of runs) more += this.#lookAt(store, run, end.commits);
      // At most the one that was in flight.
      expect(more).toBeLessThanOrEqual(1);
      this.unacknowledged += more;
      this.#expectFounded();
      const newest = runs.at(-1);
      return this.#ready === newest?.number ? newest?.head.at : undefined;
    });
  }

  /** Expects what must be true of a session that has come to its end. */
  expectWhole(unhurt: RunLog): void {
    const truth = this.#truth;
    this.#within((store) => {
      const runs = new RunStore(store);
      const all = runs.list();
      for (const run of all) expect(runs.recorded(run, "snapshot").unsound).toEqual([]);
      const log = new RunLog(new VirtualTime(0));
      const played = playAgain(runs, all.at(-1)!, {
        strategy: strategyOf(truth),
        broker: new ExternalBroker(exchangeOf(this.#session), new VirtualTime(0), { seed: 0 }),
        zone: truth.grid.calendar.zone,
        observer: log,
      });
      expect(played.divergence).toBeUndefined();
      expect(played.replayed).toBe(played.recorded);
      expectBars(log, truth, lastOf(truth));
      expectSame(log, unhurt);
      const bars = new BarStore(store, { zoneNamed: () => truth.grid.calendar.zone });
      expect(bars.verify(truth.series.key)).toEqual([]);
      expect([...bars.read(truth.series.key)].map(plain).slice(-log.bars("15m").length)).toEqual(
        log.bars("15m"),
      );
      const exchange = exchangeOf(this.#session);
      expect([...exchange.effects.values()].every((effects) => effects === 1)).toBe(true);
      const { position, openOrders } = played.run.summary();
      expect({ position, openOrders }).toEqual({
        position: exchange.position(endOf(truth)),
        openOrders: 0,
      });
      const byId = (a: Fill, b: Fill): number => a.orderId - b.orderId;
      expect([...this.#fills].sort(byId)).toEqual(exchange.fills(endOf(truth)).sort(byId));
    });
  }

  #within<T>(work: (store: OrderedStore) => T): T {
    const store = openLmdbStore(join(this.#session.folder, "store"), { mode: "read" });
    try {
      return work(store);
    } finally {
      store.close();
    }
  }

  /** How many commits of a run there are beyond those that were acknowledged. */
  #lookAt(store: OrderedStore, run: StoredRun, said: readonly Acknowledged[]): number {
    const { number, head } = run;
    const acknowledged = said.findLast((each) => each.run === number);
    const known = this.#runs.get(number) ?? { commits: 0, checksum: 0 };
    this.#runs.set(number, known);
    const base = Math.max(known.commits, acknowledged?.commit ?? 0);
    expect([base, base + 1]).toContain(head.commits);
    store.read((reader) => {
      while (known.commits < head.commits) {
        const commit = known.commits + 1;
        const key = entryKey(ENTRY.record, number, commit);
        const bytes = reader.get(key) ?? fail("damaged-store", `commit ${commit} is missing`);
        const records = decodeCommit(key, bytes, known.checksum, this.#truth.series);
        known.commits = commit;
        known.checksum = checksumOf(bytes);
        if (commit === acknowledged?.commit) expect(known.checksum).toBe(acknowledged.checksum);
        this.#note(records, number);
      }
      expect(known.checksum).toBe(head.checksum);
      expect(reader.get(entryKey(ENTRY.record, number, head.commits + 1))).toBeUndefined();
    });
    return head.commits - base;
  }

  #note(records: readonly JournalRecord[], run: number): void {
    for (const record of records) {
      if (record.kind === "state" && record.change.to === "READY") this.#ready = run;
      if (record.kind === "fill") this.#fills.push(record.fill);
      if (record.kind !== "order" || record.event.status !== "submitted") continue;
      const { id } = record.event.order;
      expect(this.#submitted.has(id)).toBe(false);
      this.#submitted.add(id);
    }
  }

  /** Whatever was sent was sent once, and was on the disk before. */
  #expectFounded(): void {
    const sent = ledgerOf(this.#session.folder).map(({ order }) => order.id);
    expect(new Set(sent).size).toBe(sent.length);
    for (const id of sent) expect(this.#submitted.has(id)).toBe(true);
  }
}

/** What a session is whose process never died. */
export function unhurtSession(session: KeptSession): RunLog {
  const { broker: _outside, ...setting } = settingOf(session);
  const { truth } = setting;
  const store = new SimDisk().open();
  live(setting, store, startOf(truth), endOf(truth));
  const runs = new RunStore(store);
  const log = new RunLog(new VirtualTime(0));
  playAgain(runs, runs.list()[0]!, {
    strategy: strategyOf(truth),
    broker: new SimBroker(),
    zone: truth.grid.calendar.zone,
    observer: log,
  });
  return log;
}
