import type { IbEvent } from "../port/ib-event.ts";
import type { IbAsked, IbFault, IbLink, IbQuestion } from "../session/ib-link.ts";
import { SingleTimer } from "./single-timer.ts";

/** Hears of one subscription, until it is cancelled or has failed. */
interface AskListener {
  event(event: IbEvent): void;
  failed(fault: IbFault): void;
  /** The time for a first answer is over. It can come still. */
  unanswered(): void;
}

/** One question of a live stream, and the wait for its answer. */
export class LiveAsk {
  readonly #asked: IbAsked;
  readonly #deadline: SingleTimer;
  #isOver = false;

  /** @param answerMs how long the first word may take once the question went out. */
  constructor(link: IbLink, question: IbQuestion, answerMs: number, listener: AskListener) {
    this.#deadline = new SingleTimer(link.clock);
    this.#wait(link, answerMs, listener);
    this.#asked = link.ask(question, {
      event: (event) => {
        if (!this.#isOver) listener.event(event);
      },
      failed: (fault) => {
        if (this.#isOver) return;
        this.cancel();
        listener.failed(fault);
      },
    });
  }

  /** It was answered: nobody waits any more. */
  answered(): void {
    this.#deadline.clear();
  }

  /** Takes it back, at the gateway too: a stream that died may still take up a line there. */
  cancel(): void {
    this.#isOver = true;
    this.#deadline.clear();
    this.#asked.cancel();
  }

  /** The link may hold a question back for its turn, so the time runs from when it was sent. */
  #wait(link: IbLink, answerMs: number, listener: AskListener, wasUnsent = false): void {
    this.#deadline.set(link.clock.now() + answerMs, () => {
      const isUnsent = this.#asked.isSent === false;
      if (isUnsent || wasUnsent) this.#wait(link, answerMs, listener, isUnsent);
      else listener.unanswered();
    });
  }
}
