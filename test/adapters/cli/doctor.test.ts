import { afterAll, describe, expect, it } from "vitest";
import { barline, type Ended, HANGS_MS, SMA_CROSS, workFolder } from "./barline.ts";
import { closeAll, freePort, serve } from "./tws-gateway.ts";

// Goal: the doctor finds what keeps a live run from working, and only that; each finding that is
// wrong has its cure, and programs get the same in JSON.

afterAll(closeAll);
const file = workFolder();
const doctor = (args: readonly string[]): Promise<Ended> => barline(["doctor", ...args]);
const FUTURE = ["--sec-type", "FUT", "--exchange", "CFFEX", "--currency", "CNY"];

interface Finding {
  readonly check: string;
  readonly verdict: string;
  readonly text: string;
  readonly cure?: string;
}

const findingsOf = ({ stdout }: Ended): readonly Finding[] =>
  (JSON.parse(stdout) as { findings: readonly Finding[] }).findings;

/** The names of the checks, and of those that were wrong. */
const verdicts = (ended: Ended) => {
  const findings = findingsOf(ended);
  return {
    looked: findings.map(({ check }) => check),
    wrong: findings.filter(({ verdict }) => verdict === "wrong").map(({ check }) => check),
  };
};

const ALL = [
  ...["gateway", "accounts", "clock", "contract", "hours"],
  ...["history", "live", "beginning", "warm-up"],
];

describe.concurrent("the doctor", () => {
  it("finds nothing wrong where all is well", { timeout: HANGS_MS }, async () => {
    const { options } = await serve();
    const ended = await doctor([SMA_CROSS, ...options, "--param", "slow=100"]);
    const lines = ended.stdout.trimEnd().split("\n");
    expect(lines.filter((line) => line.startsWith("✓")).map((line) => line.split(/ +/)[1])).toEqual(
      ALL,
    );
    expect(ended.stdout).not.toMatch(/^[✗?]/m);
    expect(ended.stdout).toMatch(/accounts +DU\*\*\*567\n/);
    expect(ended.stdout).toMatch(/clock .*the time of a simulated market\n/);
    expect(ended.stdout).toMatch(/IF FUT at CFFEX in CNY, conId 1; .*price step 0\.2/);
    expect(ended.stdout).toMatch(/2024-03-05: 2024-03-05T01:30:00\.000Z to 2024-03-05T03:30/);
    expect(ended.stdout).toMatch(/2024-03-06: 2024-03-06T01:30/);
    expect(ended.stdout).toContain("history begins at 2023-12-04T01:30:00.000Z");
    expect(ended.stdout).toMatch(/warm-up +100 bars in 1 page and 2 messages: about /);
    expect(lines.at(-1)).toBe("A live run would work.");
    expect(ended.code).toBe(0);
  });

  it("tells programs in JSON, without an account", { timeout: HANGS_MS }, async () => {
    const { options } = await serve();
    const ended = await doctor([...options, "--json", "--mode", "real-time-bars"]);
    expect(ended.stderr).toBe("");
    expect(ended.stdout).not.toContain("DU1234567");
    expect(JSON.parse(ended.stdout)).toMatchObject({ wouldWork: true });
    expect(verdicts(ended)).toEqual({ looked: ALL, wrong: [] });
    expect(findingsOf(ended).at(-1)).toMatchObject({ details: { bars: 260, pages: 1 } });
    expect(ended.code).toBe(0);
  });

  it("says what to start where nothing listens", { timeout: HANGS_MS }, async () => {
    const place = `127.0.0.1:${await freePort()}`;
    const ended = await doctor(["--ib", place, "--symbol", "IF", "--size", "15m"]);
    expect(ended.stdout).toContain(`✗ gateway    ${place} refused the connection`);
    expect(ended.stdout).toMatch(
      /→ start TWS or IB Gateway.*read-only may stay on.*socket port to \d+/,
    );
    expect(ended.stdout).toContain("A live run would not work: mend gateway.\n");
    expect(ended.code).toBe(2);
  });

  it("knows who has the client id", { timeout: HANGS_MS }, async () => {
    const { options } = await serve([{ kind: "client-id", forMs: Number.POSITIVE_INFINITY }]);
    const ended = await doctor([...options, "--json"]);
    expect(verdicts(ended)).toEqual({ looked: ["gateway"], wrong: ["gateway"] });
    expect(findingsOf(ended)[0]!.text).toMatch(/client id is in use .*choose another client id/);
    expect(ended.code).toBe(2);
  });

  it("lists the contracts that could be meant", { timeout: HANGS_MS }, async () => {
    const { place } = await serve();
    const ended = await doctor([...place, ...FUTURE, "--symbol", "IM"]);
    expect(ended.stdout).toMatch(/✗ contract +2 contracts fit IM FUT CFFEX CNY; add one of these/);
    expect(ended.stdout).toMatch(/IM1 .*lastTradeDate 202403\n.*IM2 .*lastTradeDate 202406\n/);
    expect(ended.code).toBe(2);
  });

  it.for<["history" | "live", number, RegExp]>([
    ["history", 10187, /no permission for the history .*client portal/],
    ["live", 354, /no market data permission .*client portal/],
  ])("sees that %s is not permitted", { timeout: HANGS_MS }, async ([of, code, text]) => {
    const { options } = await serve([{ kind: "deny", code, of: [of] }]);
    const ended = await doctor([...options, "--json"]);
    expect(verdicts(ended).wrong).toContain(of);
    expect(findingsOf(ended).find(({ check }) => check === of)!.text).toMatch(text);
    expect(ended.code).toBe(2);
  });

  it("takes a configuration file", { timeout: HANGS_MS }, async () => {
    const { port } = await serve();
    const config = {
      gateway: { port },
      contract: { conId: 2 },
      series: { size: "15m" },
      backfill: { enabled: false },
    };
    const path = file("ib.json", JSON.stringify(config));
    const ended = await doctor(["--config", path, "--speed", "600"]);
    expect(ended.stdout).toMatch(/contract +IM FUT at CFFEX/);
    expect(ended.stdout).toMatch(/warm-up +260 live bars, without backfill/);
    expect(ended.code).toBe(0);
  });
});
