import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BarlineError, InvariantError } from "../../../core/time/failure.ts";
import type { VerifyTask } from "./verify-child.ts";
import { ALL_PAGES, type StoreFinding, type VerifyWord } from "./verify-words.ts";

/** What came of looking at something. */
export interface Verified {
  readonly what: string;
  readonly findings: readonly StoreFinding[];
}

/** What is told while it goes on. */
export interface VerifyProgress {
  readonly what: string;
  readonly done: number;
  readonly of: number;
}

/** How a process that read a store ended. */
interface Ended {
  /** What it was looking at when it died; undefined where it came to its end. */
  readonly diedAt: string | undefined;
  readonly how: string;
}

/**
 * Looks at every bit of a store, or of one series of it, in a process of its own: the database
 * keeps no checksums of its pages, and damaged ones can end whoever reads them. What ends the
 * process is damage as well; another one goes on with the rest. Throws what keeps the store from
 * being opened, and what `findKey` throws.
 */
export async function verifyStore(
  directory: string,
  series: string | undefined,
  onProgress: (progress: VerifyProgress) => void,
): Promise<readonly Verified[]> {
  const verified = new Map<string, StoreFinding[]>();
  const skipped: string[] = [];
  for (;;) {
    const task = { directory, skipped, ...(series === undefined ? {} : { series }) };
    const { diedAt, how } = await readInChild(task, verified, onProgress);
    if (diedAt === undefined) break;
    const problem = `the process that read it was ended (${how}): its pages are damaged`;
    verified.set(diedAt, [{ what: diedAt, kind: "damaged-pages", problem }]);
    // Before it began with anything, another one would come no further.
    if (diedAt === ALL_PAGES) break;
    skipped.push(diedAt, ...verified.keys());
  }
  return [...verified].map(([what, findings]) => ({ what, findings }));
}

function readInChild(
  task: VerifyTask,
  verified: Map<string, StoreFinding[]>,
  onProgress: (progress: VerifyProgress) => void,
): Promise<Ended> {
  const suffix = import.meta.url.slice(import.meta.url.lastIndexOf("."));
  const program = fileURLToPath(new URL(`./verify-child${suffix}`, import.meta.url));
  const child = fork(program, [], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let what = ALL_PAGES;
  let isThrough = false;
  let fault: BarlineError | undefined;
  let words = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  child.on("message", (message) => {
    const word = message as VerifyWord;
    switch (word.type) {
      case "begins":
        what = word.what;
        verified.set(what, []);
        return;
      case "progress":
        onProgress({ what, done: word.done, of: word.of });
        return;
      case "finding":
        verified.get(what)!.push(word.finding);
        return;
      case "end":
        isThrough = true;
        return;
      case "fault":
        fault = new BarlineError(word.code, word.message);
    }
  });
  child.send(task);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (fault !== undefined) reject(fault);
      else if (isThrough) resolve({ diedAt: undefined, how: "" });
      else if (signal !== null) resolve({ diedAt: what, how: signal });
      else if (words.includes(InvariantError.name)) reject(new Error(words));
      else resolve({ diedAt: what, how: `exit code ${code}` });
    });
  });
}
