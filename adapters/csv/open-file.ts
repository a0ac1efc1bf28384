import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { fail } from "../../core/time/failure.ts";
import { openRegularFile } from "../rows/open-regular-file.ts";

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

/**
 * Opens a file as a stream of its bytes, unpacked where the first two say gzip (the name says
 * nothing). Aborting the signal ends the stream and closes the file.
 */
export async function openFile(file: string, signal: AbortSignal): Promise<Readable> {
  const handle = await openRegularFile(file, "CSV");
  try {
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
