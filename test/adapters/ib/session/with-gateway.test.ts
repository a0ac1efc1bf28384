// Goal: against a gateway that counts, a session never breaks a limit, starts a hundred series in
// seconds, and its plan had said how long that would take.
import { describe, expect, test } from "vitest";
import { type PlannedRequest, planRequests } from "../../../../adapters/ib/pacing/plan.ts";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import type { IbQuestion } from "../../../../adapters/ib/session/ib-link.ts";
import { IbSession } from "../../../../adapters/ib/session/ib-session.ts";
import { SECOND_MS } from "../../../../core/time/instant.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { IbGateway, type IbGatewayOptions } from "../../../../sim/ib/index.ts";
import { futureTruth, OPEN } from "../../../sim/ib/gateway-fixture.ts";
import { DETAILS, HEAD, PAGE, SCHEDULE, STREAM } from "./session-fixture.ts";

const SERIES = 100;

function contract(conId: number) {
  return ibContract({
    conId,
    symbol: `F${conId}`,
    secType: "FUT",
    exchange: "CFFEX",
    currency: "CNY",
  });
}

function world(options: IbGatewayOptions = {}) {
  const time = new VirtualTime(OPEN);
  const truth = futureTruth("15m", 0, 40);
  const markets = Array.from({ length: SERIES }, (_, index) => ({
    contract: contract(index + 1),
    truth,
  }));
  const gateway = new IbGateway(time, markets, options);
  const session = new IbSession(gateway.client(), time, { random: () => 0.5 });
  session.start();
  while (session.state !== "up") time.step();
  return { time, gateway, session };
}

/** Asks all that is planned, each when what it follows is answered; how long it took. */
function carryOut(session: IbSession, time: VirtualTime, plan: readonly PlannedRequest[]): number {
  const began = time.now();
  let open = plan.length;
  let ended = began;
  const put = (index: number) => {
    let isAnswered = false;
    session.ask(plan[index]!.question, {
      event: ({ kind }) => {
        if (isAnswered || kind === "contract") return;
        isAnswered = true;
        open -= 1;
        ended = time.now();
        for (const [next, { after }] of plan.entries()) if (after === index) put(next);
      },
      failed: ({ code }) => expect(code).toBe("closed"),
    });
  };
  for (const [index, { after }] of plan.entries()) if (after === undefined) put(index);
  while (open > 0) time.step();
  return ended - began;
}

function startOf(series: number): PlannedRequest[] {
  return Array.from({ length: series }, (_, index) => {
    const of = { contract: contract(index + 1) };
    const after = index * 3;
    return [
      { question: { ...DETAILS, ...of }, bars: 0 },
      { question: { ...SCHEDULE, ...of }, bars: 0, after },
      { question: { ...STREAM, ...of, duration: "2 D" }, bars: 20, after },
    ];
  }).flat();
}

describe("the start of many series", () => {
  test.each([1, 10, SERIES])("%i: in seconds, as predicted, and within all limits", (series) => {
    const { time, gateway, session } = world({ historyDelayMs: 300 });
    // One of each kind shows how fast this gateway is; a page is as fast as a stream's first.
    carryOut(session, time, [
      ...startOf(1).slice(0, 2),
      { question: { ...STREAM, contract: contract(1), keepUpToDate: false }, bars: 20 },
    ]);
    time.advanceTo(time.now() + SECOND_MS);
    const plan = startOf(series);
    const { durationMs } = planRequests(plan, session.limits, session.latency);
    const tookMs = carryOut(session, time, plan);
    expect(tookMs).toBeLessThan(15 * SECOND_MS);
    expect(Math.abs(durationMs - tookMs)).toBeLessThanOrEqual(0.25 * tookMs);
    expect([...gateway.violations]).toEqual([]);
    expect(gateway.openHistory).toBe(0);
  });
});

test("small bars, many pages of few contracts: no limit is broken in half an hour", () => {
  const { time, gateway, session } = world();
  const pages = Array.from({ length: 150 }, (_, index) => {
    const minute = String(index % 60).padStart(2, "0");
    const question: IbQuestion = {
      ...PAGE,
      contract: contract(1 + (index % 3)),
      end: `2024030${4 + Math.floor(index / 60)}-02:${minute}:00`,
      duration: "600 S",
      barSize: "5 secs",
    };
    return { question, bars: 120 };
  });
  const heads = [1, 2, 3].map((id) => ({ question: { ...HEAD, contract: contract(id) }, bars: 0 }));
  const plan = [...pages, ...heads];
  const { durationMs, bottleneck } = planRequests(plan, session.limits, session.latency);
  const tookMs = carryOut(session, time, plan);
  expect(bottleneck).toBe("small-bars");
  expect(tookMs).toBeGreaterThan(1_200 * SECOND_MS);
  expect(Math.abs(durationMs - tookMs)).toBeLessThanOrEqual(0.25 * tookMs);
  expect([...gateway.violations]).toEqual([]);
});

test("closing the session leaves the gateway with nothing", () => {
  const { time, gateway, session } = world();
  carryOut(session, time, startOf(5));
  expect([gateway.openConnections, gateway.openStreams]).toEqual([1, 5]);
  session.close();
  time.advanceTo(time.now() + SECOND_MS);
  expect([gateway.openConnections, gateway.openStreams]).toEqual([0, 0]);
});
