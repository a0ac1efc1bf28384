// Goal: every code of the gateway that anyone documented has its action, and does it.
import { describe, expect, test } from "vitest";
import { NOTICE_CODES } from "../../../../adapters/ib/session/codes.ts";
import type { IbQuestion, LinkEvent } from "../../../../adapters/ib/session/ib-link.ts";
import { DETAILS, HEAD, PAGE, REAL_TIME, SCHEDULE, STREAM, upLink } from "./session-fixture.ts";

const SERVICE = "Historical Market Data Service error message:";

/** What is to be seen when a notice comes with the id of a question. */
interface Expected {
  readonly fault?: { readonly code: string; readonly retry: "soon" | "later" | "never" };
  readonly events?: readonly LinkEvent["kind"][];
  readonly state?: string;
  readonly cancels?: true;
}

const IGNORED: Expected = {};
const WARNED: Expected = { events: ["warning"] };
const FATAL = (code: string): Expected => ({ fault: { code, retry: "never" } });
const SOON = (code: string): Expected => ({ fault: { code, retry: "soon" } });
const BROKEN: Expected = {
  fault: { code: "disconnected", retry: "later" },
  events: ["down"],
  state: "connecting",
};
const STOPPED: Expected = {
  fault: { code: "wrong-version", retry: "never" },
  events: ["stopped"],
  state: "stopped",
};

/** The whole table of the gateway's codes, one row a code. */
const EXPECTED: readonly (readonly [code: number, expected: Expected])[] = [
  [100, WARNED],
  [101, FATAL("market-data-lines")],
  [102, SOON("duplicate-id")],
  [386, SOON("duplicate-id")],
  [103, WARNED],
  [162, { fault: { code: "history-failed", retry: "later" } }],
  [165, IGNORED],
  [166, FATAL("expired-contract")],
  [200, FATAL("unknown-contract")],
  [203, FATAL("no-permission")],
  [321, FATAL("invalid-request")],
  [10314, FATAL("invalid-request")],
  [10295, FATAL("invalid-request")],
  [320, FATAL("malformed-request")],
  [322, SOON("gateway-error")],
  [326, BROKEN],
  [354, FATAL("no-permission")],
  [10089, FATAL("no-permission")],
  [10090, FATAL("no-permission")],
  [10091, FATAL("no-permission")],
  [10168, FATAL("no-permission")],
  [10186, FATAL("no-permission")],
  [10187, FATAL("no-permission")],
  [10167, { ...FATAL("delayed-data"), cancels: true }],
  [300, SOON("stream-lost")],
  [366, SOON("stream-lost")],
  [420, { fault: { code: "real-time-refused", retry: "later" } }],
  [502, BROKEN],
  [504, BROKEN],
  [505, BROKEN],
  [507, BROKEN],
  [508, BROKEN],
  [509, BROKEN],
  [503, STOPPED],
  [506, STOPPED],
  [1100, { events: ["suspended"], state: "suspended" }],
  [2110, { events: ["suspended"], state: "suspended" }],
  [1101, { fault: { code: "data-lost", retry: "later" }, events: ["resumed"] }],
  [1102, { events: ["resumed"] }],
  [1300, WARNED],
  [2103, { events: ["farm-down"] }],
  [2105, { events: ["farm-down"] }],
  [2157, { events: ["farm-down"] }],
  [2104, IGNORED],
  [2106, IGNORED],
  [2158, IGNORED],
  [2107, IGNORED],
  [2108, IGNORED],
  [2119, IGNORED],
  [2174, IGNORED],
  [10141, WARNED],
  [10182, SOON("stream-lost")],
  [10197, WARNED],
  [10225, { ...SOON("stream-lost"), cancels: true }],
];

function afterNotice(code: number, text: string, question: IbQuestion) {
  const world = upLink();
  const { answer } = world.ask(question);
  world.heard.length = 0;
  const { last } = world.gateway;
  last.notice(code, text, 1_000_000);
  return { ...world, answer, connection: last };
}

describe("the table", () => {
  test.each(EXPECTED)("%i", (code, expected) => {
    const { answer, kinds, session, connection } = afterNotice(code, "the text:farm", STREAM);
    expect(answer.faults.map((each) => ({ code: each.code, retry: each.retry }))).toEqual(
      expected.fault === undefined ? [] : [expected.fault],
    );
    for (const { message } of answer.faults) expect(message).toContain("the text");
    expect(kinds()).toEqual(expected.events ?? []);
    expect(session.state).toBe(expected.state ?? "up");
    expect(connection.last.kind === "cancel").toBe(expected.cancels === true);
    expect(answer.events).toEqual([]);
  });

  test("no code has an action without a row here, and none a row without an action", () => {
    const tested = EXPECTED.map(([code]) => code).sort((a, b) => a - b);
    expect([...NOTICE_CODES.keys()].sort((a, b) => a - b)).toEqual(tested);
  });

  test("what no program can mend tells a person what to do", () => {
    for (const { action, cure, code } of NOTICE_CODES.values()) {
      const isFatal = action.do === "stop" || (action.do === "fail" && action.retry === "never");
      if (isFatal) expect(cure, String(code)).not.toBe("");
    }
  });
});

describe("162 is read", () => {
  test.each([
    ["API historical data query pacing violation", "pacing-violation", "soon"],
    ["Historical data request pacing violation", "pacing-violation", "soon"],
    ["invalid step: 1 secs for 1 Y", "invalid-request", "never"],
    ["Time length exceed max.", "invalid-request", "never"],
    ["No market data permissions for ISLAND STK", "no-permission", "never"],
    ["No historical market data for EUR/CASH@IDEALPRO Last 60", "unavailable-price-type", "never"],
    ["No data of type EODChart is available", "unavailable-price-type", "never"],
    ["HMDS Expired Contract Violation:contract can not expire.", "expired-contract", "never"],
    ["Trading TWS session is connected from a different IP address", "competing-session", "later"],
    ["API historical data query cancelled: 7", "query-cancelled", "soon"],
    ["HMDS server disconnect occurred.  Attempting reconnection...", "history-failed", "later"],
  ])("%s", (text, code, retry) => {
    const { answer, session } = afterNotice(162, SERVICE + text, PAGE);
    expect(answer.faults).toMatchObject([{ code, retry, ibCode: 162 }]);
    expect(answer.faults[0]?.message).toContain(text);
    expect(session.state).toBe("up");
  });

  test("no data is an empty page, and only for a page", () => {
    const text = `${SERVICE}HMDS query returned no data: AAPL@SMART Trades`;
    const page = afterNotice(162, text, PAGE).answer;
    expect(page.faults).toEqual([]);
    expect(page.events).toEqual([{ kind: "history", requestId: 1_000_000, bars: [] }]);
    const stream = afterNotice(162, text, STREAM).answer;
    expect(stream.faults).toMatchObject([{ code: "no-data", retry: "later" }]);
    for (const question of [SCHEDULE, HEAD]) {
      const { answer } = afterNotice(162, text, question);
      expect(answer.faults).toMatchObject([{ code: "no-data", retry: "never" }]);
    }
    const nobody = upLink();
    nobody.gateway.last.notice(162, text, 1_000_000);
    expect(nobody.kinds()).toEqual(["up"]);
  });
});

describe("420 is read", () => {
  test("a pacing violation is never final, and makes new streams rest", () => {
    const text = "Invalid Real-time Query:Historical data request pacing violation";
    const world = afterNotice(420, text, REAL_TIME);
    expect(world.answer.faults).toMatchObject([{ code: "pacing-violation", retry: "soon" }]);
    const { answer } = world.ask(REAL_TIME);
    expect(world.connection.questions).toHaveLength(1);
    world.pass(15_000);
    expect(world.connection.questions).toHaveLength(2);
    world.connection.notice(420, text, 1_000_001);
    expect(answer.faults).toMatchObject([{ code: "pacing-violation", retry: "soon" }]);
  });

  test("a missing permission is", () => {
    const text = "Invalid Real-time Query:No market data permissions for ISLAND STK";
    const { answer } = afterNotice(420, text, REAL_TIME);
    expect(answer.faults).toMatchObject([{ code: "no-permission", retry: "never" }]);
  });
});

describe("codes that nobody knows", () => {
  test("fail the request they name, once with a second try, and close it at the gateway", () => {
    const world = afterNotice(99_999, "a new one", STREAM);
    expect(world.answer.faults).toMatchObject([{ code: "gateway-error", retry: "soon" }]);
    expect(world.connection.last).toMatchObject({ kind: "cancel", requestId: 1_000_000 });
    const { answer } = world.ask(STREAM);
    world.connection.notice(99_999, "a new one", 1_000_001);
    expect(answer.faults).toMatchObject([{ code: "gateway-error", retry: "never" }]);
  });

  test("are warnings when they name none of ours, or are in the range of warnings", () => {
    const world = afterNotice(2_150, "a new warning", STREAM);
    expect(world.kinds()).toEqual(["warning"]);
    expect(world.answer.faults).toEqual([]);
    world.connection.notice(99_999, "of no request");
    world.connection.notice(99_999, "of an order", 3);
    world.connection.notice(99_999, "late, of a question long over", 1_000_777);
    expect(world.kinds()).toEqual(["warning", "warning", "warning"]);
  });
});

describe("a second try", () => {
  test.each([
    [322, PAGE, "soon"],
    [420, REAL_TIME, "later"],
  ] as const)("%i is met with one, and only one", (code, question, retry) => {
    const world = afterNotice(code, "no", question);
    expect(world.answer.faults[0]?.retry).toBe(retry);
    const second = world.ask(question).answer;
    world.connection.notice(code, "no", 1_000_001);
    expect(second.faults[0]?.retry).toBe("never");
    // Whoever begins anew after that gets a second try again.
    const third = world.ask(question).answer;
    world.connection.notice(code, "no", 1_000_002);
    expect(third.faults[0]?.retry).toBe(retry);
  });

  test("an answer in between forgives the first refusal, and so does another question", () => {
    const world = afterNotice(322, "no", PAGE);
    const other = world.ask(SCHEDULE).answer;
    world.connection.notice(322, "no", 1_000_001);
    expect(other.faults[0]?.retry).toBe("soon");
    world.ask(PAGE);
    world.connection.say({ kind: "history", requestId: 1_000_002, bars: [] });
    const third = world.ask(PAGE).answer;
    world.connection.notice(322, "no", 1_000_003);
    expect(third.faults[0]?.retry).toBe("soon");
  });

  test("many different refusals are not remembered for ever", () => {
    const world = afterNotice(322, "no", PAGE);
    for (let count = 1; count <= 256; count += 1) {
      world.ask({ ...PAGE, duration: `${count} S` });
      world.pass(100);
      world.connection.notice(322, "no", 1_000_000 + count);
    }
    const again = world.ask(PAGE).answer;
    world.connection.notice(322, "no", 1_000_257);
    expect(again.faults[0]?.retry).toBe("soon");
  });
});

test("a gateway that is cut off refuses what it would know: nothing is final then", () => {
  const world = afterNotice(1100, "lost", DETAILS);
  world.connection.notice(200, "No security definition has been found", 1_000_000);
  expect(world.answer.faults).toMatchObject([{ code: "unknown-contract", retry: "later" }]);
});

test("ids stay away from one that was taken", () => {
  const world = afterNotice(102, "Duplicate ticker ID", PAGE);
  world.ask(PAGE);
  expect(world.connection.last).toMatchObject({ requestId: 1_010_001 });
});

test("too many messages make the session slower", () => {
  const world = afterNotice(100, "Max rate of messages per second has been exceeded", DETAILS);
  const { connection } = world;
  world.pass(2_000);
  const before = connection.log.length;
  for (let count = 0; count < 40; count += 1) world.ask(DETAILS);
  expect(connection.log.length - before).toBe(22);
});

test("a pacing violation makes all history rest, and answers make the next rest shorter", () => {
  const world = afterNotice(162, `${SERVICE}pacing violation`, PAGE);
  const { connection, pass, ask, time } = world;
  const begin = time.now();
  for (const question of [PAGE, SCHEDULE, DETAILS]) ask(question);
  const sentSince = () => connection.questions.slice(1).map(({ kind }) => kind);
  expect(sentSince()).toEqual(["contract-details"]);
  pass(14_999);
  expect(sentSince()).toEqual(["contract-details"]);
  pass(1);
  expect(sentSince()).toEqual(["contract-details", "history", "schedule"]);
  expect(time.now() - begin).toBe(15_000);
});
