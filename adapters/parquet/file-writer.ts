import { ByteWriter, type KeyValue } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { crc32 } from "../../core/codec/crc32.ts";
import type { BarColumns } from "../../core/market/bar-columns.ts";
import { BAR_COLUMNS, BAR_SCHEMA, WRITER } from "./bar-schema.ts";
import { doubleBytes, instantBytes } from "./chunk-bytes.ts";

type RowGroup = Parameters<typeof writeMetadata>[1]["row_groups"][number];
type ColumnChunk = RowGroup["columns"][number];

/** The mark that a file begins and ends with. */
const MAGIC = new TextEncoder().encode("PAR1");

/**
 * Makes the bytes of a file piece by piece. Each column of a row group is one page with a checksum,
 * so that a reader can tell a damaged one; the packages' own writer makes none.
 */
export class ParquetFileWriter {
  readonly #groups: RowGroup[] = [];
  #offset = 0;
  #rows = 0;

  /** The bytes that a file begins with. */
  begin(): Uint8Array {
    this.#offset += MAGIC.length;
    return MAGIC;
  }

  /** The bytes of a row group of some bars, at least one. */
  rowGroup(bars: BarColumns): Uint8Array {
    const writer = new ByteWriter(bars.length * BAR_COLUMNS.length * 8);
    const columns = BAR_COLUMNS.map((column) => this.#chunk(writer, bars, column));
    const total = (key: "total_uncompressed_size" | "total_compressed_size"): bigint =>
      columns.reduce((sum, { meta_data }) => sum + meta_data![key], 0n);
    this.#groups.push({
      columns,
      total_byte_size: total("total_uncompressed_size"),
      num_rows: BigInt(bars.length),
      sorting_columns: [{ column_idx: 0, descending: false, nulls_first: false }],
      file_offset: BigInt(this.#offset),
      total_compressed_size: total("total_compressed_size"),
    });
    this.#offset += writer.offset;
    this.#rows += bars.length;
    return writer.getBytes();
  }

  /** The bytes that a file ends with. */
  end(metadata: readonly KeyValue[]): Uint8Array {
    const writer = new ByteWriter();
    writeMetadata(writer, {
      version: 2,
      created_by: WRITER,
      schema: [...BAR_SCHEMA],
      num_rows: BigInt(this.#rows),
      row_groups: this.#groups,
      key_value_metadata: [...metadata],
      metadata_length: 0,
    });
    writer.appendBytes(MAGIC);
    return writer.getBytes();
  }

  #chunk(
    writer: ByteWriter,
    bars: BarColumns,
    { name, isTime, of }: (typeof BAR_COLUMNS)[number],
  ): ColumnChunk {
    const values = of(bars).subarray(0, bars.length);
    const { bytes, min, max } = isTime ? instantBytes(values) : doubleBytes(values);
    const page = snappyCompress(bytes);
    const start = writer.offset;
    writePageHeader(writer, {
      type: "DATA_PAGE",
      uncompressed_page_size: bytes.length,
      compressed_page_size: page.length,
      // Kept in an integer with a sign.
      crc: crc32(page) | 0,
      data_page_header: {
        num_values: values.length,
        encoding: "PLAIN",
        definition_level_encoding: "RLE",
        repetition_level_encoding: "RLE",
      },
    });
    const headerSize = writer.offset - start;
    writer.appendBytes(page);
    const offset = BigInt(this.#offset + start);
    return {
      file_offset: offset,
      meta_data: {
        type: isTime ? "INT64" : "DOUBLE",
        encodings: ["PLAIN", "RLE"],
        path_in_schema: [name],
        codec: "SNAPPY",
        num_values: BigInt(values.length),
        total_uncompressed_size: BigInt(headerSize + bytes.length),
        total_compressed_size: BigInt(writer.offset - start),
        data_page_offset: offset,
        statistics: { null_count: 0n, min_value: min, max_value: max },
      },
    };
  }
}
