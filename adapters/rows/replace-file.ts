import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { fail } from "../../core/time/failure.ts";
import { explainFileError, isOfSystem } from "./file-errors.ts";

/**
 * Writes a file that appears, or replaces the one before it, only once all of it is on the disk:
 * whatever goes wrong leaves the old one as it was. Throws a `BarlineError` that names the file;
 * what `write` itself throws passes unchanged.
 */
export async function replaceFile<T>(
  file: string,
  write: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  await requireReplaceable(file);
  const draft = `${file}.partial`;
  try {
    const handle = await open(draft, "w");
    let result: T;
    try {
      result = await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    return result;
  } catch (error) {
    await rm(draft, { force: true });
    throw isOfSystem(error) ? explainFileError(error, file) : error;
  }
}

/** Replacing a device or a pipe by a file would take it away from everyone. */
async function requireReplaceable(file: string): Promise<void> {
  const present = await stat(file).catch(() => undefined);
  if (present === undefined || present.isFile() || present.isDirectory()) return;
  fail("not-a-file", "bars are written to files only", { where: file, cure: "name a file" });
}
