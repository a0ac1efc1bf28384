import type { IbEvent } from "../port/ib-event.ts";
import type { DropCause } from "./connection-keeper.ts";
import type { IbFault, IbQuestion } from "./ib-link.ts";
import type { FailAction, NoticeMeaning } from "./notice-action.ts";
import { farmName, noticeMeaning, noticeMessage } from "./notice-meaning.ts";
import { OnceOnly } from "./once-only.ts";
import { FIRST_REQUEST_ID, isKeptUpToDate, type QuestionBook } from "./question-book.ts";

type Notice = IbEvent & { readonly kind: "notice" };

/** What notices do to the link; what they do to questions goes to the book. */
export interface NoticeEffects {
  warn(code: number, message: string): void;
  slowDown(): void;
  suspend(reason: string): void;
  resume(isDataLost: boolean, reason: string): void;
  farmDown(farm: string, reason: string): void;
  farmUp(farm: string): void;
  drop(reason: string, cause: DropCause): void;
  stop(fault: IbFault): void;
}

/** Does what every notice calls for. */
export class NoticeHandler {
  readonly #questions: QuestionBook;
  readonly #effects: NoticeEffects;
  readonly #onceOnly = new OnceOnly();

  constructor(questions: QuestionBook, effects: NoticeEffects) {
    this.#questions = questions;
    this.#effects = effects;
  }

  /** @param isSuspended whether the gateway is cut off, and refuses what it would else know. */
  hear(notice: Notice, isSuspended: boolean): void {
    const meaning = noticeMeaning(notice.code, notice.message);
    const message = noticeMessage(meaning, notice.message);
    const { action } = meaning;
    switch (action.do) {
      case "ignore":
        break;
      case "warn":
        this.#effects.warn(notice.code, message);
        break;
      case "slow-down":
        this.#effects.slowDown();
        this.#effects.warn(notice.code, message);
        break;
      case "suspend":
        this.#effects.suspend(message);
        break;
      case "resume":
        this.#effects.resume(action.isDataLost, message);
        break;
      case "farm-down":
        this.#effects.farmDown(farmName(notice.message), message);
        break;
      case "farm-up":
        this.#effects.farmUp(farmName(notice.message));
        break;
      case "reconnect":
        this.#effects.drop(message, "broken");
        break;
      case "change-client-id":
        this.#effects.drop(message, "client-id-in-use");
        break;
      case "stop":
        this.#effects.stop(faultOf(meaning, action.fault, message, "never"));
        break;
      case "answer-empty":
        this.#answerEmpty(notice, meaning, message);
        break;
      case "fail":
        this.#fail(notice, meaning, action, message, isSuspended);
        break;
    }
  }

  /** An event of a question. */
  answered(event: IbEvent & { readonly requestId: number }): void {
    const question = this.#questions.find(event.requestId);
    if (question !== undefined) this.#onceOnly.forgive(question);
    this.#questions.hear(event);
  }

  #answerEmpty({ requestId }: Notice, meaning: NoticeMeaning, message: string): void {
    const question = this.#questions.find(requestId);
    if (question === undefined) return;
    if (question.kind === "history" && !question.keepUpToDate) {
      this.#questions.hear({ kind: "history", requestId, bars: [] });
      return;
    }
    // A stream has nothing to begin with yet; what asks for times will never get any.
    const retry = isKeptUpToDate(question) ? "later" : "never";
    this.#questions.fail(requestId, faultOf(meaning, "no-data", message, retry), false);
  }

  #fail(
    { requestId, code }: Notice,
    meaning: NoticeMeaning,
    action: FailAction,
    message: string,
    isSuspended: boolean,
  ): void {
    const question = this.#questions.find(requestId);
    if (question === undefined) {
      // A late word on a question of ours that is over is no news; anything else may be.
      if (requestId < FIRST_REQUEST_ID) this.#effects.warn(code, message);
      return;
    }
    if (action.isPacing === true) this.#questions.complain(requestId);
    if (action.isIdTaken === true) this.#questions.jump();
    const retry = this.#retry(action, question, isSuspended);
    const fault = faultOf(meaning, action.fault, message, retry);
    this.#questions.fail(requestId, fault, action.isStillOpen === true);
  }

  #retry(action: FailAction, question: IbQuestion, isSuspended: boolean): IbFault["retry"] {
    if (isSuspended) return "later";
    const isLast = action.isRetriedOnce === true && this.#onceOnly.isSecond(question);
    return isLast ? "never" : action.retry;
  }
}

function faultOf(
  { code: ibCode }: NoticeMeaning,
  code: string,
  message: string,
  retry: IbFault["retry"],
): IbFault {
  return { code, message, retry, ibCode };
}
