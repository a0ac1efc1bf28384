import type { IbBar } from "../../../../adapters/ib/port/ib-event.ts";
import type {
  IbAnswer,
  IbAsked,
  IbFault,
  IbLink,
  IbQuestion,
  LinkEvent,
  LinkState,
} from "../../../../adapters/ib/session/ib-link.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { SECOND_MS, type UnixMs } from "../../../../core/time/instant.ts";
import type { VirtualTime } from "../../../../core/time/virtual-time.ts";

const SYNC_MS = 2;

/** A question that was asked of a `FakeLink`, and the means to answer it. */
export class FakeAsked implements IbAsked {
  readonly question: IbQuestion;
  readonly at: UnixMs;
  isSent = true;
  isOpen = true;
  wasCancelled = false;
  readonly #answer: IbAnswer;

  constructor(question: IbQuestion, at: UnixMs, answer: IbAnswer) {
    this.question = question;
    this.at = at;
    this.#answer = answer;
  }

  cancel(): void {
    if (this.isOpen) this.wasCancelled = true;
    this.isOpen = false;
  }

  history(...bars: readonly IbBar[]): void {
    if (this.isOpen) this.#answer.event({ kind: "history", requestId: 1, bars });
  }

  update(bar: IbBar): void {
    if (this.isOpen) this.#answer.event({ kind: "update", requestId: 1, bar });
  }

  realTimeBar(bar: IbBar): void {
    if (this.isOpen) this.#answer.event({ kind: "real-time-bar", requestId: 1, bar });
  }

  fail(fault: Partial<IbFault>): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#answer.failed({ code: "stream-died", message: "it died", retry: "soon", ...fault });
  }
}

/** A link that does what a test tells it to, and writes down what is asked of it. */
export class FakeLink implements IbLink {
  readonly clock: VirtualTime;
  readonly brokenFarms = new Set<string>();
  readonly asked: FakeAsked[] = [];
  state: LinkState = "up";
  reason = "";
  /** Told of every question: answers it, later. */
  onAsk: (asked: FakeAsked) => void = () => {};
  readonly #listeners = new Set<(event: LinkEvent) => void>();

  constructor(clock: VirtualTime) {
    this.clock = clock;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** The last question. */
  get last(): FakeAsked {
    return this.asked[this.asked.length - 1]!;
  }

  /** Those that nobody took back and that did not fail. */
  get open(): readonly FakeAsked[] {
    return this.asked.filter(({ isOpen }) => isOpen);
  }

  watch(listener: (event: LinkEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The gateway's clock is ours, cut to seconds, and its answer takes a moment. */
  sync(heard: (toldAt: UnixMs | undefined) => void): void {
    this.clock.schedule(this.clock.now() + SYNC_MS, () => {
      heard(Math.floor(this.clock.now() / SECOND_MS) * SECOND_MS);
    });
  }

  ask(question: IbQuestion, answer: IbAnswer): IbAsked {
    const asked = new FakeAsked(question, this.clock.now(), answer);
    this.asked.push(asked);
    this.onAsk(asked);
    return asked;
  }

  up(): void {
    this.#turn("up", "", { kind: "up" });
  }

  down(reason = "the gateway is gone"): void {
    this.state = "connecting";
    this.reason = reason;
    for (const each of this.open) each.fail({ code: "disconnected", message: reason });
    this.brokenFarms.clear();
    this.#tell({ kind: "down", reason });
  }

  suspend(reason = "connectivity was lost"): void {
    this.#turn("suspended", reason, { kind: "suspended", reason });
  }

  resume(isDataLost: boolean): void {
    this.#turn("up", "", { kind: "resumed", isDataLost });
  }

  farmDown(farm = "usfarm"): void {
    this.brokenFarms.add(farm);
    this.#tell({ kind: "farm-down", farm, reason: `data farm ${farm} is broken` });
  }

  farmUp(farm = "usfarm"): void {
    this.brokenFarms.delete(farm);
    this.#tell({ kind: "farm-up", farm });
  }

  warn(): void {
    this.#tell({ kind: "warning", code: 10197, message: "a competing session" });
  }

  stop(fault: IbFault): void {
    this.#turn("stopped", fault.message, { kind: "stopped", fault });
  }

  #turn(state: LinkState, reason: string, event: LinkEvent): void {
    this.state = state;
    this.reason = reason;
    this.#tell(event);
  }

  #tell(event: LinkEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** A bar as a gateway tells it when it is asked for epoch seconds. */
export function row(bar: Bar, fields: Partial<IbBar> = {}): IbBar {
  const { openTime, open, high, low, close, volume } = bar;
  const time = String(openTime / SECOND_MS);
  return { time, open, high, low, close, volume, average: close, count: volume, ...fields };
}
