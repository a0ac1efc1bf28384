import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../../core/time/instant.ts";
import type { IbGatewayFault, IbGatewayOptions } from "../../../sim/ib/index.ts";
import { barline, type Ended, HANGS_MS, IF_15M, SMA_CROSS, workFolder } from "./barline.ts";
import { checkTrace } from "./trace-checker.ts";
import { closeAll, freePort, serve } from "./tws-gateway.ts";

// Goal: the command line runs a strategy on a gateway over TCP, from connecting to its summary:
// what it decides is what a backtest decides, what it tells is masked and in its place, and what
// cannot work ends at once with what to do.

const file = workFolder();

afterAll(closeAll);

const live = (args: readonly string[]): Promise<Ended> => barline(["live", SMA_CROSS, ...args]);

const records = (log: string): readonly Record<string, unknown>[] =>
  log
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Expects what a backtest of as many bars has, bit by bit. */
const expectEqual = async (trace: string): Promise<void> => {
  const { bars } = checkTrace(readFileSync(trace, "utf8"));
  const end = String(bars.at(-1)!.closeTime);
  const source = ["--bars", IF_15M, "--symbol", "IF", "--exchange", "CFFEX", "--currency", "CNY"];
  const market = [...source, "--multiplier", "300", "--tick", "0.2", "--calendar", "CFFEX"];
  const whole = `${trace}.backtest`;
  const until = ["--quiet", "--to", end, "--trace", whole];
  expect((await barline(["backtest", SMA_CROSS, ...market, ...until])).code).toBe(0);
  const compared = await barline(["compare", whole, trace]);
  expect(compared.stdout).toMatch(/\nequal/);
  expect(compared.code).toBe(0);
};

describe.concurrent("a live run on a gateway", () => {
  it("decides what a backtest decides, and says what it does", { timeout: HANGS_MS }, async () => {
    const { options } = await serve();
    const trace = file("live.ndjson");
    const log = file("live.log");
    const outputs = ["--trace", trace, "--log-file", log, "--log-level", "debug"];
    const ended = await live([...options, "--bars", "4", ...outputs]);
    expect(ended.stderr).toContain("DRY RUN: orders go to the simulated broker, and none to");
    expect(ended.stderr).toMatch(/connected: server version 178, client id 1\n/);
    expect(ended.stderr).toMatch(/warm-up: 260 bars in 1 page and 2 messages: about /);
    expect(ended.stderr).toMatch(/backfill 260 of 260 bars, 1 page in \d+/);
    // A bar may close meanwhile: a quarter of an hour passes in 1.5 s here.
    expect(ended.stderr).toMatch(/READY: 26[0-4] bars, up to date/);
    expect(ended.stdout).toContain("sma-cross on IF.CFFEX 15m trades regular");
    expect(ended.code).toBe(0);
    await expectEqual(trace);
    const text = readFileSync(log, "utf8");
    expect(text).not.toMatch(/DU1234567/);
    const events = records(text);
    expect(events.find(({ event }) => event === "accounts")).toMatchObject({
      accounts: ["DU***567"],
    });
    const kinds = new Set(events.map(({ event }) => event));
    const expected = ["start", "connected", "notice", "link", "request", "run", "state", "feed"];
    for (const kind of [...expected, "bar", "continuity", "heartbeat", "end"]) {
      expect(kinds).toContain(kind);
    }
    expect(events.find(({ event }) => event === "notice")).toMatchObject({
      says: expect.stringMatching(/./),
      action: expect.stringMatching(/./),
    });
  });

  it("tells programs in JSON, and nothing else", { timeout: HANGS_MS }, async () => {
    const { options } = await serve();
    const ended = await live([...options, "--bars", "2", "--json", "--mode", "real-time-bars"]);
    expect(ended.stderr).toBe("");
    expect(JSON.parse(ended.stdout)).toMatchObject({ warmUpBars: 260, bars: 262 });
    expect(ended.code).toBe(0);
  });

  it("logs on standard error in place of talk", { timeout: HANGS_MS }, async () => {
    const { options } = await serve();
    const ended = await live([...options, "--bars", "1", "--log-level", "info"]);
    const events = records(ended.stderr);
    expect(events[0]).toMatchObject({ level: "info", event: "start", dryRun: true });
    expect(events.map(({ event }) => event)).not.toContain("request");
    expect(ended.code).toBe(0);
  });

  it("takes a configuration file, and options before it", { timeout: HANGS_MS }, async () => {
    const { port } = await serve();
    const config = file(
      "ib.json",
      JSON.stringify({
        gateway: { port, clientId: 7 },
        contract: { symbol: "NONE", secType: "FUT", exchange: "CFFEX", currency: "CNY" },
        series: { size: "15m" },
        run: { cash: 5_000_000, slippage: "ticks:1", param: { fast: 10, slow: 20 } },
      }),
    );
    const options = ["--symbol", "IF", "--param", "slow=30", "--speed", "600", "--bars", "1"];
    const ended = await live(["--config", config, ...options]);
    expect(ended.stderr).toContain("client id 7\n");
    expect(ended.stdout).toMatch(/of which 30 to warm up/);
    expect(ended.stdout).toMatch(/cash +5000000 CNY/);
    expect(ended.code).toBe(0);
  });

  it("goes on after the gateway was gone for a while", { timeout: HANGS_MS }, async () => {
    let isPlanned = false;
    const one = await serve([], {
      onTalk: (talk) => {
        if (isPlanned || talk.kind !== "asked" || talk.request.kind !== "history") return;
        isPlanned = true;
        one.gateway.inflict({ kind: "down", forMs: 10 * MINUTE_MS }, one.gateway.now + HOUR_MS / 4);
      },
    });
    const trace = file("down.ndjson");
    const ended = await live([...one.options, "--bars", "4", "--trace", trace]);
    expect(ended.stderr).toMatch(/connection lost: .*trying again until it works/);
    expect(ended.stderr.match(/ {2}connected: /g)).toHaveLength(2);
    expect(ended.code).toBe(0);
    await expectEqual(trace);
  });

  it("waits for a client id that is in use", { timeout: HANGS_MS }, async () => {
    const { options } = await serve([{ kind: "client-id", forMs: 90 * MINUTE_MS }]);
    const config = file("patient.json", '{ "reconnect": { "firstInUseRetryMs": 200 } }');
    const ended = await live([...options, "--config", config, "--bars", "1"]);
    expect(ended.stderr).toMatch(/no connection: the client id is in use \(code 326: .*choose/);
    expect(ended.stdout).toContain("READY");
    expect(ended.code).toBe(0);
  });
});

describe.concurrent("a live run that cannot work", () => {
  it.for<[string, readonly IbGatewayFault[], IbGatewayOptions, string, string]>([
    [
      "without permission for history",
      [{ kind: "deny", code: 10187, of: ["history"] }],
      {},
      "no permission for the history",
      "client portal",
    ],
    [
      "without permission for live bars",
      [{ kind: "deny", code: 354, of: ["live"] }],
      {},
      "no market data permission",
      "client portal",
    ],
    ["with too old a gateway", [], { serverVersion: 90 }, "versions do not fit", "update TWS"],
  ])("%s ends at once", { timeout: HANGS_MS }, async ([_what, faults, world, text, cure]) => {
    const { options } = await serve(faults, world);
    const ended = await live(options);
    const last = ended.stderr.trimEnd().split("\n").at(-1);
    expect(last).toMatch(/^barline: /);
    expect(last).toContain(text);
    expect(last).toContain(cure);
    expect(ended.stdout).toBe("");
    expect(ended.code).toBe(2);
  });

  it("for want of a contract ends at once", { timeout: HANGS_MS }, async () => {
    const { place } = await serve();
    const future = ["--sec-type", "FUT", "--exchange", "CFFEX", "--currency", "CNY"];
    const [unknown, ambiguous] = await Promise.all([
      live([...place, ...future, "--symbol", "NONE", "--quiet"]),
      live([...place, ...future, "--symbol", "IM", "--quiet", "--client-id", "2"]),
    ]);
    expect(unknown.stderr).toMatch(/^barline: Interactive Brokers knows no contract NONE.+check/);
    expect(unknown.code).toBe(2);
    const [heading, ...candidates] = ambiguous.stderr.trimEnd().split("\n");
    expect(heading).toContain("2 contracts fit IM FUT CFFEX CNY");
    expect(candidates.join("\n")).toMatch(/lastTradeDate 202403\n.*lastTradeDate 202406$/);
    expect(ambiguous.code).toBe(2);
  });
});

describe.concurrent("Ctrl-C", () => {
  it("ends a run before anything answers", { timeout: HANGS_MS }, async () => {
    const place = ["--ib", `127.0.0.1:${await freePort()}`, "--symbol", "IF", "--size", "15m"];
    const signalOn = { text: "no connection", signal: "SIGINT" } as const;
    const ended = await barline(["live", SMA_CROSS, ...place], { signalOn });
    expect(ended.stderr).toMatch(/refused the connection.*\n.*start TWS or IB Gateway/);
    expect(ended.stderr).toContain("\ninterrupted: ");
    expect(ended.stdout).toBe("");
    expect(ended.code).toBe(130);
  });

  it("ends a run in its middle, with a whole trace", { timeout: HANGS_MS }, async () => {
    const { options } = await serve();
    const trace = file("interrupted.ndjson");
    const args = ["live", SMA_CROSS, ...options, "--trace", trace];
    const ended = await barline(args, { signalOn: { text: "READY", signal: "SIGTERM" } });
    expect(ended.code).toBe(143);
    expect(ended.stdout).toContain("interrupted");
    const { lines } = checkTrace(readFileSync(trace, "utf8"));
    expect(lines.at(-2)).toMatchObject({ type: "state", to: "STOPPED", reason: "interrupted" });
  });
});
