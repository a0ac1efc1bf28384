import { type IbFeed, openIbFeed } from "../../adapters/ib/ib-feed.ts";
import type { IbFeedSettings } from "../../adapters/ib/ib-feed-settings.ts";
import type { IbClient } from "../../adapters/ib/port/ib-client.ts";
import type { HistoryRequest } from "../../adapters/ib/port/ib-request.ts";
import type { LinkEvent } from "../../adapters/ib/session/ib-link.ts";
import { IbSession } from "../../adapters/ib/session/ib-session.ts";
import { Keeping } from "../../adapters/kept/keeping.ts";
import type { KeptRun } from "../../adapters/kept/kept-run.ts";
import { BarStore } from "../../adapters/store/bars/bar-store.ts";
import type { ProcessIdentity } from "../../adapters/store/port/process-identity.ts";
import { systemZone } from "../../adapters/system/zone.ts";
import type { BarSource, FeedFault } from "../../core/feed/bar-source.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { money } from "../../core/trading/money.ts";
import type { Parameters, Strategy } from "../../core/trading/strategy.ts";
import { SimDisk } from "../../sim/disk/index.ts";
import { MortalProcess } from "../../sim/fleet/mortal-process.ts";
import { IbGateway, type IbGatewayOptions, type IbMarket } from "../../sim/ib/index.ts";
import { Random, SimBroker, type Truth } from "../../sim/index.ts";
import { listed } from "./ib-world.ts";
import { RunLog } from "./run-log.ts";

/** What may differ from a quick and honest gateway and a sound disk. */
export interface KeptWorldOptions {
  readonly gateway?: IbGatewayOptions;
  readonly feed?: Partial<IbFeedSettings>;
  /** What the gateway lists; default the truth alone, as `TEST`. */
  readonly listings?: readonly IbMarket[];
  readonly disk?: SimDisk;
  /** What stands between the processes and the gateway; default nothing. */
  readonly client?: IbClient;
  readonly snapshotBars?: number;
  /** The strategy of every life; made anew for each attempt, as a process loads it anew. */
  readonly strategy: () => Strategy;
}

/** What may differ from one life to the next. */
export interface LifeOptions {
  readonly strategy?: () => Strategy;
  /** The text that stands for the strategy's code; default `1`. */
  readonly code?: string;
  readonly parameters?: Parameters;
  readonly cash?: string;
  readonly commission?: string;
  /** The name under which it is kept; default: the strategy's and the series'. */
  readonly name?: string;
  readonly symbol?: string;
  readonly clientId?: number;
}

/** A range of history that a feed asked the gateway for, as its store did not have all of it. */
export interface AskedGap {
  readonly at: UnixMs;
  readonly range: TimeRange;
  /** How many of the bars in it were stored already. */
  readonly stored: number;
}

/** A request for bars of the past that came to the gateway, not for a stream of them. */
export interface AskedHistory {
  readonly at: UnixMs;
  readonly request: HistoryRequest;
}

/** One life of a run: a process from its start to its end, whichever that is. */
export class KeptLife {
  readonly log: RunLog;
  readonly startedAt: UnixMs;
  /** What was said of the run before. */
  readonly told: string[] = [];
  readonly link: LinkEvent[] = [];
  readonly gaps: AskedGap[] = [];
  /** What came to the gateway, the second looks included. */
  readonly asked: AskedHistory[] = [];
  feed: IbFeed | undefined;
  kept: KeptRun | undefined;
  /** Why there is no feed. */
  fault: FeedFault | undefined;
  /** What kept the run from being taken up. */
  error: unknown;
  readonly process: MortalProcess;
  readonly session: IbSession;
  readonly #world: KeptWorld;

  constructor(world: KeptWorld, number: number, options: LifeOptions) {
    this.#world = world;
    this.startedAt = world.time.now();
    this.process = new MortalProcess(world.time);
    const random = new Random(number, "session");
    this.session = new IbSession(this.process.client(world.client), this.process.clock, {
      random: () => random.unit(),
      clientId: options.clientId ?? 1,
    });
    this.session.watch((event) => this.link.push(event));
    this.log = new RunLog(this.session.clock, true);
    this.#open(number, options);
    this.session.start();
  }

  get readyAt(): UnixMs | undefined {
    return this.log.readyAt;
  }

  /** Lets all happen up to an instant. */
  playTo(at: UnixMs): this {
    this.#world.time.advanceTo(at);
    return this;
  }

  /** Lets time pass until something is so. */
  playUntil(isSo: () => boolean): this {
    while (!isSo()) if (!this.#world.time.step()) throw new Error("it never is so");
    return this;
  }

  /** The process is gone from one moment to the next. */
  kill(): void {
    this.process.die();
  }

  /** The run is ended in order, and the process with it. */
  stop(): void {
    this.kept?.stop("stopped on request");
    this.feed?.close();
    this.session.close();
    if (this.process.timers > 0) throw new Error("a timer was left behind");
    this.process.die();
  }

  #open(number: number, options: LifeOptions): void {
    const { disk, truth, feed: settings, isAlive, snapshotBars } = this.#world;
    const strategy = options.strategy ?? this.#world.strategy;
    const made = strategy();
    const store = disk.open();
    const bars = new BarStore(store, { zoneNamed: systemZone });
    const keeping = new Keeping(
      {
        name: options.name,
        isAnew: false,
        strategy: made.name,
        strategyFile: "test.ts",
        code: options.code ?? "1",
        parameters: { ...made.parameters, ...options.parameters },
        cash: options.cash ?? "1000000",
        commission: options.commission ?? "none",
        slippage: "none",
        lostBars: "rewarm",
        barline: "0",
      },
      {
        store,
        processes: { thisProcess: () => identity(number), isAlive },
        ...(snapshotBars === undefined ? {} : { snapshotBars }),
      },
    );
    const stored = (history: BarSource): BarSource =>
      keeping.stored({
        open: (query, sink) => {
          const range = { from: query.from!, to: query.to! };
          const { key } = truth.series;
          const stored = bars.find(key) === undefined ? 0 : bars.read(key, range).length;
          this.gaps.push({ at: this.session.clock.now(), range, stored });
          return history.open(query, sink);
        },
      });
    const { size, priceType, scope } = truth.series;
    const contract = { symbol: options.symbol ?? "TEST" };
    const request = { contract, size, priceType, scope, since: keeping.since };
    openIbFeed(this.session, request, { ...settings, stored }, (result) => {
      if (result.kind === "failed") {
        this.fault = result.fault;
        return;
      }
      const { feed } = result;
      this.feed = feed;
      try {
        this.kept = keeping.run({
          feed,
          options: () => ({
            strategy: strategy(),
            ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
            source: feed.source,
            broker: new SimBroker(),
            initialCash: money(options.cash ?? "1000000"),
            observer: this.log,
          }),
          tell: (line) => this.told.push(line),
        });
      } catch (error) {
        this.error = error;
        return;
      }
      this.kept.start();
    });
  }
}

function identity(number: number): ProcessIdentity {
  return { host: "sim", pid: number, startedAt: number };
}

/**
 * A run that is kept through several lives, as `barline live --ib --store` keeps it: one disk and
 * one gateway under one virtual time, and processes that come and go.
 */
export class KeptWorld {
  readonly truth: Truth;
  readonly time: VirtualTime;
  readonly gateway: IbGateway;
  readonly client: IbClient;
  readonly disk: SimDisk;
  readonly feed: Partial<IbFeedSettings>;
  readonly strategy: () => Strategy;
  readonly snapshotBars: number | undefined;
  readonly lives: KeptLife[] = [];

  constructor(truth: Truth, start: UnixMs, options: KeptWorldOptions) {
    this.truth = truth;
    this.time = new VirtualTime(start);
    this.disk = options.disk ?? new SimDisk();
    this.feed = options.feed ?? {};
    this.strategy = options.strategy;
    this.snapshotBars = options.snapshotBars;
    this.gateway = new IbGateway(this.time, options.listings ?? [listed(truth)], {
      ...options.gateway,
      onTalk: (talk) => {
        options.gateway?.onTalk?.(talk);
        if (talk.kind !== "asked" || talk.request.kind !== "history") return;
        if (talk.request.keepUpToDate) return;
        const life = this.lives.findLast(({ process }) => !process.isDead);
        life?.asked.push({ at: this.time.now(), request: talk.request });
      },
    });
    this.client = options.client ?? this.gateway.client();
  }

  readonly isAlive = ({ pid }: ProcessIdentity): "alive" | "gone" =>
    this.lives[pid - 1]?.process.isDead === false ? "alive" : "gone";

  /** A new process begins, now or at an instant. */
  begin(options: LifeOptions = {}, at?: UnixMs): KeptLife {
    if (at !== undefined) this.time.advanceTo(at);
    const life = new KeptLife(this, this.lives.length + 1, options);
    this.lives.push(life);
    return life;
  }

  /** One whole life, from a start to the moment of its death. */
  life(from: UnixMs, to: UnixMs, options: LifeOptions = {}): KeptLife {
    const life = this.begin(options, from).playTo(to);
    life.kill();
    return life;
  }

  get last(): KeptLife {
    return this.lives.at(-1)!;
  }
}
