import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const PROGRAM = fileURLToPath(new URL("store-child.mjs", import.meta.url));
const SHIM_SOURCE = fileURLToPath(new URL("disk-faults.c", import.meta.url));
/** Far beyond what anything takes. */
const HANGS_MS = 180_000;

/** What can happen at a call, in the order of `disk-faults.c`. */
const FAULTS = [
  "nothing",
  "kill-before",
  "kill-torn",
  "kill-after",
  "no-space",
  "io-error",
  "short-write",
  "record",
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** What a child does; see `store-child.mjs`. */
export interface Task {
  readonly kind: "write" | "endure" | "follow" | "damage" | "refused";
  readonly directory: string;
  readonly [more: string]: unknown;
}

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly stderr: string;
  /** Write calls that were made, where they were counted. */
  readonly calls: number;
}

export interface ChildOptions {
  /** What happens at which call, 1 being the first. */
  readonly fault?: { readonly kind: FaultKind; readonly call: number; readonly count?: number };
  /** Where the calls are written down, with `record`. */
  readonly record?: string;
  /** Given the process when it runs. */
  readonly meanwhile?: (child: ChildProcess) => void;
}

/** A folder for stores, gone after the tests, from which children are started. */
export class StoreLab {
  readonly folder = mkdtempSync(join(tmpdir(), "barline-store-"));
  #shim: string | undefined;
  #count = 0;

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** A name that is not in use. */
  name(kind: string): string {
    this.#count += 1;
    return join(this.folder, `${kind}-${this.#count}`);
  }

  run(task: Task, { fault, record, meanwhile }: ChildOptions = {}): Promise<ChildEnd> {
    const file = this.name("task");
    writeFileSync(file, JSON.stringify(task));
    const control = fault === undefined ? undefined : this.#control(fault);
    const env = {
      ...process.env,
      ...(control === undefined
        ? {}
        : { LD_PRELOAD: this.#library(), DISK_FAULTS_CONTROL: control }),
      ...(record === undefined ? {} : { DISK_FAULTS_RECORD: record }),
    };
    const child = spawn(process.execPath, [PROGRAM, file], {
      env,
      timeout: HANGS_MS,
      killSignal: "SIGABRT",
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    meanwhile?.(child);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        const lines = stdout.split("\n").slice(0, -1);
        const calls = control === undefined ? 0 : readFileSync(control).readInt32LE(12);
        rmSync(file);
        resolve({ code, signal, lines, stderr, calls });
      });
    });
  }

  /** What lets the disk of any program fail so, and how many write calls it has made. */
  faultyDisk(fault: NonNullable<ChildOptions["fault"]>): {
    readonly env: Readonly<Record<string, string>>;
    readonly calls: () => number;
  } {
    const control = this.#control(fault);
    return {
      env: { LD_PRELOAD: this.#library(), DISK_FAULTS_CONTROL: control },
      calls: () => readFileSync(control).readInt32LE(12),
    };
  }

  #control({ kind, call, count = 1 }: NonNullable<ChildOptions["fault"]>): string {
    const path = this.name("control");
    writeFileSync(path, Int32Array.of(FAULTS.indexOf(kind), call, count, 0));
    return path;
  }

  #library(): string {
    if (this.#shim !== undefined) return this.#shim;
    this.#shim = join(this.folder, "disk-faults.so");
    const args = ["-shared", "-fPIC", "-O1", "-o", this.#shim, SHIM_SOURCE, "-ldl"];
    const { status, stderr } = spawnSync("cc", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`disk-faults.c does not compile: ${stderr}`);
    return this.#shim;
  }
}

/** Why the disk of a child cannot be made to fail here; undefined where it can. */
export function whyNoFaults(): string | undefined {
  if (process.platform !== "linux") return "faults are injected with LD_PRELOAD, which is Linux";
  if (spawnSync("cc", ["--version"]).status !== 0) return "there is no C compiler named cc";
  return undefined;
}

/** Runs some things, two at a time. */
export async function inPairs<T>(
  things: readonly T[],
  work: (thing: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < things.length) {
      next += 1;
      await work(things[next - 1]!);
    }
  };
  await Promise.all([worker(), worker()]);
}
