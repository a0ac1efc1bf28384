import type { PatchedBug } from "./patch.ts";

/** The connection to a gateway, its clock, and its limits. */
export const SESSION_BUGS: readonly PatchedBug[] = [
  {
    name: "a deadline outlives the connection that it belongs to",
    file: "adapters/ib/session/connection-keeper.ts",
    find: "    this.#generation += 1;\n    this.#timer?.cancel();",
    replace: "    this.#generation += 1;",
    fault: "disconnect-in-backfill",
    like: "8",
  },
  {
    name: "the deadline of a connection is kept when it is ready",
    file: "adapters/ib/session/connection-keeper.ts",
    find: "      this.#timer?.cancel();\n      this.#timer = undefined;\n      this.#readyAt",
    replace: "      this.#readyAt",
    fault: "none",
    like: "8",
  },
  {
    name: "the probe of a connection that is gone goes on",
    file: "adapters/ib/session/ib-session.ts",
    find: "    this.#probe?.stop();\n",
    replace: "",
    fault: "lost-link",
    like: "8",
  },
  {
    name: "a half-open connection is not found out",
    file: "adapters/ib/session/link-probe.ts",
    find: "if (this.#isTalking) this.#sleep();\n    else this.#actions.dead",
    replace:
      "if (this.#isTalking || this.#unanswered.length > 0) this.#sleep();\n" +
      "    else this.#actions.dead",
    fault: "half-open",
    like: "5",
  },
  {
    name: "a probe that is due is put off to the very same instant",
    file: "adapters/ib/session/link-probe.ts",
    find: "if (this.#clock.now() < this.#dueAt()) this.#sleep();",
    replace: "if (this.#clock.now() <= this.#dueAt()) this.#sleep();",
    fault: "none",
    like: "25",
  },
  {
    name: "the offset of the gateway's clock has the wrong sign",
    file: "adapters/ib/session/gateway-clock.ts",
    find: "this.#move(skew.offsetMs);",
    replace: "this.#move(-skew.offsetMs);",
    fault: "skew",
  },
  {
    name: "a question that failed is not asked again by a new id",
    file: "adapters/ib/session/question-book.ts",
    find: "const id = this.#nextId++;",
    replace: "const id = this.#nextId;",
    like: "4",
  },
  {
    name: "the pacer is not opened when the gateway is connected again",
    file: "adapters/ib/session/ib-session.ts",
    find: "    this.#pacer.open();\n",
    replace: "",
    fault: "lost-link",
    like: "7",
  },
];

/** Live bars of a gateway. */
export const LIVE_BUGS: readonly PatchedBug[] = [
  {
    name: "streams are believed to go on after 1102",
    file: "adapters/ib/live/live-stream.ts",
    find: '      case "resumed":\n',
    replace:
      '      case "resumed":\n        if (event.kind === "resumed" && !event.isDataLost) break;\n',
    fault: "lost-link",
    like: "4",
  },
  {
    name: "a stream is not asked for anew on a new connection",
    file: "adapters/ib/live/live-stream.ts",
    find: '        this.#renew("the connection is back");\n',
    replace: "",
    fault: "lost-link",
    like: "7",
  },
  {
    name: "a stream that was given up is not cancelled at the gateway",
    file: "adapters/ib/live/live-ask.ts",
    find: "    this.#asked.cancel();\n",
    replace: "",
    fault: "gap",
  },
  {
    name: "a part of 5 seconds may be missing",
    file: "adapters/ib/live/real-time-feed.ts",
    find: "    if (openTime !== this.#expected) this.leave();\n",
    replace: "",
    fault: "gap",
    like: "25",
  },
  {
    name: "a stream of a new connection goes on where the old one was cut",
    file: "adapters/ib/live/real-time-feed.ts",
    find: "    this.#expected = undefined;\n    this.#target = this.#newTarget();\n",
    replace: "    this.#expected = undefined;\n",
    fault: "lost-link",
    like: "31",
  },
];

/** History of a gateway. */
export const HISTORY_BUGS: readonly PatchedBug[] = [
  {
    name: "a page that was cut short tells of all before it",
    file: "adapters/ib/history/page-answer.ts",
    find: "let from = Math.max(range.from, first);",
    replace: "let from = range.from;",
    fault: "partial-history",
    like: "28",
  },
  {
    name: "an empty answer is believed at once",
    file: "adapters/ib/history/history-stream.ts",
    find: "      if (!isSecond) this.#askAgain(page, options.confirmMs);\n      else this.#weigh",
    replace:
      "      if (!isSecond) this.#believeNothing(page.range, askedAt - options.settleMs);\n" +
      "      else this.#weigh",
    fault: "empty-history",
    like: "40",
  },
  {
    name: "an empty answer is believed the second time",
    file: "adapters/ib/history/history-stream.ts",
    find: "else this.#weighDenial(page, askedAt - options.settleMs);",
    replace: "else this.#believeNothing(page.range, askedAt - options.settleMs);",
    fault: "empty-history",
    like: "40",
  },
  {
    name: "a page ends one bar early",
    file: "adapters/ib/history/page-plan.ts",
    find: 'end: isPresent ? "" : ibUtcTime(end), duration }',
    replace: 'end: isPresent ? "" : ibUtcTime(end - grid.size.ms), duration }',
    like: "22",
  },
  {
    name: "a pacing violation is final",
    file: "adapters/ib/session/notice-meaning.ts",
    find: 'fault: "pacing-violation", retry: "soon"',
    replace: 'fault: "pacing-violation", retry: "never"',
    fault: "pacing",
    like: "28",
  },
  {
    name: "no data in a range means that there never will be",
    file: "adapters/ib/session/notice-meaning.ts",
    find: '{ do: "answer-empty" }',
    replace: '{ do: "fail", fault: "no-data", retry: "never" }',
    fault: "empty-history",
    like: "40",
  },
  {
    name: "the wall clock of the exchange is taken for UTC",
    file: "adapters/ib/contracts/hours-text.ts",
    find: "const from = wallTime(zone, firstDay, startMs);",
    replace: "const from = firstDay * 86_400_000 + startMs;",
    like: "39",
  },
];
