import { describe, expect, test } from "vitest";
import type { IbClient } from "../../adapters/ib/port/ib-client.ts";
import type { IbBar, IbEvent } from "../../adapters/ib/port/ib-event.ts";
import type { IbRequest } from "../../adapters/ib/port/ib-request.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import { pinnedZone } from "../../core/time/zone.ts";
import type { IbTalk } from "../../sim/ib/index.ts";
import { CountingClock } from "../support/counting-clock.ts";
import { expectBars, expectHealed, expectNothingLeft, expectSame } from "../support/ib-outcome.ts";
import { IbWorld, type IbWorldOptions, type LaterFault } from "../support/ib-world.ts";
import { barAt, barsOf, market } from "../support/market.ts";
import { crossStrategy } from "../support/strategies.ts";
import { uninterrupted } from "../support/world.ts";

// Goal: the failures that other engines had with the link to Interactive Brokers end as they should
// in both ways of having live bars, through the adapters that also talk to a real gateway.

/** Three days of New York. */
const truth = market({
  calendar: calendarByName("XNYS"),
  size: "5m",
  from: "2024-03-05T00:00:00Z",
  bars: 3 * 78,
});
const strategy = crossStrategy(4, 40);
const whole = uninterrupted(truth, strategy).log;
const START = barAt(truth, 78 + 30).openTime + 2 * MINUTE_MS;
const LIVE_MS = HOUR_MS + 30 * SECOND_MS;

type Asked = Extract<IbTalk, { kind: "asked" }>;

const isStream = ({ request }: Asked): boolean =>
  request.kind === "real-time-bars" || (request.kind === "history" && request.keepUpToDate);

const idOf = ({ request }: Asked): number => ("requestId" in request ? request.requestId : -1);

/** A world, and all that its gateway was asked. */
function heard(options: IbWorldOptions): { readonly world: IbWorld; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const onTalk = (talk: IbTalk) => {
    if (talk.kind === "asked") asked.push(talk);
  };
  const world = new IbWorld(truth, START, { ...options, gateway: { ...options.gateway, onTalk } });
  return { world: world.live(strategy), asked };
}

/** A client through which anything can be said that no simulated gateway would say. */
class SpokenFor implements IbClient {
  readonly #client: IbClient;
  #hear: (event: IbEvent) => void = () => {};
  #streamId = 0;

  constructor(client: IbClient) {
    this.#client = client;
  }

  connect(clientId: number, hear: (event: IbEvent) => void): ReturnType<IbClient["connect"]> {
    this.#hear = hear;
    const connection = this.#client.connect(clientId, hear);
    return {
      send: (request: IbRequest) => {
        const isLive = request.kind === "history" && request.keepUpToDate;
        if (isLive || request.kind === "real-time-bars") this.#streamId = request.requestId;
        connection.send(request);
      },
      close: () => connection.close(),
    };
  }

  /** One more word of the stream that was asked for last. */
  say(kind: "update" | "real-time-bar", bar: IbBar): void {
    this.#hear({ kind, requestId: this.#streamId, bar });
  }
}

function row(openTime: UnixMs, price: number, volume: number): IbBar {
  const prices = { open: price, high: price, low: price, close: price };
  return { time: String(openTime / SECOND_MS), ...prices, volume, average: price, count: volume };
}

describe.each(["keep-up-to-date", "real-time-bars"] as const)("a live run with %s", (mode) => {
  const feed = { mode };

  test("4: silent after the daily restart of the gateway (NautilusTrader #3733) -> a stream of its own for each connection", () => {
    const zone = pinnedZone("America/New_York");
    const nightlyRestart = { zone, atMs: 14 * HOUR_MS + 7 * MINUTE_MS, forMs: 3 * MINUTE_MS };
    const { world, asked } = heard({ feed, gateway: { nightlyRestart } });
    world.playTo();
    expectHealed(world, whole, instant("2024-03-07T19:14:00Z"));
    const streams = asked.filter(isStream);
    expect(streams.map(({ connection }) => connection).at(0)).toBe(1);
    // Two restarts of the two days: three connections that were granted a stream, one each.
    expect(new Set(streams.map(({ connection }) => connection)).size).toBe(3);
    expect(streams.length).toBe(3);
    expect(world.gateway.openStreams).toBe(1);
    const ids = asked.filter(({ request }) => request.kind !== "cancel").map(idOf);
    const real = ids.filter((id) => id >= 0);
    expect(new Set(real).size).toBe(real.length);
    expectNothingLeft(world);
  });

  test("5: dead for hours while all codes said 'alive' (NautilusTrader PR #3968) -> found by the bars that are due", () => {
    // The farm is back before anyone could suspect anything, and then nothing comes any more.
    const faults: readonly LaterFault[] = [
      [LIVE_MS, { kind: "farm", forMs: SECOND_MS, kills: false }],
      [LIVE_MS + 40 * SECOND_MS, { kind: "silent-streams" }],
    ];
    const { world } = heard({ feed, faults });
    world.playTo();
    expectHealed(world, whole, START + LIVE_MS + 40 * SECOND_MS + 90 * SECOND_MS);
    const reasons = world.log.states.map(({ reason }) => reason);
    expect(reasons).toContain("interrupted: the live stream has gone silent");
    const noDown = world.link.map(({ kind }) => kind);
    expect(noDown).toEqual(["up", "farm-down", "farm-down", "farm-up", "farm-up"]);
    expectNothingLeft(world);
  });

  test("6: a farm blip tore the socket down, then 326, then random client ids (NautilusTrader PR #4412) -> the socket stays", () => {
    const blips = [1, 2, 3, 4, 5, 6, 7, 8].map((each): LaterFault => {
      return [each * 10 * MINUTE_MS, { kind: "farm", forMs: 2_900, kills: each % 2 === 0 }];
    });
    // Whoever connected anew now would hear that the client id is in use.
    const inUse = { kind: "client-id", forMs: Number.POSITIVE_INFINITY } as const;
    const { world, asked } = heard({ feed, faults: [...blips, [MINUTE_MS, inUse]] });
    world.playTo();
    expectHealed(world, whole, START + 80 * MINUTE_MS + MINUTE_MS);
    expect(new Set(asked.map(({ connection }) => connection))).toEqual(new Set([1]));
    expect(world.session.clientId).toBe(1);
    expect(world.link.some(({ kind }) => kind === "down")).toBe(false);
    expectNothingLeft(world);
  });

  test("7: no subscription after a reconnection (NautilusTrader #3001) -> asked for again, from the last bar that went out", () => {
    // It goes down, and once more while the gap of the first time is being repaired.
    const faults: readonly LaterFault[] = [
      [LIVE_MS, { kind: "down", forMs: 17 * MINUTE_MS }],
      [LIVE_MS + 18 * MINUTE_MS, { kind: "down", forMs: 100 }],
      [LIVE_MS + 18 * MINUTE_MS + 700, { kind: "down", forMs: 13 * MINUTE_MS }],
    ];
    const { world } = heard({ feed, faults });
    const goneAt = START + LIVE_MS;
    world.playTo(goneAt - SECOND_MS);
    const before = world.log.handled.length;
    world.playTo();
    expectHealed(world, whole, goneAt + 32 * MINUTE_MS);
    // What went out before is not told again: the next bar follows the last.
    const last = world.log.handled[before - 1]!.bar;
    const [next] = barsOf(truth, last.closeTime);
    expect(world.log.handled[before]!.bar).toEqual(next);
    expect(world.gateway.openStreams).toBe(1);
    expectNothingLeft(world);
  });

  test("8: timers outlived their connection until bars stopped (NautilusTrader #4168) -> 1,000 reconnections leave nothing", () => {
    const steady = market({ size: "15m", from: "2024-03-05T00:00:00Z", bars: 4 * 60 });
    const start = barAt(steady, 60).openTime + MINUTE_MS;
    const everyMs = 2 * MINUTE_MS;
    const faults = Array.from({ length: 1_000 }, (_, index): LaterFault => {
      return [HOUR_MS + index * everyMs, { kind: "port" }];
    });
    let clock: CountingClock | undefined;
    const world = new IbWorld(steady, start, {
      feed,
      faults,
      clock: (time) => {
        clock = new CountingClock(time);
        return clock;
      },
    });
    let watchers = 0;
    const watch = world.session.watch.bind(world.session);
    world.session.watch = (listener) => {
      watchers += 1;
      const off = watch(listener);
      return () => {
        watchers -= 1;
        off();
      };
    };
    world.live(strategy);
    const { gateway } = world;
    /** All that is open in the middle of a bar and long after a reconnection. */
    const open = (at: UnixMs) => {
      world.playTo(at + 100 * SECOND_MS);
      const { openConnections, openStreams, openHistory } = gateway;
      return { timers: clock!.waiting, watchers, openConnections, openStreams, openHistory };
    };
    const before = open(start + 30 * MINUTE_MS);
    const after = open(start + 30 * MINUTE_MS + 136 * 15 * MINUTE_MS);
    expect(world.link.filter(({ kind }) => kind === "up").length).toBe(1_001);
    expect(after).toEqual(before);
    expect(before).toMatchObject({ openConnections: 1, openStreams: 1, openHistory: 0 });
    expect(before.timers).toBeLessThan(20);
    world.playTo(barAt(steady, -1).closeTime + 10 * SECOND_MS);
    expectHealed(world, uninterrupted(steady, strategy).log, start + 35 * HOUR_MS);
    expectNothingLeft(world);
    expect([clock!.waiting, watchers]).toEqual([0, 0]);
  });

  test("17: bars of -1 and repeated bars while the exchange was closed (NautilusTrader #868, #928) -> none is taken, none is waited for", () => {
    let spoken: SpokenFor | undefined;
    const client: IbWorldOptions["client"] = (gateway) => {
      spoken = new SpokenFor(gateway.client());
      return spoken;
    };
    const { world } = heard({ feed, client });
    const close = barAt(truth, 2 * 78 - 1).closeTime;
    const open = barAt(truth, 2 * 78).openTime;
    const kind = mode === "keep-up-to-date" ? "update" : "real-time-bar";
    world.playTo(close + 5 * MINUTE_MS);
    const asked = new Map(world.gateway.requests);
    for (let at = close + 10 * MINUTE_MS; at < open - MINUTE_MS; at += HOUR_MS / 2) {
      world.playTo(at);
      spoken!.say(kind, row(at, -1, -1));
      spoken!.say(kind, row(at, 0, 0));
      const old = barAt(truth, 2 * 78 - 1);
      const isWhole = kind === "update";
      const time = isWhole ? old.openTime : old.closeTime - 5 * SECOND_MS;
      spoken!.say(kind, row(time, old.close, isWhole ? old.volume : 0));
    }
    // No timer outside of sessions looks for a bar, or asks for a stream anew.
    for (const each of ["history", "real-time-bars", "cancel"] as const) {
      expect(world.gateway.requests.get(each)).toBe(asked.get(each));
    }
    expect(world.run!.state).toBe("READY");
    world.playTo();
    const { log } = world;
    expect(log.path).toEqual(["WARMING_UP", "READY"]);
    expectBars(log, truth);
    expectSame(log, whole);
    expect(log.of("gap").filter(({ range }) => range.from >= close - MINUTE_MS)).toEqual([]);
    expect(log.of("revision")).toEqual([]);
    // What has no place on the grid is told as rejected, once for each word.
    expect(new Set(log.of("rejection").map(({ fault }) => fault))).toEqual(new Set(["off-grid"]));
    expectNothingLeft(world);
  });

  test("38: a subscription had holes, stopped at midnight, was dead after a reconnection (ib_insync #333, #533, #699) -> whole", () => {
    const steady = market({ size: "5m", from: "2024-03-05T00:00:00Z", bars: 12 * 30 });
    const start = barAt(steady, 12 * 20).openTime + 2 * MINUTE_MS;
    const midnight = instant("2024-03-06T00:00:00Z");
    const holesMs = HOUR_MS + 2 * MINUTE_MS;
    const faults: readonly LaterFault[] = [
      // Another session has the data for three bars, and the stream goes on as if nothing were.
      [holesMs, { kind: "competing", forMs: 15 * MINUTE_MS }],
      [midnight - start, { kind: "silent-streams" }],
      [midnight - start + HOUR_MS, { kind: "link", forMs: MINUTE_MS, ending: "1102-dead" }],
      [midnight - start + 2 * HOUR_MS, { kind: "down", forMs: MINUTE_MS }],
      [midnight - start + 3 * HOUR_MS, { kind: "silent-streams" }],
    ];
    const world = new IbWorld(steady, start, { feed, faults }).live(strategy);
    world.playTo(barAt(steady, -1).closeTime + 10 * SECOND_MS);
    const { log } = world;
    expectHealed(
      world,
      uninterrupted(steady, strategy).log,
      midnight + 3 * HOUR_MS + 90 * SECOND_MS,
    );
    // No bar was late by more than the gateway or a watch on the grid can be.
    const late = log.handled.filter(({ bar, at, origin }) => {
      return origin !== "backfill" && at - bar.closeTime > 16 * MINUTE_MS;
    });
    expect(late).toEqual([]);
    expectNothingLeft(world);
  });
});
