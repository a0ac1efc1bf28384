import type { TimerClock } from "../../../core/time/clock.ts";
import { assert } from "../../../core/time/failure.ts";
import { answerKind, type LatencyModel } from "../pacing/latency-model.ts";
import type { PacedRequest, Pacer } from "../pacing/pacer.ts";
import type { IbEvent } from "../port/ib-event.ts";
import type { CancelRequest, IbRequest } from "../port/ib-request.ts";
import type { IbAnswer, IbAsked, IbFault, IbQuestion } from "./ib-link.ts";

/** Ids of requests begin here, far away from those of orders, which count up from 1. */
export const FIRST_REQUEST_ID = 1_000_000;
const LAST_REQUEST_ID = 2 ** 31 - 1;
/** How far the next id jumps from one that was taken. */
const ID_JUMP = 10_000;

interface Question {
  readonly id: number;
  readonly asked: IbQuestion;
  readonly answer: IbAnswer;
  readonly paced: PacedRequest;
  isAnswered: boolean;
}

interface QuestionBookParts {
  readonly clock: TimerClock;
  readonly pacer: Pacer;
  readonly latency: LatencyModel;
  /** Questions that may wait. */
  readonly maxWaiting: number;
  send(request: IbRequest): void;
}

/** All questions that wait for their turn, for an answer, or go on as streams, by id. */
export class QuestionBook {
  readonly #parts: QuestionBookParts;
  readonly #questions = new Map<number, Question>();
  #nextId = FIRST_REQUEST_ID;

  constructor(parts: QuestionBookParts) {
    this.#parts = parts;
  }

  ask(asked: IbQuestion, answer: IbAnswer): IbAsked {
    const { pacer, maxWaiting, send } = this.#parts;
    if (pacer.waiting >= maxWaiting) {
      const message = `${maxWaiting} questions to the gateway wait already; ask again later`;
      return this.refuseLater(answer, { code: "too-many-questions", message, retry: "later" });
    }
    const id = this.#nextId++;
    assert(id <= LAST_REQUEST_ID, "there are ids of requests left");
    const request: IbRequest = { ...asked, requestId: id };
    const paced = pacer.submit(request, () => send(request));
    const question = { id, asked, answer, paced, isAnswered: false };
    this.#questions.set(id, question);
    return {
      get isSent() {
        return paced.sentAt !== undefined;
      },
      cancel: () => this.#takeBack(question),
    };
  }

  /** A question that fails as soon as `ask` has returned. */
  refuseLater(answer: IbAnswer, fault: IbFault): IbAsked {
    const { clock } = this.#parts;
    const timer = clock.schedule(clock.now(), () => answer.failed(fault));
    return { isSent: false, cancel: () => timer.cancel() };
  }

  /** What was asked under an id; undefined when it is over, or was none of ours. */
  find(requestId: number): IbQuestion | undefined {
    return this.#questions.get(requestId)?.asked;
  }

  /** An event with an id; those of questions that are over are dropped. */
  hear(event: IbEvent & { readonly requestId: number }): void {
    const question = this.#questions.get(event.requestId);
    if (question === undefined) return;
    const isStream = question.asked.kind === "real-time-bars" || isKeptUpToDate(question.asked);
    if (isAnswer(event)) this.#answered(question, event.kind === "history" ? event.bars.length : 0);
    if (isAnswer(event) && !isStream) {
      this.#questions.delete(question.id);
      if (event.kind === "head-timestamp") this.#cancelAtGateway(question);
    }
    question.answer.event(event);
  }

  /** One question failed; `isStillOpen` at the gateway, where it is cancelled then. */
  fail(requestId: number, fault: IbFault, isStillOpen: boolean): void {
    const question = this.#questions.get(requestId);
    if (question === undefined) return;
    this.#questions.delete(requestId);
    if (!isStillOpen || !this.#cancelAtGateway(question)) question.paced.settle();
    question.answer.failed(fault);
  }

  /** The gateway complained of the pace of a question. */
  complain(requestId: number): void {
    const question = this.#questions.get(requestId);
    question?.paced.complained();
  }

  /** The gateway took an id for another's. */
  jump(): void {
    this.#nextId += ID_JUMP;
  }

  /** What went out has failed with its connection; what waits goes on waiting. */
  failSent(fault: IbFault): void {
    this.#failAll(fault, (question) => question.paced.sentAt !== undefined);
  }

  failEverything(fault: IbFault): void {
    this.#failAll(fault, () => true);
  }

  #failAll(fault: IbFault, isMeant: (question: Question) => boolean): void {
    const meant = [...this.#questions.values()].filter(isMeant);
    // Each may take others back while it hears of its failure: those hear nothing.
    for (const { id } of meant) this.fail(id, fault, false);
  }

  #takeBack(question: Question): void {
    if (!this.#questions.delete(question.id)) return;
    if (!this.#cancelAtGateway(question)) question.paced.settle();
  }

  /** False when there is nothing to cancel: it did not go out, or its kind cannot be. */
  #cancelAtGateway({ id, asked, paced }: Question): boolean {
    const of = cancelOf(asked);
    if (paced.sentAt === undefined || of === undefined) return false;
    const cancel: CancelRequest = { kind: "cancel", of, requestId: id };
    this.#parts.pacer.submit(cancel, () => {
      this.#parts.send(cancel);
      // Until the gateway is told it counts the question as open.
      paced.settle();
    });
    return true;
  }

  #answered(question: Question, bars: number): void {
    const { latency, clock } = this.#parts;
    const { asked, paced, isAnswered } = question;
    if (isAnswered || paced.sentAt === undefined) return;
    question.isAnswered = true;
    paced.answered();
    const kind = answerKind(asked);
    if (kind !== undefined) latency.learn(kind, bars, clock.now() - paced.sentAt);
  }
}

/** Whether it is the whole answer, or the first page of a stream. */
function isAnswer({ kind }: IbEvent): boolean {
  return (
    kind === "history" ||
    kind === "real-time-bar" ||
    kind === "contract-end" ||
    kind === "schedule" ||
    kind === "head-timestamp"
  );
}

/** Whether a question goes on after its answer. */
export function isKeptUpToDate(question: IbQuestion): boolean {
  return question.kind === "history" && question.keepUpToDate;
}

/** How it is cancelled; a request for a contract cannot be. */
function cancelOf({ kind }: IbQuestion): CancelRequest["of"] | undefined {
  if (kind === "contract-details") return undefined;
  return kind === "schedule" ? "history" : kind;
}
