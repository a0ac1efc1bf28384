import type { IbContractDetails } from "../../adapters/ib/port/ib-contract.ts";
import type { IbBar, IbEvent, IbSession } from "../../adapters/ib/port/ib-event.ts";
import type {
  IbAnswer,
  IbAsked,
  IbFault,
  IbLink,
  IbQuestion,
  LinkEvent,
  LinkState,
} from "../../adapters/ib/session/ib-link.ts";
import type { TimerClock } from "../../core/time/clock.ts";
import { SECOND_MS, type UnixMs } from "../../core/time/instant.ts";

const SYNC_MS = 2;

/** A question that a scripted link was asked, and the hands to answer it with. */
export class ScriptedQuestion implements IbAsked {
  readonly question: IbQuestion;
  readonly requestId: number;
  isCancelled = false;
  isSent = true;
  readonly #answer: IbAnswer;
  #isOver = false;

  constructor(question: IbQuestion, requestId: number, answer: IbAnswer) {
    this.question = question;
    this.requestId = requestId;
    this.#answer = answer;
  }

  /** Whether something can still be said to it. */
  get isOpen(): boolean {
    return !this.isCancelled && !this.#isOver;
  }

  cancel(): void {
    this.isCancelled = true;
  }

  event(event: IbEvent): void {
    if (this.isOpen) this.#answer.event(event);
  }

  fail(fault: IbFault): void {
    if (!this.isOpen) return;
    this.#isOver = true;
    this.#answer.failed(fault);
  }

  history(bars: readonly IbBar[]): void {
    this.event({ kind: "history", requestId: this.requestId, bars });
  }

  contracts(...found: readonly IbContractDetails[]): void {
    const { requestId } = this;
    for (const details of found) this.event({ kind: "contract", requestId, details });
    this.event({ kind: "contract-end", requestId });
  }

  schedule(timeZone: string, sessions: readonly IbSession[]): void {
    this.event({ kind: "schedule", requestId: this.requestId, timeZone, sessions });
  }
}

/**
 * A link that says exactly what a test makes it say; without a script it is silent. Questions wait
 * while it is not up.
 */
export class ScriptedIbLink implements IbLink {
  readonly clock: TimerClock;
  readonly brokenFarms = new Set<string>();
  /** Every question, in order. */
  readonly asked: ScriptedQuestion[] = [];
  state: LinkState = "up";
  reason = "";
  /** Answers a question, `delayMs` after it was asked. */
  script: ((question: ScriptedQuestion, index: number) => void) | undefined;
  delayMs = 10;
  readonly #listeners = new Set<(event: LinkEvent) => void>();
  #waiting: (() => void)[] = [];

  constructor(clock: TimerClock) {
    this.clock = clock;
  }

  /** How many listeners are on, to see that all are taken off. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** The last question; there must be one. */
  get last(): ScriptedQuestion {
    return this.asked.at(-1)!;
  }

  watch(listener: (event: LinkEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The gateway's clock is ours, cut to seconds, and its answer takes a moment. */
  sync(heard: (toldAt: UnixMs | undefined) => void): void {
    this.clock.schedule(this.clock.now() + SYNC_MS, () => {
      heard(Math.floor(this.clock.now() / SECOND_MS) * SECOND_MS);
    });
  }

  ask(question: IbQuestion, answer: IbAnswer): IbAsked {
    const asked = new ScriptedQuestion(question, 1_000 + this.asked.length, answer);
    const index = this.asked.push(asked) - 1;
    const send = (): void => {
      asked.isSent = true;
      this.clock.schedule(this.clock.now() + this.delayMs, () => {
        if (asked.isOpen && this.state === "up") this.script?.(asked, index);
      });
    };
    asked.isSent = false;
    if (this.state === "up") send();
    else this.#waiting.push(send);
    return asked;
  }

  /** Tells the listeners, and takes on the state that the event leads to. */
  say(event: LinkEvent): void {
    if (event.kind === "up" || event.kind === "resumed") this.state = "up";
    if (event.kind === "down") this.state = "connecting";
    if (event.kind === "suspended" || event.kind === "stopped") this.state = event.kind;
    for (const listener of [...this.#listeners]) listener(event);
    if (this.state !== "up") return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const send of waiting) send();
  }

  /** Loses the connection: open questions fail first, then the listeners hear of it. */
  goDown(reason = "the socket closed"): void {
    this.state = "connecting";
    this.reason = reason;
    const message = `the connection broke (${reason})`;
    for (const asked of this.asked) asked.fail({ code: "disconnected", message, retry: "later" });
    this.say({ kind: "down", reason });
  }

  goUp(): void {
    this.reason = "";
    this.say({ kind: "up" });
  }
}
