// Goal: every question hears its own answer or its failure, once, and nothing afterwards; ids are
// never used twice; what waits survives the loss of the connection, what was sent fails with it.
import { describe, expect, test } from "vitest";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import type { IbEvent } from "../../../../adapters/ib/port/ib-event.ts";
import type { IbQuestion } from "../../../../adapters/ib/session/ib-link.ts";
import {
  BAR,
  DETAILS,
  HEAD,
  HeardAnswer,
  link,
  PAGE,
  REAL_TIME,
  SCHEDULE,
  STREAM,
  upLink,
} from "./session-fixture.ts";

const details = {
  contract: ibContract({ conId: 1 }),
  longName: "",
  marketName: "",
  minTick: 0.01,
  priceMagnifier: 1,
  timeZoneId: "",
  tradingHours: "",
  liquidHours: "",
  validExchanges: "",
};
const ID = 1_000_000;
const SEED: IbEvent = { kind: "history", requestId: ID, bars: [BAR] };
const UPDATE: IbEvent = { kind: "update", requestId: ID, bar: BAR };
const TICK: IbEvent = { kind: "real-time-bar", requestId: ID, bar: BAR };
const LATE = { kind: "contract", requestId: ID, details } as const;

describe("answers", () => {
  const cases: readonly (readonly [string, IbQuestion, readonly IbEvent[], isOver: boolean])[] = [
    ["contract details", DETAILS, [LATE, LATE, { kind: "contract-end", requestId: ID }], true],
    ["a page", PAGE, [SEED], true],
    [
      "a schedule",
      SCHEDULE,
      [{ kind: "schedule", requestId: ID, timeZone: "UTC", sessions: [] }],
      true,
    ],
    ["a head timestamp", HEAD, [{ kind: "head-timestamp", requestId: ID, time: "1" }], true],
    ["a stream of history", STREAM, [SEED, UPDATE, UPDATE], false],
    ["real-time bars", REAL_TIME, [TICK, TICK], false],
  ];

  test.each(cases)(
    "%s: all of it is heard, and nothing after the end",
    (_, asked, events, over) => {
      const { ask, gateway, pass } = upLink();
      const { answer } = ask(asked);
      for (const event of events) gateway.last.say(event);
      expect(answer.events).toEqual(events);
      gateway.last.say(UPDATE);
      gateway.last.notice(10_182, "gone", ID);
      gateway.last.notice(10_182, "gone", ID);
      expect(answer.events).toHaveLength(over ? events.length : events.length + 1);
      expect(answer.faults).toHaveLength(over ? 0 : 1);
      gateway.last.say(UPDATE);
      pass(1_000);
      expect(answer.events).toHaveLength(over ? events.length : events.length + 1);
    },
  );

  test("a head timestamp is cancelled once it came, as the gateway wants it", () => {
    const { ask, gateway } = upLink();
    ask(HEAD);
    gateway.last.say({ kind: "head-timestamp", requestId: ID, time: "1" });
    expect(gateway.last.last).toEqual({ kind: "cancel", of: "head-timestamp", requestId: ID });
  });

  test("what carries the id of no question is dropped", () => {
    const { gateway, kinds } = upLink();
    gateway.last.say({ ...SEED, requestId: 5 });
    gateway.last.say({ kind: "positions-end" });
    expect(kinds()).toEqual(["up"]);
  });

  test("how long answers take is learned", () => {
    const { ask, gateway, pass, session } = upLink();
    ask(PAGE);
    pass(1_234);
    gateway.last.say(SEED);
    expect(session.latency.expectedMs("dated-history", 1)).toBe(1_234);
    expect(session.latency.expectedMs("current-time", 0)).toBe(20);
    ask(STREAM);
    pass(100);
    gateway.last.say({ ...SEED, requestId: ID + 1 });
    pass(500);
    gateway.last.say({ ...SEED, requestId: ID + 1 });
    expect(session.latency.expectedMs("recent-history", 1)).toBe(100);
  });
});

describe("taking back", () => {
  test.each([
    ["history", PAGE],
    ["history", STREAM],
    ["history", SCHEDULE],
    ["real-time-bars", REAL_TIME],
    ["head-timestamp", HEAD],
  ] as const)("cancels at the gateway: %s", (of, question) => {
    const { ask, gateway, kinds } = upLink();
    const { asked, answer } = ask(question);
    expect(asked.isSent).toBe(true);
    asked.cancel();
    asked.cancel();
    expect(gateway.last.questions.slice(1)).toEqual([{ kind: "cancel", of, requestId: ID }]);
    gateway.last.say(SEED);
    gateway.last.notice(162, "API historical data query cancelled: 1000000", ID);
    gateway.last.notice(366, "No historical data query found", ID);
    gateway.last.notice(300, "Can't find EId with tickerId", ID);
    expect([answer.events, answer.faults, kinds()]).toEqual([[], [], ["up"]]);
  });

  test("contract details cannot be cancelled there, and are only forgotten", () => {
    const { ask, gateway } = upLink();
    const { asked, answer } = ask(DETAILS);
    asked.cancel();
    gateway.last.say(LATE);
    expect(gateway.last.questions).toHaveLength(1);
    expect(answer.events).toEqual([]);
  });

  test("what was not sent never goes out; what is over is not cancelled", () => {
    const { ask, session, gateway, pass } = link();
    const { asked } = ask(PAGE);
    expect(asked.isSent).toBe(false);
    asked.cancel();
    const other = ask(SCHEDULE);
    session.start();
    pass(100);
    expect(gateway.last.questions.map(({ kind }) => kind)).toEqual(["schedule"]);
    gateway.last.say({ kind: "schedule", requestId: ID + 1, timeZone: "", sessions: [] });
    other.asked.cancel();
    expect(gateway.last.questions).toHaveLength(1);
  });

  test("while an answer is heard", () => {
    const { session, gateway, ask } = upLink();
    let events = 0;
    const asked = session.ask(STREAM, {
      event: () => {
        events += 1;
        asked.cancel();
        ask(DETAILS);
      },
      failed: () => expect.fail("it was taken back"),
    });
    gateway.last.say(SEED);
    gateway.last.say(UPDATE);
    expect(events).toBe(1);
    expect(gateway.last.questions.map(({ kind }) => kind)).toEqual([
      "history",
      "cancel",
      "contract-details",
    ]);
  });
});

describe("a lost connection", () => {
  test("fails all that was sent before it says so, and hears nothing of it any more", () => {
    const { ask, gateway, pass, heard, session } = upLink();
    const asked = [PAGE, STREAM, REAL_TIME, DETAILS].map((question) => ask(question));
    const old = gateway.last;
    heard.length = 0;
    session.watch((event) => {
      if (event.kind !== "down") return;
      for (const { answer } of asked) expect(answer.faults).toHaveLength(1);
    });
    const say = old.say.bind(old);
    old.say({ kind: "closed", reason: "ECONNRESET" });
    for (const { answer } of asked) {
      expect(answer.faults).toMatchObject([{ code: "disconnected", retry: "later" }]);
      expect(answer.faults[0]?.message).toContain("ECONNRESET");
    }
    expect(heard).toEqual([
      { kind: "down", reason: "ECONNRESET; the next attempt follows in 0.4 s" },
    ]);
    old.isClosed = false;
    say(SEED);
    say({ kind: "closed", reason: "again" });
    pass(1_000);
    for (const { answer, asked: each } of asked) {
      expect([answer.events, answer.faults.length]).toEqual([[], 1]);
      each.cancel();
    }
    expect(heard.map(({ kind }) => kind)).toEqual(["down", "up"]);
    expect(gateway.last.questions).toEqual([]);
  });

  test("what waits goes out on the next one, in its order, and ids go on", () => {
    const { ask, gateway, pass, session } = upLink();
    ask(PAGE);
    gateway.last.say({ kind: "closed", reason: "gone" });
    const waiting = [SCHEDULE, DETAILS, PAGE].map((question) => ask(question));
    pass(1_000);
    expect(session.state).toBe("up");
    expect(gateway.last.questions).toMatchObject([
      { kind: "schedule", requestId: ID + 1 },
      { kind: "contract-details", requestId: ID + 2 },
      { kind: "history", requestId: ID + 3 },
    ]);
    for (const { answer } of waiting) expect(answer.faults).toEqual([]);
  });

  test("who asks anew while it hears of the failure waits for the next connection", () => {
    const { session, gateway, pass } = upLink();
    const second = new HeardAnswer();
    const unheard = new HeardAnswer();
    session.ask(STREAM, {
      event: () => {},
      failed: () => {
        session.ask(STREAM, second);
        other.cancel();
      },
    });
    const other = session.ask(REAL_TIME, unheard);
    gateway.last.say({ kind: "closed", reason: "gone" });
    pass(1_000);
    expect(gateway.last.questions).toMatchObject([{ kind: "history", requestId: ID + 2 }]);
    expect([second.faults, unheard.faults]).toEqual([[], []]);
  });

  test("slots of open requests are free again on the next one", () => {
    const { ask, gateway, pass } = upLink({ pacing: { openHistoricalRequests: 2 } });
    for (let count = 0; count < 3; count += 1) ask(PAGE);
    expect(gateway.last.questions).toHaveLength(2);
    gateway.last.say({ kind: "closed", reason: "gone" });
    ask(PAGE);
    pass(1_000);
    expect(gateway.last.questions).toMatchObject([{ requestId: ID + 2 }, { requestId: ID + 3 }]);
  });
});

describe("the number of waiting questions is limited", () => {
  test("one too many fails, after `ask` has returned, unless it was taken back", () => {
    const { ask, pass, gateway, session } = link({ maxWaiting: 2 });
    for (let count = 0; count < 2; count += 1) ask(DETAILS);
    const third = ask(DETAILS);
    expect(third.answer.faults).toEqual([]);
    expect(third.asked.isSent).toBe(false);
    const fourth = ask(DETAILS);
    fourth.asked.cancel();
    pass(0);
    expect(third.answer.faults).toMatchObject([{ code: "too-many-questions", retry: "later" }]);
    expect(fourth.answer.faults).toEqual([]);
    session.start();
    pass(1_000);
    expect(gateway.last.questions).toHaveLength(2);
    expect(ask(DETAILS).asked.isSent).toBe(true);
  });
});

test("a failure or an answer gives the slot of an open request back", () => {
  const { ask, gateway } = upLink({ pacing: { openHistoricalRequests: 1 } });
  for (let count = 0; count < 4; count += 1) ask(PAGE);
  gateway.last.notice(200, "unknown", ID);
  expect(gateway.last.questions).toHaveLength(2);
  gateway.last.say({ kind: "history", requestId: ID + 1, bars: [] });
  expect(gateway.last.questions).toHaveLength(3);
  // One that may still be open there counts until its cancel is out, which is at once.
  gateway.last.notice(10_167, "delayed data", ID + 2);
  expect(gateway.last.questions.map(({ kind }) => kind).slice(3)).toEqual(["cancel", "history"]);
});

// Goal: a stream that a bust ended is off the gateway's books before the next one is asked for.
test.each([
  ["history", STREAM],
  ["real-time-bars", REAL_TIME],
] as const)("a bust cancels the old stream before the new: %s", (of, question) => {
  const { session, gateway } = upLink();
  const next = new HeardAnswer();
  session.ask(question, {
    event: () => {},
    failed: () => void session.ask(question, next),
  });
  gateway.last.notice(10_225, "Bust event occurred, current subscription is deactivated.", ID);
  expect(gateway.last.questions.slice(1)).toEqual([
    { kind: "cancel", of, requestId: ID },
    { ...question, requestId: ID + 1 },
  ]);
  gateway.last.notice(of === "history" ? 366 : 300, "unknown", ID);
  expect(next.faults).toEqual([]);
});

test("a slot is held until the gateway was told of the cancel", () => {
  const { ask, gateway, pass } = upLink({
    pacing: { openHistoricalRequests: 1, messagesPerSecond: 2 },
  });
  pass(2_000);
  const { asked } = ask(PAGE);
  ask(DETAILS);
  ask(SCHEDULE);
  asked.cancel();
  expect(gateway.last.questions.map(({ kind }) => kind)).toEqual(["history", "contract-details"]);
  pass(1_000);
  expect(gateway.last.questions.map(({ kind }) => kind).slice(2)).toEqual(["cancel", "schedule"]);
});
