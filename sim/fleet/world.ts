import { MINUTE_MS, type UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { type DiskFault, SimDisk } from "../disk/index.ts";
import { IbGateway } from "../ib/index.ts";
import type { Truth } from "../truth.ts";
import { Cues } from "./cues.ts";
import { fleetMarket } from "./fleet-market.ts";
import type { Known } from "./known.ts";
import { Liar } from "./liar.ts";
import { type Composition, Life } from "./life.ts";
import { Machine } from "./machine.ts";
import type { Seen } from "./seen.ts";
import { fleetStrategy } from "./strategies.ts";
import { holds, type Knobs } from "./swarm.ts";
import { type Injury, isCondition, silenceMs, type Trouble } from "./trouble.ts";
import { Ledger } from "./truth-ledger.ts";
import { aheadMs, gatewayOptions, marketOf, Onlooker } from "./world-parts.ts";

/** History has told of an empty slot by then. */
const WORD_MS = 3 * MINUTE_MS;
/** Far more than ever happens at one instant: what goes on for so long does not end. */
const MOST_AT_ONCE = 20_000;
/** A process that ended by itself is started again after this. */
const RESTART_MS = 30_000;

/** All lives of one run: one market, one gateway, one machine and one disk under virtual time. */
export class FleetWorld {
  readonly knobs: Knobs;
  readonly time: VirtualTime;
  readonly truth: Truth;
  readonly disk: SimDisk;
  readonly known: Known;
  /** What cannot be and was. */
  readonly problems: string[] = [];
  /** Whether it ended early, as it had to. */
  halted: string | undefined;
  readonly #gateway: IbGateway;
  readonly #machine: Machine;
  readonly #liar: Liar;
  readonly #composition: Composition;
  readonly #see: (seen: Seen) => void;
  readonly #cues: Cues;
  readonly #diskFaults: DiskFault[] = [];
  readonly #doubtful: TimeRange[] = [];
  readonly #silences: TimeRange[] = [];
  readonly #ledger: Ledger;
  readonly #reading: Onlooker;
  #lives = 0;
  #life: Life | undefined;
  /** How long a process is away that dies of what is under way. */
  #downMs = RESTART_MS;
  #hasFlipped = false;
  /** When the process that was away last is started again. */
  #backAt: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(knobs: Knobs, composition: Composition, see: (seen: Seen) => void) {
    this.knobs = knobs;
    this.#composition = composition;
    this.time = new VirtualTime(knobs.start);
    this.#cues = new Cues(knobs.troubles, this.time, (trouble) => this.#hurt(trouble));
    this.#see = (seen) => {
      see(seen);
      this.#cues.see(seen);
    };
    this.truth = fleetMarket(knobs);
    this.disk = new SimDisk(this.#diskFaults);
    this.#reading = new Onlooker(this.disk);
    this.#gateway = new IbGateway(this.time, [marketOf(this.truth)], gatewayOptions(knobs));
    this.#machine = new Machine(
      this.time,
      aheadMs(knobs),
      knobs.troubles.some(({ harm }) => harm.kind === "clock-step" || harm.kind === "sleep"),
    );
    this.#liar = new Liar(
      this.time,
      this.#machine,
      this.#doubtful,
      holds(knobs, "unsettled-history"),
    );
    this.#ledger = new Ledger(this.truth);
    this.known = {
      knobs,
      ...this.#ledger,
      doubtful: this.#doubtful,
      silences: this.#silences,
      openThings: () => this.#openThings(),
      headOf: (run) => this.#reading.head(run),
    };
  }

  /** Lets all of it happen. */
  play(): void {
    for (const trouble of this.knobs.troubles) if (isCondition(trouble)) this.#tell(trouble);
    this.#cues.start();
    this.#begin();
    const { end } = this.knobs;
    this.#playTo(end, () => false);
    // A slot without a trade makes it wait for history's word, at the end as anywhere.
    // And a process that was hurt at a late write is back only after its time.
    this.#playTo(Math.max(end, this.#backAt) + WORD_MS, () => this.#life?.state === "READY");
    this.#finish();
  }

  #playTo(end: UnixMs, isEnough: () => boolean): void {
    let atOnce = 0;
    const step = (): void => void this.time.step();
    while (this.halted === undefined && this.problems.length === 0 && !isEnough()) {
      const next = this.time.nextAt;
      if (next === undefined || next > end) break;
      atOnce = next > this.time.now() ? 0 : atOnce + 1;
      if (atOnce > MOST_AT_ONCE) this.problems.push("[20] time stands still, as it is never done");
      const life = this.#life;
      if (life === undefined) step();
      else life.guard(step);
      this.#bury();
    }
  }

  get summary(): Life["summary"] {
    return this.#life?.summary;
  }

  #finish(): void {
    const life = this.#life;
    if (this.halted === undefined && this.problems.length === 0) {
      if (life === undefined || life.state !== "READY") {
        this.problems.push(`[20] it is ${life?.state ?? "gone"} at the end, and not READY`);
      }
    }
    const left = life?.stop();
    if (left !== undefined && this.problems.length === 0) this.problems.push(`[18] ${left}`);
    this.#gateway.close();
  }

  #begin(): void {
    if (this.#life !== undefined) return;
    this.#lives += 1;
    const { disk, knobs, time } = this;
    const life = new Life({
      number: this.#lives,
      knobs,
      series: this.truth.series,
      client: this.#liar.client(
        this.#composition.client?.(this.#gateway.client()) ?? this.#gateway.client(),
      ),
      machine: this.#machine.clock(),
      world: time,
      store: () => {
        const store = disk.open();
        return this.#composition.store?.(store) ?? store;
      },
      isAlive: (number) => this.#life?.number === number && !this.#life.isDead,
      strategy: () => {
        const strategy = fleetStrategy(knobs);
        return this.#composition.strategy?.(strategy) ?? strategy;
      },
      composition: this.#composition,
      see: this.#see,
    });
    this.#life = life;
    life.begin();
    this.#bury();
  }

  /** A process that died of something is started again, unless it must not be. */
  #bury(): void {
    const life = this.#life;
    const death = life?.death;
    if (life === undefined || death === undefined) return;
    if (death.kind === "damaged" && this.#hasFlipped) {
      this.halted = death.text;
      this.#tellOf(life, "refused", death.text);
    } else if (death.kind === "damaged" || death.kind === "fault") {
      this.problems.push(`[20] it gave up: ${death.text}`);
    }
    this.#down(this.#downMs);
    this.#downMs = RESTART_MS;
  }

  #down(forMs: number): void {
    this.#life?.kill();
    this.#awayFor(forMs);
  }

  #awayFor(forMs: number): void {
    this.#life = undefined;
    this.#backAt = this.time.now() + forMs;
    this.time.schedule(this.#backAt, () => this.#begin());
  }

  #hurt(trouble: Trouble): void {
    this.#tell(trouble);
    const { harm } = trouble;
    switch (harm.kind) {
      case "gateway":
        if (harm.fault.kind === "revise") this.#ledger.revise(harm.fault.back, this.time.now());
        if (silenceMs(harm) > 0) this.#silences.push(this.#from(silenceMs(harm)));
        this.#gateway.inflict(harm.fault);
        break;
      case "lie":
        this.#liar.tell(harm.lie);
        break;
      case "stall":
        this.#machine.stall(harm.forMs);
        break;
      case "sleep":
        this.#machine.sleep(harm.forMs);
        break;
      case "clock-step":
        this.#machine.step(harm.byMs);
        break;
      case "process":
        this.#injure(harm.injury, harm.downMs);
        break;
      default:
    }
  }

  #from(forMs: number): TimeRange {
    const from = this.time.now();
    return { from, to: from + forMs };
  }

  #injure(injury: Injury, downMs: number): void {
    const life = this.#life;
    if (life === undefined) return;
    const call = "ahead" in injury ? this.disk.calls + injury.ahead : 0;
    switch (injury.kind) {
      case "kill":
        this.#down(downMs);
        return;
      case "stop": {
        const left = life.stop();
        if (left !== undefined) this.problems.push(`[18] ${left}`);
        this.#awayFor(downMs);
        return;
      }
      case "flip-bit":
        this.#down(downMs);
        this.#hasFlipped = true;
        if (this.disk.bits > 0) this.disk.flipBit(Math.floor(injury.share * this.disk.bits));
        return;
      case "kill-at-write":
        this.#diskFaults.push({ kind: "kill", call, moment: injury.moment });
        break;
      case "disk-full":
        this.#diskFaults.push({ kind: "full", call, count: injury.count });
        break;
      case "disk-error":
        this.#diskFaults.push({ kind: "error", call, isWritten: injury.isWritten });
    }
    this.#downMs = downMs;
  }

  get hasFlipped(): boolean {
    return this.#hasFlipped;
  }

  #tell({ name, harm }: Trouble): void {
    const at = this.time.now();
    const life = this.#lives;
    const state = this.#life?.state ?? "gone";
    const pages = this.#gateway.openHistory;
    this.#see({ at, life, kind: "trouble", name, text: JSON.stringify(harm), state, pages });
  }

  #tellOf(life: Life, kind: "refused", text: string): void {
    this.#see({ at: this.time.now(), life: life.number, kind, code: "damaged", text });
  }

  #openThings(): ReturnType<Known["openThings"]> {
    const { openConnections, openStreams, openHistory, violations } = this.#gateway;
    let broken = 0;
    for (const count of violations.values()) broken += count;
    return {
      connections: openConnections,
      streams: openStreams,
      history: openHistory,
      timers: this.#life?.timers ?? 0,
      violations: broken,
    };
  }
}
