import type { ColumnMetaData, Encoding, PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { byteStreamSplit } from "hyparquet/src/encoding.js";
import { crc32 } from "../../core/codec/crc32.ts";
import { BarlineError } from "../../core/time/failure.ts";
import { ColumnValues } from "./column-values.ts";
import { damaged } from "./damage.ts";
import { decompress, requireCodec } from "./decompress.ts";
import type { FlatColumn } from "./footer.ts";
import { readHybridRuns } from "./hybrid-runs.ts";
import type { ValueForm } from "./value-form.ts";

/** One value a row or none, of one column in one row group. */
export interface ChunkPlan {
  readonly column: FlatColumn;
  readonly form: ValueForm;
  readonly metadata: ColumnMetaData;
  readonly rows: number;
  /** For messages: the file, the column and the row group. */
  readonly where: string;
}

/**
 * Makes the values of a column chunk of its bytes, and checks all that the format can tell: sizes,
 * counts, checksums where there are any, and the bounds of its statistics. The packages' own reader
 * trusts a page in all of this, and can be led astray by a flipped bit.
 */
export function readColumnChunk(plan: ChunkPlan, bytes: Uint8Array): ColumnValues {
  requireCodec(plan.metadata.codec, plan.where);
  const reading = new ChunkReading(plan);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  while (reading.rows < plan.rows) {
    const header = parquetHeader(reader);
    const end = reader.offset + header.compressed_page_size;
    if (!(end >= reader.offset && end <= bytes.length && header.uncompressed_page_size >= 0)) {
      throw damaged(plan.where, "a page would lie outside its data");
    }
    const page = bytes.subarray(reader.offset, end);
    if (header.crc !== undefined && header.crc >>> 0 !== crc32(page)) {
      throw damaged(plan.where, "a page does not have its checksum");
    }
    reading.page(header, page);
    reader.offset = end;
  }
  if (reader.offset !== bytes.length) throw damaged(plan.where, "it has more pages than rows");
  requireBounds(plan, reading.target);
  return reading.target;
}

class ChunkReading {
  readonly target: ColumnValues;
  /** How many rows have their values. */
  rows = 0;
  readonly #plan: ChunkPlan;
  #dictionary: ColumnValues | undefined;

  constructor(plan: ChunkPlan) {
    this.#plan = plan;
    this.target = new ColumnValues(plan.rows);
  }

  page(header: PageHeader, page: Uint8Array): void {
    const { codec } = this.#plan.metadata;
    const { data_page_header: first, data_page_header_v2: second } = header;
    if (header.type === "DICTIONARY_PAGE") {
      const bytes = decompress(codec, page, header.uncompressed_page_size);
      this.#readDictionary(header, bytes);
    } else if (header.type === "DATA_PAGE" && first !== undefined) {
      const bytes = decompress(codec, page, header.uncompressed_page_size);
      const has = new Int32Array(this.#count(first.num_values));
      let start = 0;
      if (this.#isOptional) {
        if (first.definition_level_encoding !== "RLE") this.#refuse("BIT_PACKED");
        const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
        start = 4 + length;
        if (start > bytes.length) throw damaged(this.#plan.where, "a page ends too early");
        readHybridRuns(bytes.subarray(4, start), 1, has);
      } else has.fill(1);
      this.#readValues(first.encoding, bytes.subarray(start), has);
    } else if (header.type === "DATA_PAGE_V2" && second !== undefined) {
      const has = new Int32Array(this.#count(second.num_values));
      const levels = second.definition_levels_byte_length;
      const skipped = second.repetition_levels_byte_length;
      const start = levels + skipped;
      if (!(levels >= 0 && skipped === 0 && start <= page.length)) {
        throw damaged(this.#plan.where, "a page has levels that it cannot have");
      }
      if (this.#isOptional) readHybridRuns(page.subarray(0, levels), 1, has);
      else has.fill(1);
      const length = header.uncompressed_page_size - start;
      const packed = page.subarray(start);
      const isPacked = second.is_compressed !== false && length > 0;
      const bytes = isPacked ? decompress(codec, packed, length) : packed;
      this.#readValues(second.encoding, bytes, has);
    } else if (header.type !== "INDEX_PAGE") {
      throw damaged(this.#plan.where, "it has a page of no known type");
    }
  }

  get #isOptional(): boolean {
    return this.#plan.column.element.repetition_type !== "REQUIRED";
  }

  /** A number of values, where there is room for it. */
  #count(count: number): number {
    if (count >= 0 && this.rows + count <= this.#plan.rows) return count;
    throw damaged(this.#plan.where, "it has more values than rows");
  }

  #readDictionary({ dictionary_page_header: header }: PageHeader, bytes: Uint8Array): void {
    const { form, where } = this.#plan;
    const count = header?.num_values ?? -1;
    if (count * form.width !== bytes.length) {
      throw damaged(where, "its dictionary has another size than it says");
    }
    this.#dictionary = new ColumnValues(count);
    form.read(viewOf(bytes), count, this.#dictionary, 0);
  }

  #readValues(encoding: Encoding, bytes: Uint8Array, has: Int32Array): void {
    const { metadata, where } = this.#plan;
    if (!metadata.encodings.includes(encoding)) {
      throw damaged(where, `a page is encoded as ${encoding}, which the footer does not name`);
    }
    let count = 0;
    for (let index = 0; index < has.length; index += 1) count += has[index]!;
    if (count > 0) {
      if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
        this.#readKeys(bytes, count);
      } else this.#readPlain(this.#plainBytes(encoding, bytes, count), count);
    }
    if (count < has.length) this.target.spread(this.rows, has, count);
    this.rows += has.length;
  }

  #readKeys(bytes: Uint8Array, count: number): void {
    const dictionary = this.#dictionary;
    if (dictionary === undefined) throw damaged(this.#plan.where, "its dictionary is missing");
    const keys = new Int32Array(count);
    readHybridRuns(bytes.subarray(1), bytes[0] ?? 0, keys);
    const { values, problems } = dictionary;
    const { target, rows } = this;
    for (let index = 0; index < count; index += 1) {
      const key = keys[index]!;
      if (key >= values.length) throw damaged(this.#plan.where, "a key is not in its dictionary");
      if (problems === undefined) target.values[rows + index] = values[key]!;
      else target.take(rows + index, dictionary, key);
    }
  }

  #readPlain(bytes: Uint8Array, count: number): void {
    const { form, where } = this.#plan;
    if (bytes.length !== count * form.width) {
      throw damaged(where, `a page has ${bytes.length} bytes for ${count} values`);
    }
    form.read(viewOf(bytes), count, this.target, this.rows);
  }

  /** The same values in the plain encoding. */
  #plainBytes(encoding: Encoding, bytes: Uint8Array, count: number): Uint8Array {
    const { type, type_length: length } = this.#plan.column.element;
    const reader = { view: viewOf(bytes), offset: 0 };
    if (encoding === "PLAIN") return bytes;
    if (encoding === "DELTA_BINARY_PACKED" && (type === "INT32" || type === "INT64")) {
      const values = type === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
      deltaBinaryUnpack(reader, count, values);
      return new Uint8Array(values.buffer);
    }
    if (encoding === "BYTE_STREAM_SPLIT" && type !== undefined) {
      if (type !== "FIXED_LEN_BYTE_ARRAY") {
        const values = byteStreamSplit(reader, count, type, length) as Float64Array;
        return new Uint8Array(values.buffer);
      }
    }
    return this.#refuse(encoding);
  }

  #refuse(encoding: string): never {
    throw new BarlineError("unsupported-encoding", `it is encoded as ${encoding}`, {
      where: this.#plan.where,
      cure: "write it in the encodings PLAIN or RLE_DICTIONARY, which are the usual ones",
    });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** No value may lie outside the bounds that the footer states. */
function requireBounds({ form, metadata, where }: ChunkPlan, { values }: ColumnValues): void {
  const least = metadata.statistics?.min_value;
  const greatest = metadata.statistics?.max_value;
  if (form.boundOf === undefined || !isNumber(least) || !isNumber(greatest)) return;
  const { low } = form.boundOf(least);
  const { high } = form.boundOf(greatest);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value < low || value > high) {
      throw damaged(where, `the value ${value} is outside the bounds that the footer states`);
    }
  }
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
