import { expect, test } from "vitest";
import { LatencyModel } from "../../../adapters/ib/pacing/latency-model.ts";
import { type PlannedRequest, planRequests } from "../../../adapters/ib/pacing/plan.ts";
import { planWarmUp } from "../../../adapters/ib/warm-up-plan.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import type { IbTalk } from "../../../sim/ib/index.ts";
import { expectNothingLeft } from "../../support/ib-outcome.ts";
import { IbTcpWorld } from "../../support/ib-tcp.ts";
import { type IbWorld, listed } from "../../support/ib-world.ts";
import { barAt, barsOf, market } from "../../support/market.ts";
import { averageStrategy } from "../../support/strategies.ts";

// Goal: a hundred series share one socket within the gateway's limits, are READY soon, and as soon
// as the plan said.

const BARS = 260;
const truth = market({
  calendar: calendarByName("CFFEX"),
  size: "15m",
  from: "2024-02-19T00:00:00Z",
  bars: 16 * 20,
});
const START = barAt(truth, 300).openTime + 7 * MINUTE_MS;
const SERIES = Array.from({ length: 100 }, (_, index) => `S${index}`);

/** The most messages within any second. */
function busiestSecond(times: readonly number[]): number {
  let most = 0;
  for (let from = 0, to = 0; to < times.length; to += 1) {
    while (times[from]! <= times[to]! - SECOND_MS) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** All that is asked until series are READY, from the search for their contracts on. */
function planOf(symbols: readonly string[], { feed, time }: IbWorld): readonly PlannedRequest[] {
  const { series, details } = feed!;
  const options = { bars: BARS, mode: "keep-up-to-date" } as const;
  const plan: PlannedRequest[] = [];
  for (const symbol of symbols) {
    const contract = { ...details.contract, symbol };
    const schedule = { contract, end: "", duration: "365 D", useRegularHours: true };
    const found = plan.length;
    plan.push({ question: { kind: "contract-details", contract }, bars: 0 });
    plan.push({ question: { kind: "schedule", ...schedule }, bars: 0, after: found });
    const { requests } = planWarmUp(series, contract, truth.grid, time.now(), options);
    // The first of them wait for the schedule, and the others for one another.
    for (const { after = -1, ...request } of requests) {
      plan.push({ ...request, after: found + 2 + after });
    }
  }
  return plan;
}

test("a hundred series -> READY in under 15 seconds, as predicted, within every limit", async () => {
  const listings = SERIES.map((symbol, index) => listed(truth, { symbol, conId: index + 1 }));
  const messages: number[] = [];
  let now = () => START;
  const onTalk = (talk: IbTalk) => {
    if (talk.kind === "asked" && talk.request.kind !== "current-time") messages.push(now());
  };
  const tcp = await IbTcpWorld.open(truth, START, { listings, gateway: { onTalk } });
  const { world } = tcp;
  const { session, gateway } = world;
  now = () => world.time.now();

  // One series teaches the session how long the gateway takes.
  world.live(averageStrategy(BARS), SERIES[0]);
  await tcp.playUntil(() => world.log.readyAt !== undefined);
  expect(world.log.readyAt! - START).toBeLessThan(SECOND_MS);

  const plan = planOf(SERIES.slice(1), world);
  const predicted = planRequests(plan, session.limits, session.latency);
  // What one would say who never heard of this gateway.
  const guessed = planRequests(plan, session.limits, new LatencyModel());

  const began = world.time.now();
  const before = messages.length;
  for (const symbol of SERIES.slice(1)) world.live(averageStrategy(BARS), symbol);
  await tcp.playUntil(() => world.runs.every(({ log }) => log.readyAt !== undefined));
  const tookMs = world.time.now() - began;

  expect(world.time.now() - START).toBeLessThan(15 * SECOND_MS);
  for (const { durationMs } of [predicted, guessed]) {
    expect(Math.abs(durationMs - tookMs)).toBeLessThanOrEqual(tookMs / 4);
  }
  expect(predicted.bottleneck).toBe("messages");
  expect(predicted.messages).toBe(messages.length - before);
  expect(busiestSecond(messages)).toBeLessThanOrEqual(50);
  expect([...gateway.violations]).toEqual([]);
  expect([gateway.openConnections, gateway.openStreams]).toEqual([1, SERIES.length]);
  const warm = barsOf(truth, barAt(truth, 40).openTime, barAt(truth, 300).openTime);
  for (const { log, run } of world.runs) {
    expect(run?.state).toBe("READY");
    expect(log.bars("15m")).toEqual(warm);
  }
  await tcp.close();
  expectNothingLeft(world);
});
