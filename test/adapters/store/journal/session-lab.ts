import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { StoreLab } from "../lmdb/store-child.ts";
import type { KeptSession, SessionTask } from "./kept-session.ts";

const PROGRAM = fileURLToPath(new URL("session-child.ts", import.meta.url));
const DATABASE = createRequire(import.meta.url).resolve("lmdb");
/** Far beyond what anything takes. */
const HANGS_MS = 180_000;

/** A commit that a process has said is durable. */
export interface Acknowledged {
  readonly run: number;
  readonly commit: number;
  readonly checksum: number;
}

/** How one life of a session ended. */
export interface LifeEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly commits: readonly Acknowledged[];
  /** The code of the error that ended it; undefined where there was none. */
  readonly fault: string | undefined;
  /** It came to the end of its session. */
  readonly isThrough: boolean;
  readonly stderr: string;
}

export interface LifeOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Hears of each commit as it is acknowledged, and at first of none. */
  readonly onCommit?: (commits: number, child: ChildProcess) => void;
}

/** Starts processes that live through sessions. */
export class SessionLab {
  readonly stores = new StoreLab();
  #program: Promise<string> | undefined;

  /** A new session in a folder of its own. */
  session(seed: number, bars: number): KeptSession {
    const folder = this.stores.name("session");
    mkdirSync(folder);
    return { folder, seed, bars };
  }

  async live(task: SessionTask, options: LifeOptions = {}): Promise<LifeEnd> {
    const [end] = await this.liveEach([task], options);
    return end!;
  }

  /** Lives of several sessions one after another in one process; of as many as it began. */
  async liveEach(
    tasks: readonly SessionTask[],
    { env, onCommit }: LifeOptions = {},
  ): Promise<LifeEnd[]> {
    const file = this.stores.name("task");
    writeFileSync(file, JSON.stringify(tasks));
    const child = spawn(process.execPath, [await this.#bundled(), file], {
      env: { ...process.env, ...env },
      timeout: HANGS_MS,
      killSignal: "SIGABRT",
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    onCommit?.(0, child);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      onCommit?.(stdout.split("\ncommit ").length, child);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    return new Promise<LifeEnd[]>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        const lives = stdout.split("begins\n").slice(1);
        // A process can die before it says anything.
        if (lives.length === 0) lives.push("");
        resolve(lives.map((life) => ({ code, signal, stderr, ...toldIn(life) })));
      });
    });
  }

  /** The program as one file, which starts in a fraction of the time of its many sources. */
  #bundled(): Promise<string> {
    this.#program ??= bundle(join(this.stores.folder, "session-child.cjs"));
    return this.#program;
  }
}

function toldIn(life: string): Pick<LifeEnd, "commits" | "fault" | "isThrough"> {
  // What was not said to its end was not said.
  const lines = life.split("\n").slice(0, -1);
  const told = lines.map((line) => line.split(" "));
  return {
    commits: told.filter(([what]) => what === "commit").map(acknowledged),
    fault: told.find(([what]) => what === "fault")?.[1],
    isThrough: lines.includes("through"),
  };
}

function acknowledged([, run, commit, checksum]: readonly string[]): Acknowledged {
  return { run: Number(run), commit: Number(commit), checksum: Number(checksum) };
}

async function bundle(outfile: string): Promise<string> {
  await build({
    entryPoints: [PROGRAM],
    outfile,
    bundle: true,
    minify: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [
      {
        name: "database",
        setup: (bundler) => {
          bundler.onResolve({ filter: /^lmdb$/ }, () => ({ path: DATABASE, external: true }));
        },
      },
    ],
  });
  return outfile;
}
