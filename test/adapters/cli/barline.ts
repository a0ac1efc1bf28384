import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PROGRAM = join(ROOT, "dist/adapters/cli/main.js");
const BATCH = join(ROOT, "test/adapters/cli/batch.js");

/** The files that the project ships. */
export const SMA_CROSS = join(ROOT, "examples/sma-cross.ts");
export const IF_15M = join(ROOT, "examples/data/cffex-if-15m.csv");
export const IF_1M = join(ROOT, "examples/data/cffex-if-1m.csv");
export const SP500 = join(ROOT, "examples/data/sp500-daily.csv");

/** Far beyond what anything takes: a program that is still there by then hangs. */
export const HANGS_MS = 180_000;

/** What a program that ended has left behind. */
export interface Ended {
  /** Null where a signal ended it, as one that hangs is. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  /** Sent when this text has come on standard error. */
  readonly signalOn?: { readonly text: string; readonly signal: NodeJS.Signals };
}

/** Runs the built program until it ends. */
export function barline(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return run([PROGRAM, ...args], options);
}

/** Runs many command lines in one process of the built program, one after the other. */
export async function barlines(
  folder: (name: string, content: string) => string,
  commandLines: readonly (readonly string[])[],
): Promise<readonly Ended[]> {
  const { code, stdout, stderr } = await run([
    BATCH,
    folder("command-lines.json", JSON.stringify(commandLines)),
  ]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout) as Ended[];
}

function run(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const { cwd, env, uid, signalOn } = options;
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    timeout: HANGS_MS,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
  });
  let stdout = "";
  let stderr = "";
  let isSent = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (signalOn === undefined || isSent || !stderr.includes(signalOn.text)) return;
    isSent = true;
    child.kill(signalOn.signal);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Expects one line on standard error that names place and cure, nothing else, and an exit code. */
export function expectOneLine(ended: Ended, code: number, ...parts: readonly string[]): void {
  expect(ended.stderr).toMatch(/^barline: [^\n]+\n$/);
  for (const part of parts) expect(ended.stderr).toContain(part);
  expect(ended.stderr.length).toBeLessThan(1_000);
  expect(ended.stderr).not.toMatch(/\n\s+at |base64|undefined/);
  expect(ended.stdout).toBe("");
  expect(ended.code).toBe(code);
}

/** A folder for the files of a test, gone after them; gives a file's path and writes it. */
export function workFolder(): (name: string, content?: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), "barline-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  };
}

/** The lines of the shipped 15-minute file, the header first. */
export function lines15m(): string[] {
  return readFileSync(IF_15M, "utf8").trimEnd().split("\n");
}
