import { BarlineError } from "../../core/time/failure.ts";

const CURE = "fetch the file or write it again";

/** What makes no sense in a file, as an error to throw. */
export function damaged(where: string, problem: string, cause?: unknown): BarlineError {
  const details = { where, cure: CURE, ...(cause === undefined ? {} : { cause }) };
  return new BarlineError("corrupt-parquet", problem, details);
}

/** A part of a file that has not what its size promises. */
export function cutShort(where: string): BarlineError {
  return new BarlineError("truncated-parquet", "the file ends too early", { where, cure: CURE });
}

/**
 * Does what makes sense of bytes. Whatever stumbles there, the packages and the reach of an array
 * included, does so over the bytes.
 */
export function understood<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BarlineError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw damaged(where, `it makes no sense (${reason.replace(/\s+/g, " ")})`, error);
  }
}
