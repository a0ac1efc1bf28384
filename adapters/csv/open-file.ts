import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { fail } from "../../core/time/failure.ts";

/** One read: large enough that a batch is a few thousand bars, small enough to stay in cache. */
const CHUNK_BYTES = 256 * 1024;

interface Signature {
  readonly bytes: readonly number[];
  readonly name: string;
  readonly cure: string;
}

const FOREIGN: readonly Signature[] = [
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    name: "a zip archive or a workbook",
    cure: "unpack it, or save the sheet as CSV",
  },
  {
    bytes: [0x50, 0x41, 0x52, 0x31],
    name: "a Parquet file",
    cure: "export it as CSV",
  },
  {
    bytes: [0x28, 0xb5, 0x2f, 0xfd],
    name: "compressed with zstd",
    cure: "unpack it or use gzip",
  },
  { bytes: [0xff, 0xfe], name: "UTF-16 text", cure: "save it as UTF-8" },
  { bytes: [0xfe, 0xff], name: "UTF-16 text", cure: "save it as UTF-8" },
];

function startsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}

/** Refuses what can not be read again from its start, or could make us wait for ever. */
async function requireRegularFile(handle: FileHandle, file: string): Promise<void> {
  const stats = await handle.stat();
  if (stats.isDirectory()) {
    fail("is-a-directory", "it is a directory", { where: file, cure: "name a CSV file in it" });
  }
  if (!stats.isFile()) {
    fail("not-a-file", "it is a pipe or a device, not a regular file", {
      where: file,
      cure: "write the data to a file first",
    });
  }
}

/**
 * Opens a file as a stream of its bytes, unpacked where the first two say gzip (the name says
 * nothing). Aborting the signal ends the stream and closes the file. Only regular files: a pipe or
 * a device could keep us waiting for ever.
 */
export async function openFile(file: string, signal: AbortSignal): Promise<Readable> {
  // Without O_NONBLOCK the opening of a pipe itself would wait for a writer.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    await requireRegularFile(handle, file);
    const head = new Uint8Array(4);
    await handle.read(head, 0, head.length, 0);
    for (const { bytes, name, cure } of FOREIGN) {
      if (startsWith(head, bytes)) fail("not-csv", `it is ${name}`, { where: file, cure });
    }
    const stream = handle.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES, signal });
    if (!startsWith(head, [0x1f, 0x8b])) return stream;
    // An error of either side reaches whoever reads the last one: pipeline destroys both with it.
    return pipeline(stream, createGunzip({ chunkSize: CHUNK_BYTES }), () => {});
  } catch (error) {
    await handle.close();
    throw error;
  }
}
