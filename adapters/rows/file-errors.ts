import type { FeedFault } from "../../core/feed/bar-source.ts";
import { BarlineError } from "../../core/time/failure.ts";

interface Explanation {
  readonly code: string;
  readonly problem: string;
  readonly cure: string;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOENT: {
    code: "no-such-file",
    problem: "there is no such file or folder",
    cure: "check the path",
  },
  ENOTDIR: {
    code: "no-such-file",
    problem: "a part of the path is a file, not a folder",
    cure: "check the path",
  },
  EISDIR: {
    code: "is-a-directory",
    problem: "it is a directory",
    cure: "name a file in it",
  },
  EACCES: {
    code: "no-permission",
    problem: "you have no permission for it",
    cure: "change the file's permissions",
  },
  EPERM: {
    code: "no-permission",
    problem: "the system does not permit it",
    cure: "change the file's permissions",
  },
  ENOSPC: {
    code: "disk-full",
    problem: "no space is left on the disk",
    cure: "free some space and try again",
  },
  EMFILE: {
    code: "too-many-files",
    problem: "too many files are open",
    cure: "close some and try again",
  },
  // What zlib says when the data end before the stream does, and when they make no sense.
  Z_BUF_ERROR: {
    code: "truncated-gzip",
    problem: "the gzip data end too early",
    cure: "fetch or compress the file again",
  },
  Z_DATA_ERROR: {
    code: "corrupt-gzip",
    problem: "the gzip data are damaged",
    cure: "fetch or compress the file again",
  },
};

/** Whether an error comes from the system, and not from what was made of its data. */
export function isOfSystem(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

/** Whatever reading or writing a file threw, as a `BarlineError` that names the file. */
export function explainFileError(error: unknown, file: string): BarlineError {
  if (error instanceof BarlineError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const known = typeof code === "string" ? EXPLANATIONS[code] : undefined;
  const details = { where: file, cause: error };
  if (known !== undefined) {
    return new BarlineError(known.code, known.problem, { ...details, cure: known.cure });
  }
  return new BarlineError("file-failed", `the system reports: ${String(message ?? error)}`, {
    ...details,
    cure: "check the disk and the path",
  });
}

/** The same as a value for a `FeedOutcome`: the content of a file does not get better by itself. */
export function feedFaultOf(error: BarlineError): FeedFault {
  const passes = error.code === "too-many-files" || error.code === "file-failed";
  return { code: error.code, message: error.message, retry: passes ? "later" : "never" };
}
