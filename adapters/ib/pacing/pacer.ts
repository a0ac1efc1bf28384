import type { Timer, TimerClock } from "../../../core/time/clock.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { IbRequest } from "../port/ib-request.ts";
import { type Allowance, PacingBudget, type PacingLimit } from "./pacing-budget.ts";
import type { PacingLimits } from "./pacing-limits.ts";
import { CANCEL_LANE, PROBE_LANE, type RequestClass, requestClass } from "./request-class.ts";

/** `control`: only probes and cancels may go; `closed`: nothing. */
export type PacerGate = "open" | "control" | "closed";

/** A request in the pacer's hands. */
export interface PacedRequest {
  /** When it went out; undefined while it waits. */
  readonly sentAt: UnixMs | undefined;
  /**
   * Its answer came, or the first word of a stream: what counts as open history ends here, and the
   * gateway is content with the pace.
   */
  answered(): void;
  /** The gateway complained that it came too fast: all of its kind rests for a while. */
  complained(): void;
  /** It is over, also when it still waits: then it never goes out. Safe to call twice. */
  settle(): void;
}

class Entry implements PacedRequest {
  readonly order: number;
  readonly of: RequestClass;
  sentAt: UnixMs | undefined;
  isOpenHistory = false;
  isStream = false;
  readonly send: () => void;
  readonly #owner: EntryOwner;

  constructor(order: number, of: RequestClass, send: () => void, owner: EntryOwner) {
    this.order = order;
    this.of = of;
    this.send = send;
    this.#owner = owner;
  }

  answered(): void {
    this.#owner.answered(this);
  }

  complained(): void {
    this.#owner.complained(this);
  }

  settle(): void {
    this.#owner.settle(this);
  }
}

/** What the pacer does for its entries. */
interface EntryOwner {
  answered(entry: Entry): void;
  complained(entry: Entry): void;
  settle(entry: Entry): void;
}

/** The request of a lane that can go first, and when. */
interface Front {
  readonly entry: Entry;
  readonly allowance: Allowance;
}

interface Choice {
  readonly entry: Entry | undefined;
  /** When something can change by itself; infinite when only an answer can change it. */
  readonly wakeAt: UnixMs;
  /** What the longest waiting request waits for. */
  readonly limit: PacingLimit | undefined;
}

/**
 * The one door through which every request of a connection goes: it holds each back until all
 * limits allow it. Probes go first, then cancels, then questions in the order they were asked,
 * except that one which a limit holds back lets those pass that it does not concern.
 */
export class Pacer {
  readonly #clock: TimerClock;
  readonly #budget: PacingBudget;
  /** Those that wait, by lane, in order; a lane that is empty is taken out. */
  readonly #lanes = new Map<string, Set<Entry>>();
  readonly #open = new Set<Entry>();
  #gate: PacerGate = "closed";
  #submitted = 0;
  #waiting = 0;
  #waitsFor: PacingLimit | undefined;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #isPumping = false;

  constructor(clock: TimerClock, limits: PacingLimits) {
    this.#clock = clock;
    this.#budget = new PacingBudget(limits);
  }

  /** Questions that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** What the longest waiting question waits for; undefined when none waits. */
  get waitsFor(): PacingLimit | undefined {
    return this.#waitsFor;
  }

  /**
   * Takes a request; `send` is called once, perhaps before this returns, and never when it is
   * settled before, or for a probe or cancel whose connection is gone.
   */
  submit(request: IbRequest, send: () => void): PacedRequest {
    const entry = new Entry(this.#submitted++, requestClass(request), send, this.#owner);
    // A probe or a cancel concerns one connection: without one it has no meaning later either.
    if (this.#gate === "closed" && isControl(entry.of.lane)) return entry;
    const lane = this.#lanes.get(entry.of.lane);
    if (lane === undefined) this.#lanes.set(entry.of.lane, new Set([entry]));
    else lane.add(entry);
    if (!isControl(entry.of.lane)) this.#waiting += 1;
    this.#pump();
    return entry;
  }

  open(): void {
    this.#gate = "open";
    this.#pump();
  }

  /** Only probes and cancels go on; questions wait. */
  hold(): void {
    this.#gate = "control";
    this.#pump();
  }

  /** The connection is gone, and with it all that was open; what waits goes on waiting. */
  close(): void {
    this.#gate = "closed";
    this.#lanes.delete(PROBE_LANE);
    this.#lanes.delete(CANCEL_LANE);
    for (const entry of this.#open) this.#release(entry, true);
    this.#open.clear();
    this.#pump();
  }

  /** The gateway complained of too many messages: half as many for a minute. */
  slowDown(): void {
    this.#budget.slowDown(this.#clock.now());
    this.#pump();
  }

  readonly #owner: EntryOwner = {
    answered: (entry) => {
      if (entry.sentAt === undefined) return;
      this.#budget.penaltyOf(entry.of)?.succeed(entry.sentAt);
      if (!entry.isStream) this.#open.delete(entry);
      this.#release(entry, false);
      this.#pump();
    },
    complained: (entry) => {
      if (entry.sentAt === undefined) return;
      this.#budget.penaltyOf(entry.of)?.complain(entry.sentAt, this.#clock.now());
      this.#pump();
    },
    settle: (entry) => {
      if (entry.sentAt === undefined) this.#withdraw(entry);
      else if (this.#open.delete(entry)) this.#release(entry, true);
      this.#pump();
    },
  };

  /** Gives back what an entry holds; a stream keeps its line until it is over. */
  #release(entry: Entry, isOver: boolean): void {
    if (entry.isOpenHistory) this.#budget.freeHistorical();
    entry.isOpenHistory = false;
    if (entry.isStream && isOver) this.#budget.freeStream();
  }

  #withdraw(entry: Entry): void {
    const lane = this.#lanes.get(entry.of.lane);
    if (lane?.delete(entry) !== true) return;
    if (lane.size === 0) this.#lanes.delete(entry.of.lane);
    if (!isControl(entry.of.lane)) this.#waiting -= 1;
  }

  /** Sends all that may go and sleeps until more may. */
  #pump(): void {
    // Whoever hears of a request that went out may ask more: the loop below sees it.
    if (this.#isPumping) return;
    this.#isPumping = true;
    let choice = this.#choose();
    for (; choice.entry !== undefined; choice = this.#choose()) this.#send(choice.entry);
    this.#isPumping = false;
    this.#waitsFor = choice.limit;
    this.#sleep(choice.wakeAt);
  }

  #send(entry: Entry): void {
    const now = this.#clock.now();
    this.#withdraw(entry);
    this.#budget.spend(entry.of, now);
    entry.sentAt = now;
    entry.isOpenHistory = entry.of.isHistorical;
    entry.isStream = entry.of.lane === "real-time-bars";
    if (entry.isOpenHistory || entry.isStream) this.#open.add(entry);
    entry.send();
  }

  #choose(): Choice {
    const now = this.#clock.now();
    const choice = this.#chooseLane(now);
    if (choice.entry === undefined) return choice;
    const at = this.#budget.messageAt(now);
    return at <= now ? choice : { entry: undefined, wakeAt: at, limit: "messages" };
  }

  #chooseLane(now: UnixMs): Choice {
    if (this.#gate !== "closed") {
      for (const name of [PROBE_LANE, CANCEL_LANE]) {
        const entry = first(this.#lanes.get(name));
        if (entry !== undefined) return { entry, wakeAt: now, limit: undefined };
      }
    }
    if (this.#gate !== "open") {
      const limit = this.#waiting > 0 ? "gate" : undefined;
      return { entry: undefined, wakeAt: Number.POSITIVE_INFINITY, limit };
    }
    return this.#chooseQuestion(now);
  }

  #chooseQuestion(now: UnixMs): Choice {
    let chosen: Entry | undefined;
    let oldest: Entry | undefined;
    let limit: PacingLimit | undefined;
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes.values()) {
      const { entry, allowance } = this.#frontOf(lane, now);
      if (allowance.at <= now) {
        if (chosen === undefined || entry.order < chosen.order) chosen = entry;
      } else {
        wakeAt = Math.min(wakeAt, allowance.at);
        if (oldest === undefined || entry.order < oldest.order) {
          oldest = entry;
          limit = allowance.limit;
        }
      }
    }
    return { entry: chosen, wakeAt, limit };
  }

  /** The first of a lane that may go, or else the one that may go first. */
  #frontOf(lane: ReadonlySet<Entry>, now: UnixMs): Front {
    const head = first(lane)!;
    const allowance = this.#budget.allowance(head.of, now);
    if (allowance.at > now || head.of.small === undefined) return { entry: head, allowance };
    let front: Front | undefined;
    for (const entry of lane) {
      const at = this.#budget.repeatAt(entry.of.small!, now);
      if (at <= now) return { entry, allowance };
      if (front === undefined || at < front.allowance.at) {
        front = { entry, allowance: { at, limit: "identical" } };
      }
    }
    return front!;
  }

  #sleep(until: UnixMs): void {
    if (until === this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = until;
    this.#timer =
      until === Number.POSITIVE_INFINITY ? undefined : this.#clock.schedule(until, this.#wake);
  }

  readonly #wake = (): void => {
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#pump();
  };
}

function first(lane: ReadonlySet<Entry> | undefined): Entry | undefined {
  return lane?.values().next().value;
}

function isControl(lane: string): boolean {
  return lane === PROBE_LANE || lane === CANCEL_LANE;
}
