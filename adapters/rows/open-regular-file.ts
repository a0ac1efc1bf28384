import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { fail } from "../../core/time/failure.ts";

/**
 * Opens a file to be read. Only regular ones: a pipe or a device could keep us waiting for ever,
 * and cannot be read again from its start.
 *
 * @param format what a file should be, for messages: `CSV`.
 */
export async function openRegularFile(file: string, format: string): Promise<FileHandle> {
  // Without O_NONBLOCK the opening of a pipe itself would wait for a writer.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) {
      const cure = `name a ${format} file in it`;
      fail("is-a-directory", "it is a directory", { where: file, cure });
    }
    if (!stats.isFile()) {
      fail("not-a-file", "it is a pipe or a device, not a regular file", {
        where: file,
        cure: "write the data to a file first",
      });
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
