import type { Timer } from "../../../core/time/clock.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { IbEvent } from "../port/ib-event.ts";
import type { IbAsked, IbFault, IbLink, IbQuestion } from "../session/ib-link.ts";

/** How long an answer is waited for, and how often it is asked for. */
export interface Patience {
  /** Milliseconds of silence after the question went out before it is asked anew; 1 or more. */
  readonly deadlineMs: number;
  /** How often it is asked before silence or a passing fault counts as failure; 1 or more. */
  readonly attempts: number;
  /** Pause after a fault before the next try, in milliseconds; it doubles, up to 16 times it. */
  readonly pauseMs: number;
  /** Milliseconds without a link, or with faults that only time can mend, before it gives up. */
  readonly linkDownMs: number;
}

/** Hears of a question that is asked until it is answered. */
export interface PatientListener {
  /** It is asked, or asked anew: what came of an earlier try counts no more. */
  asked(): void;
  /** A part of the answer; true when it was the last. */
  event(event: IbEvent): boolean;
  /** The answer is whole. */
  done(): void;
  /** It cannot be had. Nothing more is heard. */
  failed(fault: IbFault): void;
}

/** How often it is looked whether the question went out and the link is up. */
const LOOK_MS = 1_000;
const LONGEST_PAUSE = 16;

/**
 * One question that is asked again when the gateway is silent, when the link is lost and when a
 * fault passes; time that it waits for the link or for its turn does not count as silence.
 */
export class PatientAsk {
  readonly #link: IbLink;
  readonly #question: IbQuestion;
  readonly #listener: PatientListener;
  readonly #patience: Patience;
  #asked: IbAsked | undefined;
  #timer: Timer | undefined;
  /** Counts tries, so that a word from one that was given up is not taken for the next one's. */
  #try = 0;
  #failures = 0;
  #pauseFactor = 1;
  #silentSince: UnixMs = 0;
  /** Since when there is no link, or nothing but faults that only time can mend. */
  #stuckSince: UnixMs | undefined;
  #isOver = false;

  constructor(link: IbLink, question: IbQuestion, patience: Patience, listener: PatientListener) {
    this.#link = link;
    this.#question = question;
    this.#patience = patience;
    this.#listener = listener;
    this.#ask();
  }

  /** Takes it back; the listener hears nothing more. Safe to call twice. */
  close(): void {
    this.#isOver = true;
    this.#letGo();
  }

  #ask(): void {
    this.#try += 1;
    const current = this.#try;
    const isCurrent = (): boolean => !this.#isOver && this.#try === current;
    this.#silentSince = this.#link.clock.now();
    this.#listener.asked();
    this.#asked = this.#link.ask(this.#question, {
      event: (event) => {
        if (isCurrent()) this.#heard(event);
      },
      failed: (fault) => {
        if (isCurrent()) this.#refused(fault);
      },
    });
    this.#look();
  }

  #heard(event: IbEvent): void {
    this.#silentSince = this.#link.clock.now();
    this.#stuckSince = undefined;
    if (!this.#listener.event(event)) return;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#listener.done();
  }

  #refused(fault: IbFault): void {
    this.#asked = undefined;
    const { attempts, pauseMs, linkDownMs } = this.#patience;
    const now = this.#link.clock.now();
    // The pacer rests after a pacing violation by itself: that is no reason to give up.
    const passes = fault.retry === "later" || fault.code === "pacing-violation";
    if (passes) this.#stuckSince ??= now;
    else this.#failures += 1;
    const isStuck = this.#stuckSince !== undefined && now - this.#stuckSince >= linkDownMs;
    if (fault.retry === "never" || this.#failures >= attempts || isStuck) {
      this.#fail(passes ? { ...fault, retry: "later" } : fault);
      return;
    }
    this.#timer?.cancel();
    const pause = pauseMs * this.#pauseFactor;
    this.#pauseFactor = Math.min(this.#pauseFactor * 2, LONGEST_PAUSE);
    this.#timer = this.#link.clock.schedule(now + pause, () => this.#ask());
  }

  /** Looks how the question fares, and when to look next. */
  #look(): void {
    const { deadlineMs, attempts, linkDownMs } = this.#patience;
    const now = this.#link.clock.now();
    if (this.#link.state !== "up") {
      this.#stuckSince ??= now;
      if (now - this.#stuckSince >= linkDownMs) {
        this.#fail(linkDown(this.#link.reason, linkDownMs));
        return;
      }
      this.#silentSince = now;
    } else if (this.#asked?.isSent === false) {
      this.#silentSince = now;
    } else if (now - this.#silentSince >= deadlineMs) {
      this.#failures += 1;
      if (this.#failures >= attempts) {
        this.#fail(silence(deadlineMs, attempts));
        return;
      }
      this.#letGo();
      this.#ask();
      return;
    }
    const at = Math.min(now + LOOK_MS, this.#silentSince + deadlineMs);
    this.#timer?.cancel();
    this.#timer = this.#link.clock.schedule(at, () => this.#look());
  }

  #fail(fault: IbFault): void {
    this.close();
    this.#listener.failed(fault);
  }

  #letGo(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#asked?.cancel();
    this.#asked = undefined;
  }
}

function linkDown(reason: string, waitedMs: number): IbFault {
  const why = reason === "" ? "" : ` (${reason})`;
  const message = `there was no link to the gateway for ${waitedMs} ms${why}`;
  return { code: "disconnected", message, retry: "later" };
}

function silence(deadlineMs: number, attempts: number): IbFault {
  const message = `the gateway did not answer within ${deadlineMs} ms, asked ${attempts} times`;
  return { code: "timeout", message, retry: "soon" };
}
