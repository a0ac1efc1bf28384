import { afterAll, describe, expect, it } from "vitest";
import { BarStore } from "../../../../adapters/store/bars/bar-store.ts";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import { systemZone } from "../../../../adapters/system/index.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { instant, MINUTE_MS } from "../../../../core/time/instant.ts";
import type { IbGatewayOptions } from "../../../../sim/ib/index.ts";
import { barsOf, plain } from "../../../support/market.ts";
import { barline, type Ended, expectOneLine, HANGS_MS, workFolder } from "../barline.ts";
import { closeAll, freePort, type ServedGateway, serve, TRUTH } from "../tws-gateway.ts";

// Goal: the commands that download into a store do so from a gateway over TCP: killed amid it, or
// interrupted, and run again they end with every bar of the market once, and say what they did.

const folder = workFolder();

afterAll(closeAll);

const KEY = "IF.CFFEX 15m trades regular";
const FROM = "2024-01-02T00:00:00Z";
const TO = "2024-03-04T08:00:00Z";

/** The bars of the range that is fetched. */
const truth = async (): Promise<Bar[]> => barsOf(await TRUTH, instant(FROM), instant(TO));

const fetch = (
  store: string,
  { options }: ServedGateway,
  more: readonly string[] = ["--from", FROM, "--to", TO],
  spawn: Parameters<typeof barline>[1] = {},
): Promise<Ended> => barline(["bars", "fetch", "--store", store, ...options, ...more], spawn);

function look<T>(directory: string, work: (bars: BarStore) => T): T {
  const store = openLmdbStore(directory, { mode: "read" });
  try {
    return work(new BarStore(store, { zoneNamed: systemZone }));
  } finally {
    store.close();
  }
}

const stored = (directory: string): Bar[] =>
  look(directory, (bars) => [...bars.read(KEY)].map(plain));

/** Answers hold 40 bars, and after four of them the gateway is gone for a while, once. */
function fragile(onHistory: () => void = () => {}): Promise<ServedGateway> {
  let told = 0;
  const options: IbGatewayOptions = {
    maxBars: 40,
    historyDelayMs: MINUTE_MS / 4,
    onTalk: (talk) => {
      if (talk.kind === "asked" && talk.request.kind === "history") onHistory();
      if (talk.kind !== "told" || talk.event.kind !== "history") return;
      told += 1;
      if (told === 4) void served.then(({ gateway }) => gateway.inflict(DOWN));
    },
  };
  const served = serve([], options);
  return served;
}

const DOWN = { kind: "down", forMs: 10 * MINUTE_MS } as const;

describe.concurrent("barline bars fetch", () => {
  it("brings all bars of a range, and says what it does", { timeout: HANGS_MS }, async () => {
    const store = folder("plain");
    const ended = await fetch(store, await serve());
    expect(ended.stderr).toMatch(/history of Interactive Brokers at 127\.0\.0\.1:\d+ into /);
    expect(ended.stderr).toContain(`${KEY}, conId 1\n`);
    expect(ended.stderr).toMatch(
      / {2}to fetch: [\d,]+ bars in \d+ pages? and \d+ messages?: about/,
    );
    const bars = await truth();
    expect(stored(store)).toEqual(bars);
    expect(ended.stdout).toContain(`\n  ${bars.length} new bars of ${bars.length} received, in `);
    expect(ended.stdout).toMatch(/\n {2}complete: 2024-01-02T\S+ to 2024-03-0\S+\n$/);
    expect(ended.code).toBe(0);
  });

  it("goes on where it was killed, and asks for nothing twice", { timeout: HANGS_MS }, async () => {
    const store = folder("killed");
    let asked = 0;
    const gateway = await fragile(() => {
      asked += 1;
    });
    const killed = await fetch(store, gateway, undefined, {
      signalOn: { text: "connection lost", signal: "SIGKILL" },
    });
    expect(killed.code).toBeNull();
    const before = stored(store);
    const bars = await truth();
    expect(before.length).toBeGreaterThan(0);
    expect(before).toEqual(bars.slice(-before.length));
    expect(before.length).toBeLessThan(bars.length);
    const rest = ["--from", FROM, "--to", TO, "--json"];
    const ended = await fetch(store, gateway, rest);
    expect(ended.stderr).toBe("");
    expect(JSON.parse(ended.stdout)).toMatchObject({
      series: KEY,
      receivedBars: bars.length - before.length,
      newBars: bars.length - before.length,
      lost: [],
      leftOut: 0,
      stored: { bars: bars.length },
    });
    expect(ended.code).toBe(0);
    expect(stored(store)).toEqual(bars);
    expect(look(store, (at) => at.verify(KEY))).toEqual([]);
    const through = asked;
    const again = await fetch(store, gateway, rest);
    expect(JSON.parse(again.stdout)).toMatchObject({ slots: 0, pages: 0, newBars: 0 });
    expect(asked).toBe(through);
    expect(again.code).toBe(0);
  });

  it("ends in good order when it is interrupted", { timeout: HANGS_MS }, async () => {
    const store = folder("interrupted");
    const signalOn = { text: "connection lost", signal: "SIGINT" } as const;
    const ended = await fetch(store, await fragile(), undefined, { signalOn });
    expect(ended.stderr).toContain("interrupted: what came is kept; begun anew it goes on from");
    expect(ended.stdout).toMatch(/\n {2}not fetched: \d+ slots; run it again to go on\n$/);
    expect(ended.code).toBe(130);
    const bars = stored(store);
    expect(ended.stdout).toContain(`\n  stored: ${bars.length} bars, opening `);
    expect(bars).toEqual((await truth()).slice(-bars.length));
  });

  it("stops where a bar may still change", { timeout: HANGS_MS }, async () => {
    const store = folder("present");
    const gateway = await serve();
    const ended = await fetch(store, gateway, ["--from", "2024-03-01T00:00:00Z", "--quiet"]);
    expect(ended.code).toBe(0);
    const bars = stored(store);
    const { closeTime } = bars.at(-1)!;
    expect(bars).toEqual(barsOf(await TRUTH, instant("2024-03-01T00:00:00Z"), closeTime));
    expect(closeTime).toBeLessThanOrEqual(gateway.gateway.now - 90_000);
    expect(closeTime).toBeGreaterThanOrEqual(instant("2024-03-05T02:00:00Z"));
  });

  it("says in one line what cannot be", { timeout: HANGS_MS }, async () => {
    const gateway = await serve([{ kind: "deny", code: 10187, of: ["history"] }]);
    const [denied, future, reversed, lost] = await Promise.all([
      fetch(folder("denied"), gateway, ["--from", FROM, "--quiet"]),
      fetch(folder("future"), gateway, ["--from", "2030-01-01T00:00:00Z", "--quiet"]),
      fetch(folder("reversed"), gateway, ["--from", TO, "--to", FROM]),
      barline(["bars", "fetch", "--symbol", "IF", "--size", "15m", "--from", FROM]),
    ]);
    expect(denied!.stderr).toMatch(/^barline: .*no permission for the history/);
    expect(denied!.code).toBe(2);
    expect(look(folder("denied"), (bars) => bars.list())).toEqual([]);
    expectOneLine(future!, 2, "--from 2030-01-01T00:00:00.000Z", "no bar of IF.CFFEX 15m");
    expectOneLine(reversed!, 2, "--to", "not after --from");
    expectOneLine(lost!, 2, "--store");
  });
});

describe.concurrent("barline bars repair", () => {
  it("finds a gap, says so, and fetches it", { timeout: HANGS_MS }, async () => {
    const store = folder("gap");
    const gateway = await serve();
    const [early, late] = ["2024-02-01T00:00:00Z", "2024-02-20T00:00:00Z"];
    for (const range of [
      ["--from", FROM, "--to", early],
      ["--from", late, "--to", TO],
    ]) {
      const { code, stderr } = await fetch(store, gateway, range);
      expect(code, stderr).toBe(0);
    }
    const dry = await barline(["bars", "repair", "--store", store, "--dry-run"]);
    expect(dry.stderr).toBe("");
    expect(dry.stdout).toMatch(/^IF\.CFFEX 15m trades regular\n {2}what +from +to +slots +why\n/);
    expect(dry.stdout).toMatch(
      /\n {2}gap +2024-02-01T01:30:00Z +2024-02-1\S+ +\d+ +it is not known/,
    );
    expect(dry.code).toBe(0);
    const port = gateway.place.slice(0, 4);
    const contract = ["--sec-type", "FUT"];
    const ended = await barline(["bars", "repair", "IF", "--store", store, ...port, ...contract]);
    expect(ended.stdout).toContain("new bars of");
    expect(ended.code).toBe(0);
    expect(stored(store)).toEqual(await truth());
    const json = await barline(["bars", "repair", "--store", store, "--dry-run", "--json"]);
    expect(JSON.parse(json.stdout)).toEqual([{ series: KEY, wrong: [] }]);
    const sound = await barline(["bars", "repair", "--store", store, "--ib", "127.0.0.1:1"]);
    expect(sound.stdout).toBe(`${KEY}\n  nothing is wrong\n`);
    expect(sound.code).toBe(0);
  });

  it("says which series it could not repair", { timeout: HANGS_MS }, async () => {
    const store = folder("unknown");
    const gateway = await serve();
    expect((await fetch(store, gateway, ["--from", FROM, "--to", TO])).code).toBe(0);
    const writable = openLmdbStore(store, { mode: "write" });
    const bars = new BarStore(writable, { zoneNamed: systemZone });
    const range = { from: instant("2024-02-01T01:30:00Z"), to: instant("2024-02-01T02:30:00Z") };
    writable.write((writer) =>
      bars.update(writer, KEY, {
        source: "ib",
        receivedAt: 1,
        lost: [{ range, reason: "test" }],
      }),
    );
    writable.close();
    const place = gateway.place.slice(0, 4);
    const ended = await barline(["bars", "repair", "--store", store, ...place, "--quiet"]);
    expect(ended.stderr).toMatch(/^barline: not all of the store could be repaired\n {2}IF\.CFFEX/);
    expect(ended.stderr).toContain("--sec-type");
    expect(ended.code).toBe(2);
    // Nothing was forgotten for a contract that could not be found.
    expect(stored(store)).toEqual(await truth());
    const contract = ["--sec-type", "FUT", "--json"];
    const again = await barline(["bars", "repair", "--store", store, ...place, ...contract]);
    expect(JSON.parse(again.stdout)).toMatchObject([
      { series: KEY, slots: 4, settled: 4, lost: [] },
    ]);
    expect(stored(store)).toEqual(await truth());
    expect(look(store, (at) => at.coverage(KEY).lost)).toEqual([]);
    expect(look(store, (at) => at.verify(KEY))).toEqual([]);
  });

  it("refuses what a series says itself", async () => {
    const store = folder("strange");
    const port = `127.0.0.1:${await freePort()}`;
    const args = ["bars", "repair", "--store", store, "--ib", port, "--session", "all"];
    expectOneLine(await barline(args), 2, "--session", "the series says");
  });
});
