// Goal: the plan says how long a start will take before it is made, within 25 % of what happens,
// and what it spends its time on.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerKind, LatencyModel } from "../../../../adapters/ib/pacing/latency-model.ts";
import { pacingLimits } from "../../../../adapters/ib/pacing/pacing-limits.ts";
import { type PlannedRequest, planRequests } from "../../../../adapters/ib/pacing/plan.ts";
import type { IbQuestion } from "../../../../adapters/ib/session/ib-link.ts";
import { IbSession } from "../../../../adapters/ib/session/ib-session.ts";
import { InvariantError } from "../../../../core/time/failure.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { ScriptedIbClient } from "../../../support/scripted-ib-client.ts";
import { DETAILS, HEAD, PAGE, REAL_TIME, SCHEDULE, STREAM } from "../session/session-fixture.ts";
import { contractOf } from "./pacing-fixture.ts";

const LIMITS = pacingLimits();
/** A gateway that takes so long for everything. */
const takes = (ms: number) => ({ expectedMs: () => ms });

/** What one series needs to start: its contract, then its stream and one more page. */
function startOf(series: number): PlannedRequest[] {
  return Array.from({ length: series }, (_, index) => {
    const contract = contractOf(index + 1);
    return [
      { question: { ...DETAILS, contract }, bars: 0 },
      { question: { ...STREAM, contract }, bars: 260, after: index * 3 },
      { question: { ...PAGE, contract }, bars: 260, after: index * 3 },
    ];
  }).flat();
}

describe("by example", () => {
  test("nothing takes no time", () => {
    expect(planRequests([], LIMITS, takes(100))).toEqual({
      durationMs: 0,
      messages: 0,
      bottleneck: "answers",
    });
  });

  test("one series waits for its answers", () => {
    expect(planRequests(startOf(1), LIMITS, takes(100))).toEqual({
      durationMs: 200,
      messages: 3,
      bottleneck: "answers",
    });
  });

  test("a hundred wait for messages, and are through in 7 seconds", () => {
    const plan = planRequests(startOf(100), LIMITS, takes(50));
    expect(plan).toMatchObject({ messages: 300, bottleneck: "messages" });
    expect(plan.durationMs).toBeGreaterThan(6_000);
    expect(plan.durationMs).toBeLessThan(7_000);
  });

  test("slow answers fill the open requests", () => {
    const pages = Array.from({ length: 120 }, () => ({ question: PAGE, bars: 260 }));
    const plan = planRequests(pages, LIMITS, takes(10_000));
    expect(plan).toEqual({ durationMs: 30_000, messages: 120, bottleneck: "open-requests" });
  });

  test("small bars wait for 10 minutes, real-time bars do when they are too many", () => {
    const small = Array.from({ length: 61 }, (_, index) => ({
      question: { ...PAGE, barSize: "5 secs", contract: contractOf(index) },
      bars: 700,
    }));
    const plan = planRequests(small, LIMITS, takes(1_000));
    expect(plan).toEqual({ durationMs: 601_250, messages: 61, bottleneck: "small-bars" });
    const streams = Array.from({ length: 61 }, () => ({ question: REAL_TIME, bars: 0 }));
    expect(planRequests(streams, LIMITS, takes(1))).toMatchObject({ bottleneck: "real-time-bars" });
    const few = pacingLimits({ realTimeBarStreams: 60 });
    expect(planRequests(streams, few, takes(1))).toMatchObject({
      durationMs: Number.POSITIVE_INFINITY,
      bottleneck: "streams",
    });
  });

  test("the cancel of a head timestamp counts", () => {
    const plan = planRequests([{ question: HEAD, bars: 0 }], LIMITS, takes(10));
    expect(plan).toEqual({ durationMs: 10, messages: 2, bottleneck: "answers" });
  });

  test("nothing can follow what comes later", () => {
    const requests = [{ question: PAGE, bars: 1, after: 0 }];
    expect(() => planRequests(requests, LIMITS, takes(1))).toThrow(InvariantError);
  });
});

/** A session and a gateway whose answers take a base and something for each bar. */
function liveWorld(baseMs: number, barUs: number, latencyMs: number) {
  const time = new VirtualTime(1_700_000_000_000);
  const gateway = new ScriptedIbClient(time);
  gateway.latencyMs = latencyMs;
  const session = new IbSession(gateway, time, { random: () => 0.5 });
  const bars = new Map<number, number>();
  gateway.answer = (connection, request) => {
    if (!("requestId" in request) || request.kind === "cancel") return;
    const { kind, requestId } = request;
    const count = bars.get(requestId) ?? 0;
    const ms = latencyMs + (kind === "history" ? baseMs + (count * barUs) / 1_000 : 0);
    time.schedule(time.now() + Math.round(ms), () => {
      if (kind === "contract-details") connection.say({ kind: "contract-end", requestId });
      else connection.say({ kind: "history", requestId, bars: Array(count).fill(BAR) });
    });
  };
  session.start();
  while (session.state !== "up") time.step();
  let asked = 0;
  return {
    time,
    session,
    ask: (question: IbQuestion, count: number, done: () => void) => {
      bars.set(1_000_000 + asked, count);
      asked += 1;
      session.ask(question, {
        event: done,
        failed: (fault) => expect.fail(fault.message),
      });
    },
  };
}

const BAR = {
  time: "1700000000",
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 1,
  average: 1,
  count: 1,
};

test("a session that has learned a little predicts the rest within 25 %", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3_000 }),
      fc.integer({ min: 0, max: 2_000 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 60 }),
      (baseMs, barUs, latencyMs, series) => {
        const { time, session, ask } = liveWorld(baseMs, barUs, latencyMs);
        let learned = 0;
        for (const [question, count] of [
          [DETAILS, 0],
          [PAGE, 100],
          [PAGE, 400],
          [STREAM, 50],
          [STREAM, 300],
        ] as const) {
          ask(question, count, () => {
            learned += 1;
          });
        }
        while (learned < 5) time.step();
        time.advanceTo(time.now() + 5_000);
        const requests = startOf(series);
        const plan = planRequests(requests, session.limits, session.latency);
        const began = time.now();
        let ended = began;
        let open = requests.length;
        const put = (index: number) => {
          const { question, bars } = requests[index]!;
          ask(question, bars, () => {
            open -= 1;
            ended = time.now();
            for (const [next, { after }] of requests.entries()) if (after === index) put(next);
          });
        };
        for (const [index, { after }] of requests.entries()) if (after === undefined) put(index);
        while (open > 0) time.step();
        const tookMs = ended - began;
        expect(Math.abs(plan.durationMs - tookMs)).toBeLessThanOrEqual(0.25 * tookMs + 1);
      },
    ),
    { numRuns: 40 },
  );
});

describe("what is learned of latency", () => {
  test("a base and a cost a bar, from answers of different lengths", () => {
    const model = new LatencyModel();
    for (const bars of [100, 400, 200]) model.learn("dated-history", bars, 300 + bars * 2);
    expect(model.expectedMs("dated-history", 1_000)).toBeCloseTo(2_300, 6);
    expect(model.expectedMs("dated-history", 0)).toBeCloseTo(300, 6);
  });

  test("answers of one length tell only a base", () => {
    const model = new LatencyModel();
    for (let count = 0; count < 5; count += 1) model.learn("recent-history", 260, 80);
    expect(model.expectedMs("recent-history", 1_000)).toBeCloseTo(80, 6);
  });

  test("nothing is ever expected to take less than no time", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 4_000 }), fc.nat({ max: 20_000 })), { minLength: 1 }),
        fc.nat({ max: 4_000 }),
        (answers, bars) => {
          const model = new LatencyModel();
          for (const [count, ms] of answers) model.learn("dated-history", count, ms);
          expect(model.expectedMs("dated-history", bars)).toBeGreaterThanOrEqual(0);
          expect(model.expectedMs("schedule", 0)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test("newer answers count for more", () => {
    const model = new LatencyModel();
    for (let count = 0; count < 50; count += 1) model.learn("schedule", 0, 1_000);
    for (let count = 0; count < 20; count += 1) model.learn("schedule", 0, 100);
    expect(model.expectedMs("schedule", 0)).toBeLessThan(220);
  });

  test("a gateway that answers one thing ten times faster is taken to do so with all", () => {
    const model = new LatencyModel();
    const before = model.expectedMs("dated-history", 100);
    model.learn("contract-details", 0, 15);
    expect(model.expectedMs("dated-history", 100)).toBeCloseTo(before / 10, 6);
  });

  test("the kind of a question", () => {
    expect([DETAILS, SCHEDULE, HEAD, STREAM, PAGE, REAL_TIME].map(answerKind)).toEqual([
      "contract-details",
      "schedule",
      "head-timestamp",
      "recent-history",
      "dated-history",
      undefined,
    ]);
  });
});
