// Goal: a session connects, gives up on what does not answer, and tries for ever with pauses that
// grow and never become a hot loop; only what cannot heal stops it.
import { describe, expect, test } from "vitest";
import { IbSession } from "../../../../adapters/ib/session/ib-session.ts";
import { BarlineError, InvariantError } from "../../../../core/time/failure.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { ScriptedIbClient } from "../../../support/scripted-ib-client.ts";
import { DETAILS, HeardAnswer, link, START, upLink } from "./session-fixture.ts";

function pausesOf(gateway: ScriptedIbClient): number[] {
  const made = gateway.connections.map(({ madeAt }) => madeAt);
  return made.slice(1).map((at, index) => at - made[index]!);
}

test("it is up after the handshake and the first word of the gateway's clock", () => {
  const { session, pass, kinds, gateway } = link();
  expect([session.state, session.reason]).toEqual(["connecting", "not started yet"]);
  session.start();
  expect(session.reason).toBe("connecting to the gateway as client 1, attempt 1");
  pass(29);
  expect(kinds()).toEqual([]);
  pass(1);
  expect(kinds()).toEqual(["up"]);
  expect([session.state, session.reason]).toEqual(["up", ""]);
  expect(session.serverVersion).toBe(178);
  expect(session.accounts).toEqual(["DU1234567"]);
  expect(gateway.connections).toHaveLength(1);
});

test("a gateway that never tells its time delays it to its deadline, and is named", () => {
  const { session, pass, heard, gateway } = link();
  gateway.tellsTime = false;
  session.start();
  pass(2_009);
  expect(session.state).toBe("connecting");
  pass(1);
  expect(session.state).toBe("up");
  expect(heard.map(({ kind }) => kind)).toEqual(["up", "warning"]);
  expect(session.skew).toBeUndefined();
});

test("a gateway that says twice that it is ready is asked for its clock once", () => {
  const { session, pass, kinds, gateway } = link();
  session.start();
  pass(10);
  gateway.last.say({ kind: "ready", nextId: 2 });
  pass(100);
  gateway.last.say({ kind: "ready", nextId: 3 });
  expect(gateway.last.log).toHaveLength(1);
  expect(kinds()).toEqual(["up"]);
  expect(() => session.start()).toThrow(InvariantError);
});

describe("deadlines", () => {
  test("a gateway that does not answer is given up after 10 s and tried again", () => {
    const { session, pass, heard, gateway } = link();
    gateway.greeting = "nothing";
    session.start();
    pass(9_999);
    expect(gateway.last.isClosed).toBe(false);
    pass(1);
    expect(gateway.last.isClosed).toBe(true);
    expect(heard).toEqual([
      {
        kind: "down",
        reason:
          "the gateway did not agree on a version within 10 s; the next attempt follows in 0.4 s",
      },
    ]);
    expect(session.reason).toBe((heard[0] as { reason: string }).reason);
    gateway.greeting = "ready";
    pass(500);
    expect(session.state).toBe("up");
  });

  test("so is one that never lets requests in", () => {
    const { session, pass, heard, gateway } = link({ readyDeadlineMs: 3_000 });
    gateway.greeting = "connected";
    session.start();
    pass(3_010);
    expect(heard).toMatchObject([{ kind: "down", reason: expect.stringContaining("within 3 s") }]);
    expect(gateway.last.isClosed).toBe(true);
  });
});

describe("pauses", () => {
  test("they double from half a second to 30 seconds, with half of each left to chance", () => {
    const { session, pass, gateway } = link({ random: () => 0 });
    gateway.refusal = "connect ECONNREFUSED";
    gateway.latencyMs = 0;
    session.start();
    pass(120_000);
    const halves = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
    expect(pausesOf(gateway).slice(0, halves.length)).toEqual(halves);
  });

  test("chance makes them up to twice as long", () => {
    const { session, pass, gateway } = link({ random: () => 0.999_999 });
    gateway.refusal = "connect ECONNREFUSED";
    gateway.latencyMs = 0;
    session.start();
    pass(120_000);
    expect(pausesOf(gateway).slice(0, 7)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000,
    ]);
  });

  test("it never gives up, and says every attempt", () => {
    const { session, pass, gateway, heard } = link();
    gateway.refusal = "connect ECONNREFUSED";
    session.start();
    pass(86_400_000);
    expect(gateway.connections.length).toBeGreaterThan(3_000);
    expect(heard).toHaveLength(gateway.connections.length);
    expect(heard.at(-1)).toEqual({
      kind: "down",
      reason: "connect ECONNREFUSED; the next attempt follows in 22.5 s",
    });
    gateway.refusal = undefined;
    pass(31_000);
    expect(session.state).toBe("up");
  });

  test("a connection that was steady makes them begin anew, one that was not does not", () => {
    const { session, pass, gateway } = link({ random: () => 0 });
    gateway.latencyMs = 0;
    session.start();
    for (const [upMs, pauseMs] of [
      [1_000, 250],
      [1_000, 500],
      [1_000, 1_000],
      [9_999, 2_000],
      [10_000, 250],
      [1_000, 500],
    ] as const) {
      pass(upMs);
      const before = gateway.connections.length;
      gateway.last.say({ kind: "closed", reason: "gone" });
      pass(pauseMs - 1);
      expect(gateway.connections).toHaveLength(before);
      pass(1);
      expect(gateway.connections).toHaveLength(before + 1);
    }
  });
});

describe("a client id that is in use", () => {
  test("is waited for, from 5 to 30 seconds, with the same id, and told", () => {
    const { session, pass, gateway, heard } = link({ random: () => 0.999_999 });
    gateway.idsInUse.add(1);
    gateway.latencyMs = 0;
    session.start();
    pass(200_000);
    expect(pausesOf(gateway).slice(0, 5)).toEqual([5_000, 10_000, 20_000, 30_000, 30_000]);
    expect(new Set(gateway.connections.map(({ clientId }) => clientId))).toEqual(new Set([1]));
    expect(heard[0]).toMatchObject({ kind: "down", reason: expect.stringContaining("326") });
    expect(heard[0]).toMatchObject({ reason: expect.stringContaining("give spare ones") });
    gateway.idsInUse.clear();
    pass(31_000);
    expect(session.state).toBe("up");
  });

  test("a steady connection in between makes pauses and attempts begin anew", () => {
    const { session, pass, gateway } = link({ random: () => 0.999_999 });
    gateway.idsInUse.add(1);
    gateway.latencyMs = 0;
    session.start();
    pass(20_000);
    expect(session.reason).toContain("follows in 20.0 s");
    gateway.idsInUse.clear();
    pass(15_000);
    expect(session.state).toBe("up");
    pass(10_000);
    gateway.idsInUse.add(1);
    gateway.greeting = "nothing";
    gateway.last.say({ kind: "closed", reason: "restart" });
    pass(500);
    expect(session.reason).toBe("connecting to the gateway as client 1, attempt 1");
    gateway.last.notice(326, "in use");
    expect(session.reason).toContain("follows in 5.0 s");
  });

  test("spare ids are gone through first, in their order and not in a hot loop", () => {
    const { session, pass, gateway } = link({ spareClientIds: [7, 3], random: () => 0.999_999 });
    for (const id of [1, 7, 3]) gateway.idsInUse.add(id);
    gateway.latencyMs = 0;
    session.start();
    pass(17_100);
    expect(gateway.connections.map(({ clientId }) => clientId)).toEqual([1, 7, 3, 1, 7, 3, 1]);
    expect(pausesOf(gateway)).toEqual([500, 500, 5_000, 500, 500, 10_000]);
    gateway.idsInUse.delete(7);
    pass(600);
    expect(session.state).toBe("up");
    expect(session.clientId).toBe(7);
    gateway.last.say({ kind: "closed", reason: "gone" });
    pass(600);
    expect(gateway.last.clientId).toBe(7);
  });
});

describe("what cannot heal", () => {
  test.each([503, 506])("%i stops it: the version does not fit", (code) => {
    const { session, pass, gateway, heard, ask, time } = link();
    gateway.greeting = "nothing";
    const { answer } = ask(DETAILS);
    session.start();
    gateway.last.notice(code, "Unsupported version");
    expect(session.state).toBe("stopped");
    expect(session.reason).toContain("update TWS or IB Gateway");
    expect(heard).toMatchObject([
      { kind: "stopped", fault: { code: "wrong-version", retry: "never", ibCode: code } },
    ]);
    expect(answer.faults).toMatchObject([{ code: "wrong-version", retry: "never" }]);
    expect(gateway.last.isClosed).toBe(true);
    expect(time.nextAt).toBeUndefined();
    pass(3_600_000);
    expect(gateway.connections).toHaveLength(1);
  });

  test("closing it is the end: nothing more is heard, and nothing is left behind", () => {
    const { session, gateway, heard, ask, time, pass } = upLink();
    const waiting = ask(DETAILS);
    pass(1_000);
    heard.length = 0;
    session.close();
    session.close();
    expect(heard).toMatchObject([{ kind: "stopped", fault: { code: "closed", retry: "never" } }]);
    expect(waiting.answer.faults).toMatchObject([{ code: "closed" }]);
    expect(gateway.last.isClosed).toBe(true);
    expect(time.nextAt).toBeUndefined();
    const late = ask(DETAILS);
    expect(late.answer.faults).toEqual([]);
    pass(0);
    expect(late.answer.faults).toMatchObject([{ code: "stopped", retry: "never" }]);
    const cancelled = ask(DETAILS);
    cancelled.asked.cancel();
    pass(0);
    expect(cancelled.answer.faults).toEqual([]);
  });

  test("whoever hears of it may close it in the middle of anything", () => {
    for (const kind of ["up", "down", "suspended", "resumed", "warning"]) {
      const { session, gateway, heard, time, pass, ask } = link();
      ask(DETAILS);
      session.watch((event) => {
        if (event.kind === kind) session.close();
      });
      session.start();
      pass(1_500);
      gateway.last.notice(1300, "port reset");
      gateway.last.notice(1100, "lost");
      gateway.last.notice(1101, "back");
      gateway.last.say({ kind: "closed", reason: "gone" });
      pass(100_000);
      expect(heard.at(-1)?.kind).toBe("stopped");
      expect(heard.filter((event) => event.kind === "stopped")).toHaveLength(1);
      expect(time.nextAt).toBeUndefined();
    }
  });
});

test.each(["closed", "1101"])(
  "who hears of a failed question may close it as well: %s",
  (cause) => {
    const { session, gateway, kinds, time } = upLink();
    const failed = () => session.close();
    for (let count = 0; count < 2; count += 1) session.ask(DETAILS, { event: () => {}, failed });
    if (cause === "closed") gateway.last.say({ kind: "closed", reason: "gone" });
    else gateway.last.notice(1101, "data lost");
    expect(kinds()).toEqual(["up", "stopped"]);
    expect(time.nextAt).toBeUndefined();
  },
);

test("1,000 reconnects, with questions open and waiting, leave nothing behind", () => {
  const time = new VirtualTime(START);
  let scheduled = 0;
  // Counts what waits: whatever was scheduled and neither ran nor was cancelled.
  const counting = {
    now: () => time.now(),
    schedule: (at: number, action: () => void) => {
      let isOpen = true;
      const leave = () => {
        if (isOpen) scheduled -= 1;
        isOpen = false;
      };
      scheduled += 1;
      const timer = time.schedule(at, () => {
        leave();
        action();
      });
      return {
        cancel: () => {
          leave();
          timer.cancel();
        },
      };
    },
  };
  const gateway = new ScriptedIbClient(time);
  const session = new IbSession(gateway, counting, { random: () => 0.5 });
  session.start();
  const waits: number[] = [];
  for (let count = 0; count < 1_000; count += 1) {
    const before = gateway.connections.length;
    while (session.state !== "up") time.step();
    const answer = new HeardAnswer();
    session.ask({ ...DETAILS }, answer);
    session.ask({ ...DETAILS }, new HeardAnswer()).cancel();
    time.advanceTo(time.now() + 100);
    waits.push(scheduled);
    gateway.last.say({ kind: "closed", reason: "gone" });
    expect(answer.faults).toHaveLength(1);
    expect(gateway.connections.length - before).toBeLessThanOrEqual(1);
    gateway.connections.length = 0;
  }
  expect(new Set(waits)).toEqual(new Set([1]));
  session.close();
  expect(scheduled).toBe(0);
});

test("options that make no sense are refused by name", () => {
  const client = new ScriptedIbClient(new VirtualTime(0));
  const made = (options: object) => () =>
    new IbSession(client, new VirtualTime(0), { random: () => 0, ...options });
  for (const options of [
    { clientId: -1 },
    { spareClientIds: [1] },
    { spareClientIds: [2, 2] },
    { connectDeadlineMs: 0 },
    { readyDeadlineMs: 1.5 },
    { clockDeadlineMs: -1 },
    { firstRetryMs: 0 },
    { longestRetryMs: 499 },
    { steadyMs: -1 },
    { firstInUseRetryMs: 0 },
    { longestInUseRetryMs: 4_999 },
    { probeMs: 0 },
    { probeDeadlineMs: 0 },
    { clockCheckMs: 0 },
    { skewWarningMs: -1 },
    { maxWaiting: 0 },
    { pacing: { messagesPerSecond: 1 } },
  ]) {
    expect(made(options), JSON.stringify(options)).toThrow(BarlineError);
  }
  expect(made({ spareClientIds: [0, 2] })).not.toThrow();
});
