import type { FailAction, NoticeAction } from "../../adapters/ib/session/notice-action.ts";

const DEEDS: Readonly<Record<Exclude<NoticeAction["do"], "fail" | "resume">, string>> = {
  ignore: "nothing",
  warn: "says so",
  "read-text": "goes by its text, see below",
  "answer-empty": "takes it that there is nothing",
  "slow-down": "sends half as much for a minute",
  suspend: "waits, and keeps the connection",
  "farm-down": "takes its streams for doubtful",
  "farm-up": "checks its streams",
  reconnect: "connects anew",
  "change-client-id": "takes a spare one, or waits",
  stop: "stops",
};

const REPEATS: Readonly<Record<FailAction["retry"], string>> = {
  soon: "asks again",
  later: "asks again, later",
  never: "does not ask again",
};

/** What Barline does about a code, in the words of docs/interactive-brokers.md. */
export function deedOf(action: NoticeAction): string {
  if (action.do === "resume") {
    return action.isDataLost ? "asks for every stream anew" : "checks every stream";
  }
  if (action.do !== "fail") return DEEDS[action.do];
  if (action.isPacing === true) return "rests, then asks again";
  const repeat = REPEATS[action.retry];
  return action.isRetriedOnce === true ? repeat.replace("again", "once more") : repeat;
}
