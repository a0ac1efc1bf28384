import type { Pending } from "../../adapters/ib/contracts/resolve-contract.ts";
import { type IbFeed, openIbFeed } from "../../adapters/ib/ib-feed.ts";
import type { IbClient } from "../../adapters/ib/port/ib-client.ts";
import { IbSession } from "../../adapters/ib/session/ib-session.ts";
import type { SessionClock } from "../../adapters/ib/session/session-clock.ts";
import { Keeping } from "../../adapters/kept/keeping.ts";
import type { KeptRun } from "../../adapters/kept/kept-run.ts";
import type { OrderedStore } from "../../adapters/store/port/ordered-store.ts";
import type { BarSource } from "../../core/feed/bar-source.ts";
import type { RunObserver } from "../../core/journal/run-observer.ts";
import type { Series } from "../../core/market/series.ts";
import type { TimerClock } from "../../core/time/clock.ts";
import { BarlineError } from "../../core/time/failure.ts";
import { money } from "../../core/trading/money.ts";
import type { Strategy } from "../../core/trading/strategy.ts";
import { ProcessKilled } from "../disk/index.ts";
import { Random } from "../random.ts";
import { SimBroker } from "../sim-broker.ts";
import { MortalProcess } from "./mortal-process.ts";
import type { Seen, Sight } from "./seen.ts";
import type { Knobs } from "./swarm.ts";
import { watcher } from "./watcher.ts";

/** The account of every run, and its name. */
const CASH = "1000000";

/** What a bug that is planted for a test puts in the place of a sound part. */
export interface Composition {
  readonly source?: (source: BarSource) => BarSource;
  readonly history?: (history: BarSource) => BarSource;
  readonly store?: (store: OrderedStore) => OrderedStore;
  readonly observer?: (observer: RunObserver) => RunObserver;
  readonly client?: (client: IbClient) => IbClient;
  readonly strategy?: (strategy: Strategy) => Strategy;
  readonly clock?: (clock: SessionClock) => SessionClock;
}

/** What a life is lived in. */
export interface LifePlace {
  readonly number: number;
  readonly knobs: Knobs;
  readonly series: Series;
  readonly client: IbClient;
  readonly machine: SessionClock;
  readonly world: TimerClock;
  readonly store: () => OrderedStore;
  readonly isAlive: (life: number) => boolean;
  readonly strategy: () => Strategy;
  readonly composition: Composition;
  readonly see: (seen: Seen) => void;
}

/** How a life came to its end by itself. */
export type Death =
  | { readonly kind: "killed" }
  /** The disk failed it, and it gave up. */
  | { readonly kind: "disk"; readonly code: string }
  /** What it found on the disk is damaged. */
  | { readonly kind: "damaged"; readonly text: string }
  | { readonly kind: "fault"; readonly text: string };

/** One life of a run: a process from its start to its end, whichever that is. */
export class Life {
  readonly number: number;
  readonly #place: LifePlace;
  readonly #process: MortalProcess;
  #session: IbSession | undefined;
  #opening: Pending | undefined;
  #feed: IbFeed | undefined;
  #kept: KeptRun | undefined;
  #death: Death | undefined;

  constructor(place: LifePlace) {
    this.#place = place;
    this.number = place.number;
    this.#process = new MortalProcess(place.machine);
    this.#see({ kind: "began" });
  }

  /** Starts; what it dies of at once is its death. */
  begin(): void {
    this.guard(() => this.#open());
  }

  /** Lets something of it happen, and finds out whether it dies of that. */
  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#dieOf(error);
    }
    const outcome = this.#kept?.run.outcome;
    if (this.#death !== undefined || outcome === undefined || this.#process.isDead) return;
    if (outcome.kind === "crashed") this.#dieOf(outcome.error);
    else this.#death = { kind: "fault", text: `the run ended: ${JSON.stringify(outcome)}` };
  }

  get death(): Death | undefined {
    return this.#death;
  }

  get isDead(): boolean {
    return this.#process.isDead;
  }

  get timers(): number {
    return this.#process.timers;
  }

  get state(): string {
    return this.#kept?.run.state ?? "no run";
  }

  kill(): void {
    this.#process.die();
    const death = this.#death;
    const how = death?.kind === "disk" ? death.code : death?.kind;
    this.#see({ kind: "ended", how: how === "killed" ? "killed at a write" : (how ?? "killed") });
  }

  /** Ended in order; says what is left behind. */
  stop(): string | undefined {
    // What is written down last can fail; the rest is let go of all the same.
    this.guard(() => this.#kept?.stop("stopped on request"));
    this.guard(() => {
      this.#opening?.close();
      this.#feed?.close();
      this.#session?.close();
    });
    const { timers } = this.#process;
    this.#process.die();
    this.#see({ kind: "ended", how: "stopped" });
    return timers > 0 ? `${timers} timers were left behind` : undefined;
  }

  /** The figures of the run as it is now. */
  get summary(): ReturnType<KeptRun["run"]["summary"]> | undefined {
    return this.#kept?.run.summary();
  }

  #dieOf(error: unknown): void {
    if (error instanceof ProcessKilled) this.#death = { kind: "killed" };
    else if (!(error instanceof BarlineError)) throw error;
    else if (error.code === "disk-full" || error.code === "write-failed") {
      this.#death = { kind: "disk", code: error.code };
    } else if (error.code.startsWith("damaged")) {
      this.#death = { kind: "damaged", text: error.message };
    } else this.#death = { kind: "fault", text: `${error.code}: ${error.message}` };
  }

  #open(): void {
    const { number, knobs, composition } = this.#place;
    const store = this.#place.store();
    const random = new Random(knobs.seed, `fleet/session/${number}`);
    const clock = composition.clock?.(this.#process.clock) ?? this.#process.clock;
    const session = new IbSession(this.#process.client(this.#place.client), clock, {
      random: () => random.unit(),
    });
    this.#session = session;
    session.watch((event) => {
      const said = "reason" in event ? `: ${event.reason}` : "";
      this.#see({ kind: "link", text: `${event.kind}${said}` });
    });
    const keeping = this.#keeping(store);
    const stored = (history: BarSource): BarSource =>
      keeping.stored(composition.history?.(history) ?? history);
    const { size, priceType, scope } = this.#place.series;
    const request = {
      contract: { symbol: "TEST" },
      size,
      priceType,
      scope,
      since: keeping.since,
    };
    const { mode, pageBars } = knobs;
    const settings = { mode, history: { pageBars }, stored };
    this.#opening = openIbFeed(session, request, settings, (result) => {
      // Not from within a word of the session: what a store throws must not be taken for its own.
      this.guard(() => {
        if (result.kind === "open") this.#run(result.feed, keeping);
        else this.#death = { kind: "fault", text: `${result.fault.code}: ${result.fault.message}` };
      });
    });
    session.start();
  }

  #keeping(store: OrderedStore): Keeping {
    const { number, knobs, isAlive } = this.#place;
    return new Keeping(
      {
        name: "fleet",
        isAnew: false,
        strategy: "fleet",
        strategyFile: "fleet.ts",
        code: "1",
        parameters: {},
        cash: CASH,
        commission: "none",
        slippage: "none",
        lostBars: "rewarm",
        barline: "0",
      },
      {
        store,
        processes: {
          thisProcess: () => ({ host: "sim", pid: number, startedAt: number }),
          isAlive: ({ pid }) => (isAlive(pid) ? "alive" : "gone"),
        },
        snapshotBars: knobs.snapshotBars,
      },
    );
  }

  #run(feed: IbFeed, keeping: Keeping): void {
    const { composition, strategy, see, world } = this.#place;
    this.#feed = feed;
    const place = {
      life: this.number,
      run: () => this.#kept?.journal.run.number ?? 0,
      at: () => world.now(),
      now: () => feed.clock.now(),
    };
    const seeing = watcher(place, see);
    const observer = composition.observer?.(seeing) ?? seeing;
    this.#kept = keeping.run({
      feed,
      options: () => ({
        strategy: strategy(),
        source: feed.source,
        broker: new SimBroker(),
        initialCash: money(CASH),
        observer,
      }),
      seamed: (seam) => {
        const joined = seam(feed.seam);
        return composition.source?.(joined) ?? joined;
      },
      tell: () => {},
    });
    const { journal, how } = this.#kept;
    this.#see({ kind: "taken", run: journal.run.number, how });
    this.#kept.start();
  }

  #see(what: Sight): void {
    const { world, number, see } = this.#place;
    see({ at: world.now(), life: number, ...what } as Seen);
  }
}
