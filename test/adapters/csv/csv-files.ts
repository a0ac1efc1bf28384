import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { BarlineError } from "../../../core/time/failure.ts";

/** A folder of its own for a test file; it is gone afterwards. */
export function temporaryFolder(): { path: (name: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), "barline-csv-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { path: (name) => join(folder, name) };
}

export const HEADER = "open_time,open,high,low,close,volume";

/** Writes a file and gives its path. */
export function writeFile(path: string, content: string | Uint8Array): string {
  writeFileSync(path, content);
  return path;
}

/** The `BarlineError` that something rejects with; anything else is an error of the test. */
export async function failureOf(action: Promise<unknown>): Promise<BarlineError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof BarlineError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
