import type { TimerClock } from "../../../core/time/clock.ts";
import type { IbEvent } from "../../ib/port/ib-event.ts";
import type { IbFault, IbLink, IbQuestion } from "../../ib/session/ib-link.ts";

/** What became of a question. */
export type Asked =
  | { readonly kind: "answered"; readonly event: IbEvent }
  | { readonly kind: "refused"; readonly fault: IbFault }
  | { readonly kind: "silence" };

/** Asks once, waits for the first event of the answer, and takes the question back. */
export function askOnce(
  link: IbLink,
  question: IbQuestion,
  clock: TimerClock,
  deadlineMs: number,
): Promise<Asked> {
  return new Promise((resolve) => {
    const done = (asked: Asked): void => {
      timer.cancel();
      under.cancel();
      resolve(asked);
    };
    const timer = clock.schedule(clock.now() + deadlineMs, () => done({ kind: "silence" }));
    const under = link.ask(question, {
      event: (event) => done({ kind: "answered", event }),
      failed: (fault) => done({ kind: "refused", fault }),
    });
  });
}
