import type { BarSource } from "../../../../core/feed/bar-source.ts";
import { series } from "../../../../core/market/series.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { BarlineError } from "../../../../core/time/failure.ts";
import { recordCsv } from "../../../csv/record-csv.ts";
import { TapedCsvSource } from "../../../csv/taped-csv-source.ts";
import type { RowOptions } from "../../../rows/row-options.ts";
import { type FoundImport, ImportCache } from "../../../store/imports/import-cache.ts";
import { THIS_MACHINE } from "../../../system/machine-time.ts";
import { openStore } from "../../store/open-store.ts";
import { ReadingSpeed } from "../../terminal/reading-speed.ts";
import type { Talk } from "../../terminal/talk.ts";
import {
  type BarFileMemory,
  type BarFileRequest,
  type UnderstoodFile,
  understand,
} from "../bar-file.ts";
import type { BarFormat } from "../bar-format.ts";
import { type Fingerprint, fingerprint } from "./file-fingerprint.ts";
import { decodeFile, encodeFile, type RecordedFile } from "./recorded-file.ts";
import { decodePart } from "./tape-part.ts";
import { TapeRecorder } from "./tape-recorder.ts";

/** The largest that is kept of one file, in bytes: it is in memory meanwhile. */
const MOST_FILE_BYTES = 2 ** 27;

type RecalledFile = UnderstoodFile & { readonly source: (options: RowOptions) => BarSource };

/**
 * CSV files that a store remembers, by their content. One that it does not know is read to its end
 * and kept; one that has a fault to end with is not, and is left to whoever asked.
 */
export class StoreMemory implements BarFileMemory {
  readonly #directory: string;
  readonly #talk: Talk;

  constructor(directory: string, talk: Talk) {
    this.#directory = directory;
    this.#talk = talk;
  }

  /** Throws what opening the store throws, and what `understand` throws. */
  async recall(request: BarFileRequest, format: BarFormat): Promise<RecalledFile | undefined> {
    if (format.name !== "csv") return undefined;
    const { file } = request;
    const of = await fingerprint(request);
    const found = await this.#use((cache) => of && cache.find(of.bytes, now()));
    // Where the file cannot be read it is better said by whoever reads it.
    if (of === undefined || found === undefined) return undefined;
    if (found.kind === "found") return recalled(file, decoded(found));
    if (found.kind === "damaged") {
      this.#talk.say(`what the store had kept of ${file} is damaged: it is read anew`);
    }
    const understood = await understand(request, format);
    const parts = await this.#record(request, understood, of);
    if (parts === undefined) return undefined;
    await this.#keep(of, parts, file);
    return recalled(file, decoded({ parts }));
  }

  /** Reads a file to its end; undefined where that is of no use to anyone later. */
  async #record(
    request: BarFileRequest,
    understood: UnderstoodFile,
    of: Fingerprint,
  ): Promise<readonly Uint8Array[] | undefined> {
    const { file, dialect, instrument, onFault } = request;
    const { size, calendar, alignment } = understood;
    // What was stated counts in the next run, but is not part of the fingerprint.
    if (!understood.isSizeFound) return undefined;
    const tape = new TapeRecorder();
    const speed = new ReadingSpeed(this.#talk, `reading ${file}`);
    const grid = new BarGrid(calendar, size, alignment);
    const options = { ...dialect, series: series(instrument, size), grid, onFault };
    const failure = await recordCsv(file, options, tape, (bars) => {
      speed.add(bars);
      return tape.bytes <= MOST_FILE_BYTES;
    });
    this.#talk.clearLine();
    if (failure !== undefined || tape.bytes > MOST_FILE_BYTES || !of.isStill()) return undefined;
    return [encodeFile({ understood, header: tape.names }), ...tape.finish()];
  }

  async #keep(of: Fingerprint, parts: readonly Uint8Array[], file: string): Promise<void> {
    try {
      await this.#use((cache) => cache.keep(of.bytes, parts, now()));
    } catch (error) {
      if (!(error instanceof BarlineError)) throw error;
      this.#talk.say(`${file} will have to be read again the next time: ${error.message}`);
    }
  }

  /** Opens the store for as long as something is done with it. */
  async #use<T>(work: (cache: ImportCache) => T): Promise<T> {
    let canWrite = true;
    const store = await openStore(this.#directory, "write").catch((error: unknown) => {
      if (!(error instanceof BarlineError) || error.code !== "read-only") throw error;
      canWrite = false;
      return openStore(this.#directory, "read");
    });
    try {
      return work(new ImportCache(store, canWrite));
    } finally {
      store.close();
    }
  }
}

function now(): number {
  return THIS_MACHINE.wallMs();
}

interface DecodedFile extends RecordedFile {
  readonly parts: readonly Uint8Array[];
}

function decoded({ parts }: Pick<Extract<FoundImport, { kind: "found" }>, "parts">): DecodedFile {
  const [first, ...others] = parts;
  return { ...decodeFile(first!), parts: others };
}

function recalled(file: string, { understood, header, parts }: DecodedFile): RecalledFile {
  function* read() {
    for (const part of parts) yield decodePart(part);
  }
  return {
    ...understood,
    source: (options) => new TapedCsvSource({ file, header, parts: read }, options),
  };
}
