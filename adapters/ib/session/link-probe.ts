import type { Timer, TimerClock } from "../../../core/time/clock.ts";
import { SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";

export interface ProbeOptions {
  readonly probeMs: number;
  readonly probeDeadlineMs: number;
  readonly clockCheckMs: number;
}

/** What a probe does to the link it watches. */
export interface ProbeActions {
  /** Asks the gateway for its time; `sent` is to be called when the question goes out. */
  ask(sent: () => void): void;
  /** The gateway told its time. */
  measured(sentAt: UnixMs, answer: UnixMs): void;
  /** Nothing at all came within the deadline. */
  dead(reason: string): void;
}

/**
 * Questions at the beginning, at fractions of the second that are spread over all of it: five of
 * them tell the gateway's clock to about a quarter of a second.
 */
const BURST = 5;
const BURST_MS = 230;
/** Unanswered questions after which a gateway is taken for one that does not tell its time. */
const MOST_UNANSWERED = 16;

/** Hears the time that a gateway told. */
type HearTime = (answer: UnixMs) => void;

const NOBODY: HearTime = () => {};

/**
 * Finds out whether the peer is there, and what its clock shows: asks for the time a few times at
 * the beginning, after every silence, and now and then.
 */
export class LinkProbe {
  readonly #clock: TimerClock;
  readonly #options: ProbeOptions;
  readonly #actions: ProbeActions;
  #burstLeft = BURST;
  #heardAt: UnixMs;
  #sentAt: UnixMs;
  /** Whether anything came since the last question went out. */
  #isTalking = false;
  /**
   * When each unanswered question went out. Answers come in order: one that never comes makes all
   * later ones look as if they had been asked earlier, which only widens what they say.
   */
  #unanswered: { readonly sentAt: UnixMs; readonly heard: HearTime }[] = [];
  #timer: Timer | undefined;

  constructor(clock: TimerClock, options: ProbeOptions, actions: ProbeActions) {
    this.#clock = clock;
    this.#options = options;
    this.#actions = actions;
    this.#heardAt = clock.now();
    this.#sentAt = clock.now();
  }

  start(): void {
    this.#ask();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Asks anew as at the beginning, a moment from now: nothing that was asked before counts. */
  askAnew(): void {
    this.#burstLeft = BURST;
    this.#wakeAt(this.#clock.now() + 1, () => this.#ask());
  }

  /** Asks out of turn, for someone who is to hear the answer. */
  ask(heard: HearTime): void {
    this.#actions.ask(() => this.#sent(heard));
  }

  #sent(heard: HearTime): void {
    const now = this.#clock.now();
    this.#sentAt = now;
    this.#isTalking = false;
    if (this.#unanswered.length < MOST_UNANSWERED) this.#unanswered.push({ sentAt: now, heard });
    this.#wakeAt(now + this.#options.probeDeadlineMs, () => this.#judge());
  }

  /** Anything came: the peer is there. */
  heard(): void {
    this.#heardAt = this.#clock.now();
    this.#isTalking = true;
  }

  /** The gateway told its time. */
  answered(answer: UnixMs): void {
    // Once one was not noted down, no answer can be matched with its question.
    const isMatched = this.#unanswered.length < MOST_UNANSWERED;
    const question = isMatched ? this.#unanswered.shift() : undefined;
    if (question !== undefined) this.#actions.measured(question.sentAt, answer);
    this.#sleep();
    question?.heard(answer);
  }

  #ask(): void {
    this.#burstLeft -= 1;
    this.ask(NOBODY);
  }

  /** The deadline of a question has passed. */
  #judge(): void {
    if (this.#isTalking) this.#sleep();
    else this.#actions.dead(`the gateway gave no sign of life for ${this.#silentSeconds} s`);
  }

  get #silentSeconds(): number {
    return Math.round((this.#clock.now() - this.#heardAt) / SECOND_MS);
  }

  #sleep(): void {
    this.#wakeAt(this.#dueAt(), () => {
      // What was heard meanwhile puts it off.
      if (this.#clock.now() < this.#dueAt()) this.#sleep();
      else this.#ask();
    });
  }

  #dueAt(): UnixMs {
    if (this.#burstLeft > 0) return this.#sentAt + BURST_MS;
    const { probeMs, clockCheckMs } = this.#options;
    return Math.min(Math.max(this.#heardAt, this.#sentAt) + probeMs, this.#sentAt + clockCheckMs);
  }

  #wakeAt(at: UnixMs, action: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(at, action);
  }
}
