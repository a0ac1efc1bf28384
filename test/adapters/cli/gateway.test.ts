import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { WireClient } from "../../sim/tws/wire-client.ts";
import { ROOT } from "../../tidy/project-files.ts";
import { barline, barlines, expectOneLine, HANGS_MS, IF_15M, workFolder } from "./barline.ts";
import { csvOf, market } from "./markets.ts";

// Goal: the gateway on the command line serves files of bars, says what it does, obeys faults that
// are planned and typed, and ends in order.

const file = workFolder();
const started: ChildProcess[] = [];

/** A running gateway. */
interface Running {
  readonly child: ChildProcess;
  /** What it printed when it listened. */
  readonly listening: { readonly port: number } & Readonly<Record<string, unknown>>;
  /** Waits until a text has come so often on standard error, and gives all of it so far. */
  said(text: string, times?: number): Promise<string>;
}

async function start(...args: readonly string[]): Promise<Running> {
  const program = join(ROOT, "dist/adapters/cli/main.js");
  const child = spawn(process.execPath, [program, "gateway", "--port", "0", "--json", ...args], {
    timeout: HANGS_MS,
    killSignal: "SIGKILL",
    stdio: ["pipe", "pipe", "pipe"],
  });
  started.push(child);
  let stdout = "";
  let stderr = "";
  let wake = (): void => {};
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    wake();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    wake();
  });
  child.on("exit", () => wake());
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      if (child.exitCode !== null) throw new Error(`it ended: ${stderr}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await until(() => stdout.includes("\n"));
  return {
    child,
    listening: JSON.parse(stdout) as Running["listening"],
    said: async (text, times = 1) => {
      await until(() => stderr.split(text).length > times);
      return stderr;
    },
  };
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.on("exit", resolve));
}

beforeAll(() => {
  file("a.csv", csvOf(market("24/7", "1m", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z")));
  file("b.csv", csvOf(market("24/7", "1m", "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z")));
});

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

describe("barline gateway", () => {
  it("serves a file, obeys what is typed, and ends on Ctrl-C", async () => {
    const { child, listening, said } = await start(
      ...["--bars", `IF=${IF_15M}`, "--sec-type", "fut", "--exchange", "CFFEX"],
      ...["--currency", "CNY", "--multiplier", "300", "--calendar", "CFFEX", "--speed", "600"],
    );
    expect(listening).toMatchObject({
      host: "127.0.0.1",
      serverVersion: 178,
      start: "2023-12-28T06:00:00.000Z",
      speed: 600,
      contracts: [
        {
          conId: 1001,
          symbol: "IF",
          secType: "FUT",
          exchange: "CFFEX",
          currency: "CNY",
          multiplier: "300",
          barSize: "15m",
          bars: 3200,
          calendar: "CFFEX",
        },
      ],
    });
    const client = await WireClient.start(listening.port, "v100..193", 4);
    client.send("49", "1");
    await client.until(() => client.of(49).length > 0);
    child.stdin!.write("help\nnonsense\n\nhistory empty; down 20s\n");
    await client.closed();
    await said("not listening: the gateway is down");
    const text = await said("listening on port", 2);
    expect(text).toContain("with 300 bars before it, and runs at 600 times the speed of time");
    expect(text).toMatch(
      /2023-12-28T06:\d\d:\d\dZ client 4 joined from 127\.0\.0\.1:\d+, version 178/,
    );
    expect(text).toContain("down 90s|forever");
    expect(text).toContain('"nonsense" is no fault');
    expect(text).toMatch(
      /fault: history, what \{"kind":"empty"\}, count 1\n.*fault: down, forMs 20000/,
    );
    (await WireClient.start(listening.port)).socket.destroy();
    child.kill("SIGINT");
    expect(await ended(child)).toBe(130);
  });

  it("serves several files, plans faults, and stays up when the bars are over", async () => {
    const { child, listening, said } = await start(
      ...["--bars", `A=${file("a.csv")}`, file("b.csv"), "--speed", "60000"],
      ...["--start", "2024-01-01T23:59:00Z", "--server-version", "163"],
      ...["--gateway-zone", "UTC", "--nightly-restart", "23:59/1m", "--history-delay", "1s"],
      ...["--faults", file("faults.txt", "# later\n+1s bust\n")],
    );
    expect(listening).toMatchObject({
      serverVersion: 163,
      contracts: [
        { conId: 1001, symbol: "A", bars: 60 },
        { conId: 1002, symbol: "b", bars: 1440 },
      ],
    });
    await said("fault: bust");
    await said("the bars are over; the gateway stays up");
    child.kill("SIGTERM");
    expect(await ended(child)).toBe(143);
  });

  it("refuses what cannot be served, in one line", async () => {
    const [a, b] = [file("a.csv"), file("b.csv")];
    const refused: readonly (readonly [readonly string[], readonly string[]])[] = [
      [
        ["--bars", a, "--start", "2025-01-01T00:00:00Z"],
        ["--start", "2024-01-01T01:00:00.000Z"],
      ],
      [
        ["--bars", a, b, "--symbol", "X"],
        ["--symbol", "A=a.csv"],
      ],
      [
        ["--bars", `X=${a}`, `X=${b}`],
        ["b.csv", "both called X"],
      ],
      [["--bars", a, "--faults", "explode"], ['"explode" is no fault']],
      [["--bars", a, "--gateway-zone", "Mars"], ["--gateway-zone"]],
      [["--bars", a, "--nightly-restart", "9"], ["23:45/90s"]],
      [["--bars", a, "--server-version", "99"], ["100 to 193"]],
      [["--bars", a, "--port", "65536"], ["0 to 65535"]],
    ];
    const answers = await barlines(
      file,
      refused.map(([args]) => ["gateway", "--port", "0", ...args]),
    );
    for (const [index, [, parts]] of refused.entries()) {
      expectOneLine(answers[index]!, 2, ...parts);
    }
    const taken = await start("--bars", a);
    const port = String(taken.listening.port);
    const second = await barline(["gateway", "--bars", a, "--port", port]);
    expectOneLine(second, 2, `port ${port}: the port is in use`);
  });
});
