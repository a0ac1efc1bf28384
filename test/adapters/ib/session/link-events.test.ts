// Goal: the session tells what happens to the link, in order, and holds questions back while there
// is nobody to answer them.
import { describe, expect, test } from "vitest";
import type { LinkEvent } from "../../../../adapters/ib/session/ib-link.ts";
import { DETAILS, link, PAGE, REAL_TIME, STREAM, upLink } from "./session-fixture.ts";

describe("a gateway that is cut off (1100, 2110)", () => {
  test("suspends: new questions wait, cancels and probes go on, open ones stay", () => {
    const { ask, gateway, session, kinds, pass } = upLink();
    const open = ask(STREAM);
    const page = ask(PAGE);
    gateway.last.notice(1100, "Connectivity between IBKR and TWS has been lost.");
    gateway.last.notice(2110, "Connectivity between TWS and server is broken.");
    expect(kinds()).toEqual(["up", "suspended"]);
    expect(session.state).toBe("suspended");
    expect(session.reason).toContain("Connectivity between IBKR and TWS has been lost.");
    const late = ask(DETAILS);
    page.asked.cancel();
    const probes = gateway.last.log.length;
    pass(120_000);
    expect(gateway.last.log.length).toBeGreaterThan(probes + 3);
    expect(gateway.last.questions.map(({ kind }) => kind)).toEqual([
      "history",
      "history",
      "cancel",
    ]);
    gateway.last.notice(1102, "restored - data maintained");
    expect([session.state, session.reason]).toEqual(["up", ""]);
    expect(gateway.last.last.kind).toBe("contract-details");
    expect([open.answer.faults, late.answer.faults]).toEqual([[], []]);
    expect(gateway.connections).toHaveLength(1);
  });

  test("1101: what was open has failed before it is told, and can be asked again at once", () => {
    const { ask, gateway, heard, session } = upLink();
    const open = [STREAM, REAL_TIME, PAGE].map((question) => ask(question));
    gateway.last.notice(1100, "lost");
    const waiting = ask(DETAILS);
    heard.length = 0;
    session.watch((event) => {
      for (const { answer } of open) expect(answer.faults).toHaveLength(1);
      if (event.kind === "resumed") ask(STREAM);
    });
    gateway.last.notice(1101, "restored - data lost");
    expect(heard).toEqual([{ kind: "resumed", isDataLost: true }]);
    expect(waiting.answer.faults).toEqual([]);
    const after = gateway.last.questions.slice(3).map(({ kind }) => kind);
    expect(after).toEqual(["contract-details", "history"]);
  });

  test("1101 and 1102 count without an 1100 before: it may have been missed", () => {
    const { gateway, heard } = upLink();
    heard.length = 0;
    gateway.last.notice(1102, "kept");
    gateway.last.notice(1101, "lost");
    expect(heard).toEqual([
      { kind: "resumed", isDataLost: false },
      { kind: "resumed", isDataLost: true },
    ]);
  });

  test("one that is cut off from the first is up, and suspended at once", () => {
    const { session, gateway, kinds, pass, ask } = link();
    session.start();
    pass(10);
    gateway.last.notice(2110, "broken");
    ask(DETAILS);
    expect(session.state).toBe("connecting");
    pass(100);
    expect(kinds()).toEqual(["up", "suspended"]);
    expect(session.state).toBe("suspended");
    expect(gateway.last.questions).toEqual([]);
    gateway.last.notice(1102, "back");
    expect(gateway.last.questions).toHaveLength(1);
  });

  test("one that is back before the link is up never was cut off", () => {
    const { session, gateway, kinds, pass } = link();
    session.start();
    pass(10);
    gateway.last.notice(1100, "lost");
    gateway.last.notice(1102, "back");
    pass(100);
    expect(kinds()).toEqual(["up"]);
  });

  test("a new connection knows nothing of it", () => {
    const { session, gateway, kinds, pass } = upLink();
    gateway.last.notice(1100, "lost");
    gateway.last.say({ kind: "closed", reason: "restart" });
    pass(1_000);
    expect(kinds()).toEqual(["up", "suspended", "down", "up"]);
    expect(session.state).toBe("up");
  });
});

describe("data farms", () => {
  test("are told by name when they break and when they are back, and are no news before", () => {
    const { gateway, heard, session } = upLink();
    heard.length = 0;
    const { last } = gateway;
    last.notice(2104, "Market data farm connection is OK:usfarm");
    last.notice(2103, "Market data farm connection is broken:usfarm");
    last.notice(2105, "HMDS data farm connection is broken:ushmds");
    expect([...session.brokenFarms]).toEqual(["usfarm", "ushmds"]);
    last.notice(2106, "HMDS data farm connection is OK:ushmds");
    last.notice(2106, "HMDS data farm connection is OK:ushmds");
    expect(heard).toEqual([
      { kind: "farm-down", farm: "usfarm", reason: expect.stringContaining("2103") },
      { kind: "farm-down", farm: "ushmds", reason: expect.stringContaining("2105") },
      { kind: "farm-up", farm: "ushmds" },
    ]);
    expect([...session.brokenFarms]).toEqual(["usfarm"]);
    expect([session.state, gateway.connections.length]).toEqual(["up", 1]);
    last.say({ kind: "closed", reason: "gone" });
    expect([...session.brokenFarms]).toEqual([]);
  });
});

describe("listeners", () => {
  test("one that is taken off hears nothing more, not even the event under way", () => {
    const { session, gateway } = upLink();
    const heard: string[] = [];
    const note = (name: string) => (event: LinkEvent) => {
      heard.push(`${name} ${event.kind}`);
      off();
    };
    session.watch(note("first"));
    const off = session.watch(note("second"));
    gateway.last.notice(1100, "lost");
    off();
    gateway.last.notice(1102, "back");
    expect(heard).toEqual(["first suspended", "first resumed"]);
  });

  test("one function may listen twice, and one that is added hears the next event first", () => {
    const { session, gateway } = upLink();
    const heard: string[] = [];
    const note = (event: LinkEvent) => {
      heard.push(event.kind);
    };
    const off = session.watch(note);
    session.watch((event) => {
      note(event);
      if (heard.length === 2) session.watch(note);
    });
    gateway.last.notice(1100, "lost");
    expect(heard).toEqual(["suspended", "suspended"]);
    off();
    gateway.last.notice(1102, "back");
    expect(heard.slice(2)).toEqual(["resumed", "resumed"]);
  });
});

describe("a computer whose clock jumps", () => {
  /** A session on a clock that jumps when it is told to. */
  function jumpy(options: Parameters<typeof link>[0] = {}) {
    const jumps: ((forwardMs: number) => void)[] = [];
    const world = link(options, (time) => ({
      now: () => time.now(),
      schedule: (at, action) => time.schedule(at, action),
      watch: (listener) => {
        jumps.push(listener);
        return () => jumps.splice(jumps.indexOf(listener), 1);
      },
    }));
    const jump = (forwardMs: number): void => {
      for (const listener of jumps) listener(forwardMs);
    };
    return { ...world, jump, jumps };
  }

  test("is suspended until the gateway has told its time, and was set", () => {
    const { session, gateway, heard, jump, pass, ask } = jumpy();
    session.start();
    pass(5_000);
    heard.length = 0;
    const before = session.clock.now();
    jump(3_600_000);
    expect(session.state).toBe("suspended");
    expect(session.reason).toContain("slept or its clock was set forward");
    const waiting = ask(DETAILS);
    expect(gateway.last.questions).toHaveLength(0);
    pass(30);
    expect(heard.map(({ kind }) => kind)).toEqual(["suspended", "resumed"]);
    expect([session.state, session.reason]).toEqual(["up", ""]);
    expect(gateway.last.last.kind).toBe("contract-details");
    expect(waiting.answer.faults).toEqual([]);
    expect(Math.abs(session.clock.now() - before - 30)).toBeLessThanOrEqual(1_000);
  });

  test("is suspended until the gateway has told its time, and slept", () => {
    const { session, gateway, jump, pass } = jumpy();
    session.start();
    pass(5_000);
    const before = session.clock.now();
    gateway.offsetMs = 3_600_000;
    jump(3_600_000);
    pass(30);
    expect(session.state).toBe("up");
    expect(Math.abs(session.clock.now() - before - 3_600_000)).toBeLessThanOrEqual(1_000);
  });

  test("does not believe an answer that may be older than the jump", () => {
    const { session, gateway, jump, pass } = jumpy();
    gateway.latencyMs = 400;
    session.start();
    pass(5_000);
    const { log } = gateway.last;
    for (const asked = log.length; log.length === asked; ) pass(1);
    const before = session.clock.now();
    gateway.offsetMs = 3_600_000;
    jump(3_600_000);
    pass(400);
    expect(session.state).toBe("suspended");
    pass(1);
    expect(session.state).toBe("up");
    expect(Math.abs(session.clock.now() - before - 3_600_401)).toBeLessThanOrEqual(1_000);
  });

  test("goes by its own clock where the gateway does not tell its time", () => {
    const { session, gateway, heard, jump, pass } = jumpy({ probeDeadlineMs: 1_000 });
    session.start();
    pass(5_000);
    gateway.tellsTime = false;
    const talk = (): void => {
      gateway.last.notice(2104, "Market data farm connection is OK:usfarm");
      pass(500);
    };
    heard.length = 0;
    const before = session.clock.now();
    jump(3_600_000);
    for (let half = 0; half < 5; half += 1) talk();
    expect(session.state).toBe("suspended");
    for (let half = 0; half < 2; half += 1) talk();
    expect(heard.map(({ kind }) => kind)).toEqual(["suspended", "resumed", "warning"]);
    expect(session.clock.now() - before).toBe(3_600_000 + 3_500);
  });

  test("stays suspended while Interactive Brokers is lost as well", () => {
    const { session, gateway, heard, jump, pass } = jumpy();
    session.start();
    pass(5_000);
    heard.length = 0;
    gateway.last.notice(1100, "lost");
    jump(60_000);
    pass(100);
    expect(session.state).toBe("suspended");
    jump(60_000);
    gateway.last.notice(1102, "kept");
    expect(session.state).toBe("suspended");
    pass(30);
    expect(session.state).toBe("up");
    expect(heard.map(({ kind }) => kind)).toEqual(["suspended", "resumed"]);
  });

  test("is not watched by a session that was closed", () => {
    const { session, jumps, pass } = jumpy();
    session.start();
    pass(100);
    expect(jumps).toHaveLength(1);
    session.close();
    expect(jumps).toHaveLength(0);
  });
});
