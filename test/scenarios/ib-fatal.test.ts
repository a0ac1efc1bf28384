import { describe, expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time/instant.ts";
import type { DeniedRequest } from "../../sim/ib/gateway-fault.ts";
import { expectNothingLeft } from "../support/ib-outcome.ts";
import { IbWorld, listed } from "../support/ib-world.ts";
import { barAt, market } from "../support/market.ts";
import { crossStrategy } from "../support/strategies.ts";

// Goal: what nobody but a person can mend ends a run at once, asks for nothing again, and says
// what to do.

const truth = market({ size: "5m", from: "2024-03-05T00:00:00Z", bars: 200 });
const strategy = crossStrategy(4, 60);
const START = barAt(truth, 120).openTime + 2 * MINUTE_MS + 13;

const SUBSCRIBE = /subscribe to .*market data in IB's client portal.*start anew/;

const DENIALS: readonly (readonly [code: number, of: DeniedRequest, says: RegExp, cure: RegExp])[] =
  [
    [162, "history", /no permission for the data of this contract \(code 162: /, SUBSCRIBE],
    [10187, "history", /no permission for the history \(code 10187: /, SUBSCRIBE],
    [
      203,
      "history",
      /not available to this account \(code 203: /,
      /ask for the trading permission/,
    ],
    [166, "history", /no history of a contract that expired \(code 166: /, /has not expired/],
    [354, "live", /no market data permission for this contract \(code 354: /, SUBSCRIBE],
    [10089, "live", /the data need another subscription \(code 10089: /, SUBSCRIBE],
    [10090, "live", /part of the data is not subscribed to \(code 10090: /, SUBSCRIBE],
    [10167, "live", /delayed data only, and nothing may trade on those \(code 10167: /, SUBSCRIBE],
    [10168, "live", /the market data are not subscribed to \(code 10168: /, SUBSCRIBE],
    [101, "live", /all market data lines are in use \(code 101: /, /run fewer series/],
  ];

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a live run with %s", (mode) => {
  const feed = { mode };

  test.each(DENIALS)("%i of %s at the start -> stopped at once", (code, kind, says, cure) => {
    const faults = [[0, { kind: "deny", code, of: [kind] }]] as const;
    const world = new IbWorld(truth, START, { feed, faults }).live(strategy);
    world.playTo(START + HOUR_MS);
    const { at, to, reason } = world.log.states.at(-1)!;
    expect(to).toBe("STOPPED");
    expect(at).toBeLessThan(START + SECOND_MS);
    expect(reason).toMatch(says);
    expect(reason).toMatch(cure);
    expect(world.log.fills).toEqual([]);
    // Each of the two sources asked once, and the whole hour never again.
    const { requests, openStreams } = world.gateway;
    expect(openStreams).toBe(0);
    expect(requests.get("history") ?? 0).toBeLessThanOrEqual(2);
    expect(requests.get("real-time-bars") ?? 0).toBeLessThanOrEqual(1);
    expectNothingLeft(world);
  });

  test("the permission ends while the run is live -> stopped when the stream is asked for anew", () => {
    const faults = [
      [HOUR_MS, { kind: "deny", code: 354, of: ["live"] }],
      [HOUR_MS + SECOND_MS, { kind: "farm", forMs: SECOND_MS, kills: true }],
    ] as const;
    const world = new IbWorld(truth, START, { feed, faults }).live(strategy);
    world.playTo(START + 2 * HOUR_MS);
    const { at, to, reason } = world.log.states.at(-1)!;
    expect(to).toBe("STOPPED");
    expect(at).toBeLessThan(START + HOUR_MS + 10 * SECOND_MS);
    expect(reason).toMatch(SUBSCRIBE);
    expectNothingLeft(world);
  });

  test("live bars are denied while the history takes its time -> stopped before it has come", () => {
    const faults = [
      [0, { kind: "deny", code: 354, of: ["live"] }],
      // The answer to a kept-up-to-date history is refused before it can be late.
      [0, { kind: "history", what: { kind: "slow", byMs: 15 * SECOND_MS }, count: 1 }],
    ] as const;
    const world = new IbWorld(truth, START, { feed, faults }).live(strategy);
    world.playTo(START + MINUTE_MS);
    const { at, to, reason } = world.log.states.at(-1)!;
    expect(to).toBe("STOPPED");
    expect(at).toBeLessThan(START + SECOND_MS);
    expect(reason).toMatch(SUBSCRIBE);
    expectNothingLeft(world);
  });

  test("an unknown contract -> no run, and where to look for the right one", () => {
    const world = new IbWorld(truth, START, { feed }).live(strategy, "TSET");
    world.playTo(START + SECOND_MS);
    expect(world.run).toBeUndefined();
    expect(world.fault).toEqual({
      code: "unknown-contract",
      message: expect.stringMatching(/knows no contract .*TSET/),
      retry: "never",
    });
    expect(world.cure).toMatch(/check symbol, secType, exchange and expiry/);
    world.playTo(START + HOUR_MS);
    expect(world.gateway.requests.get("contract-details")).toBe(1);
    expectNothingLeft(world);
  });

  test("contracts are denied (200) -> as an unknown one", () => {
    const faults = [[0, { kind: "deny", code: 200, of: ["contract"] }]] as const;
    const world = new IbWorld(truth, START, { feed, faults }).live(strategy);
    world.playTo(START + SECOND_MS);
    expect(world.fault).toMatchObject({ code: "unknown-contract", retry: "never" });
    expect(world.cure).toMatch(/check symbol/);
    expectNothingLeft(world);
  });

  test("two contracts fit -> no run, and a line for each with what to add to choose it", () => {
    const listings = [
      listed(truth),
      listed(truth, { conId: 2, primaryExchange: "ELSE" }),
      listed(truth, { conId: 3, symbol: "OTHER" }),
    ];
    const world = new IbWorld(truth, START, { feed, listings }).live(strategy);
    world.playTo(START + SECOND_MS);
    expect(world.run).toBeUndefined();
    expect(world.fault).toMatchObject({ code: "ambiguous-contract", retry: "never" });
    const [title, header, ...lines] = world.fault!.message.split("\n");
    expect(title).toMatch(/^2 contracts fit .*TEST.*; add one of these:$/);
    expect(header).toMatch(/^conId .* to choose it$/);
    expect(lines).toEqual([
      expect.stringMatching(/^1 .* SIM .*primaryExchange SIM$/),
      expect.stringMatching(/^2 .* ELSE .*primaryExchange ELSE$/),
    ]);
    expectNothingLeft(world);
  });
});
