// Goal: a peer that is gone without a word is found out in bounded time, a quiet one is left alone,
// and the gateway's clock is asked often enough to follow it.
import { describe, expect, test } from "vitest";
import { BAR, link, REAL_TIME, upLink } from "./session-fixture.ts";

function probeTimes(world: ReturnType<typeof link>): number[] {
  const { log, madeAt } = world.gateway.last;
  const probes = log.filter(({ request }) => request.kind === "current-time");
  return probes.map(({ at }) => at - madeAt);
}

test("five probes spread over the first second, then one after every silence", () => {
  const world = link();
  world.session.start();
  world.pass(50_000);
  const burst = [10, 240, 470, 700, 930];
  // The answer to the last of them came 20 ms later, and silence counts from there.
  expect(probeTimes(world)).toEqual([...burst, 15_950, 30_970, 45_990]);
});

test("a slow answer holds the next probe of the burst back: one is open at a time", () => {
  const world = link();
  world.gateway.latencyMs = 500;
  world.session.start();
  world.pass(3_000);
  expect(probeTimes(world)).toEqual([250, 750, 1_250, 1_750, 2_250]);
});

test("talk puts probes off, but the clock is asked for once a minute all the same", () => {
  const world = upLink();
  world.ask(REAL_TIME);
  for (let count = 0; count < 40; count += 1) {
    world.pass(5_000);
    world.gateway.last.say({ kind: "real-time-bar", requestId: 1_000_000, bar: BAR });
  }
  expect(probeTimes(world).slice(5)).toEqual([60_930, 120_930, 180_930]);
});

describe("a half-open connection", () => {
  test("is dropped 25 seconds after its last word, and made anew", () => {
    const { gateway, pass, heard, session } = upLink();
    gateway.tellsTime = false;
    const old = gateway.last;
    pass(14_449);
    expect(old.log).toHaveLength(5);
    pass(1);
    expect(old.log).toHaveLength(6);
    pass(9_999);
    expect(session.state).toBe("up");
    pass(1);
    expect(old.isClosed).toBe(true);
    expect(heard.at(-1)).toMatchObject({
      kind: "down",
      reason: "the gateway gave no sign of life for 25 s; the next attempt follows in 0.4 s",
    });
    gateway.tellsTime = true;
    pass(1_000);
    expect(session.state).toBe("up");
    pass(600_000);
    expect(gateway.connections).toHaveLength(2);
  });

  test("is found out also when it dies right after it let requests in", () => {
    const { gateway, pass, session, kinds } = link();
    gateway.tellsTime = false;
    session.start();
    pass(10_010);
    expect(kinds()).toEqual(["up", "warning", "down"]);
  });
});

test("a gateway that talks but never tells its time is not taken for dead", () => {
  const world = link();
  const { gateway, session, pass } = world;
  gateway.tellsTime = false;
  session.start();
  pass(1_000);
  world.ask(REAL_TIME);
  for (let count = 0; count < 400; count += 1) {
    pass(5_000);
    gateway.last.say({ kind: "real-time-bar", requestId: 1_000_000, bar: BAR });
  }
  expect(gateway.connections).toHaveLength(1);
  // Answers that come all of a sudden cannot be matched with their questions any more.
  gateway.tellsTime = true;
  pass(61_000);
  expect(session.skew).toBeUndefined();
  expect(gateway.connections).toHaveLength(1);
});

test("an answer that comes when the deadline has passed is matched with its own question", () => {
  const world = upLink();
  const { gateway, session, pass, time } = world;
  gateway.tellsTime = false;
  pass(14_450);
  const asked = time.now();
  pass(5_000);
  gateway.last.notice(2_107, "sleeps");
  pass(25_000);
  // Two questions are open now; each answer says what the clock showed when it was made.
  for (let count = 0; count < 2; count += 1) {
    gateway.last.say({ kind: "current-time", at: Math.floor(time.now() / 1_000) * 1_000 });
  }
  expect(time.now() - asked).toBe(30_000);
  expect(session.skew?.offsetMs).toBe(0);
  expect(gateway.connections).toHaveLength(1);
});
