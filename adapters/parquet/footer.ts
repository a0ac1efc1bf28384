import type { FileHandle } from "node:fs/promises";
import {
  type ColumnMetaData,
  type FileMetaData,
  type ParquetParsers,
  parquetMetadata,
  type SchemaElement,
} from "hyparquet";
import { BarlineError, fail } from "../../core/time/failure.ts";
import { cutShort, damaged, understood } from "./damage.ts";

/** A column that has one value a row, at the top of the schema. */
export interface FlatColumn {
  readonly name: string;
  readonly element: SchemaElement;
  /** Where it stands among all columns, those inside of others included. */
  readonly index: number;
}

/** The rows of a file come in groups; each column has its values of a group in one place. */
export interface RowGroupPlan {
  readonly rows: number;
  readonly chunks: FileMetaData["row_groups"][number]["columns"];
}

/** What the end of a file says of it. */
export interface Footer {
  readonly file: string;
  /** Where the footer begins and the data end. */
  readonly dataEnd: number;
  readonly rows: number;
  readonly groups: readonly RowGroupPlan[];
  /** Columns that could be a bar's; `undefined` stands for one that is made of others. */
  readonly columns: readonly (FlatColumn | undefined)[];
  readonly names: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly createdBy: string | undefined;
}

const MAGIC = 0x31524150;
const ENCRYPTED_MAGIC = 0x45524150;
const TAIL_BYTES = 8;
const LEAST_BYTES = 12;
/** A group is in memory at once; nobody writes larger ones. */
const MAX_GROUP_ROWS = 16_777_216;

/** Bounds in the statistics stay the numbers that they are in the file. */
const asTheyAre = <T>(value: T): T => value;
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: asTheyAre,
  timestampFromMicroseconds: asTheyAre,
  timestampFromNanoseconds: asTheyAre,
  dateFromDays: asTheyAre,
};

/** Reads bytes of a file from `from` to `to`, exclusive. */
export async function readBytes(
  handle: FileHandle,
  file: string,
  from: number,
  to: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done);
    if (bytesRead === 0) throw cutShort(file);
    done += bytesRead;
  }
  return bytes;
}

/** Reads the footer of a file, and checks all that it can show of itself. */
export async function readFooter(handle: FileHandle, file: string): Promise<Footer> {
  const { size } = await handle.stat();
  const length = await footerLength(handle, file, size);
  const dataEnd = size - TAIL_BYTES - length;
  const bytes = await readBytes(handle, file, dataEnd, size);
  const where = `${file}, footer`;
  return understood(where, () => {
    const metadata = parquetMetadata(bytes, {
      parsers: PARSERS as ParquetParsers,
      geoparquet: false,
    });
    return footerOf(metadata, file, where, dataEnd);
  });
}

async function footerLength(handle: FileHandle, file: string, size: number): Promise<number> {
  if (size === 0) {
    fail("empty-file", "the file is empty", { where: file, cure: "it needs to be a Parquet file" });
  }
  const first = await readBytes(handle, file, 0, Math.min(4, size));
  const isParquet = first.length === 4 && new DataView(first.buffer).getUint32(0, true) === MAGIC;
  if (!isParquet) {
    const cure = "name a Parquet file, or read it in the format that it has";
    fail("not-parquet", "it is no Parquet file", { where: file, cure });
  }
  if (size < LEAST_BYTES) throw cutShort(file);
  const tail = new DataView((await readBytes(handle, file, size - TAIL_BYTES, size)).buffer);
  const mark = tail.getUint32(4, true);
  if (mark === ENCRYPTED_MAGIC) {
    const cure = "write it without encryption";
    fail("encrypted-parquet", "the file is encrypted", { where: file, cure });
  }
  if (mark !== MAGIC) throw cutShort(file);
  const length = tail.getUint32(0, true);
  if (length > size - LEAST_BYTES) throw damaged(`${file}, footer`, "it is longer than the file");
  return length;
}

function footerOf(metadata: FileMetaData, file: string, where: string, dataEnd: number): Footer {
  const { columns, leaves } = columnsOf(metadata.schema, where);
  const groups = metadata.row_groups.map(({ columns: chunks, num_rows }): RowGroupPlan => {
    const rows = Number(num_rows);
    if (!(rows >= 0) || chunks.length !== leaves) {
      throw damaged(where, "a row group has other columns than the schema");
    }
    if (rows > MAX_GROUP_ROWS) {
      throw new BarlineError("row-group-too-large", `a row group has ${rows} rows`, {
        where,
        cure: `write the file with row groups of ${MAX_GROUP_ROWS} rows at most`,
      });
    }
    return { rows, chunks };
  });
  const rows = Number(metadata.num_rows);
  if (groups.reduce((sum, group) => sum + group.rows, 0) !== rows) {
    throw damaged(where, "the row groups have not as many rows as the file");
  }
  const pairs = metadata.key_value_metadata ?? [];
  return {
    file,
    dataEnd,
    rows,
    groups,
    columns: columns.map(({ column }) => column),
    names: columns.map(({ name }) => name),
    metadata: new Map(pairs.map(({ key, value }) => [key, value ?? ""])),
    createdBy: metadata.created_by,
  };
}

/** The columns at the top of the schema, and how many there are at its ends. */
function columnsOf(
  schema: readonly SchemaElement[],
  where: string,
): { columns: { name: string; column: FlatColumn | undefined }[]; leaves: number } {
  const columns: { name: string; column: FlatColumn | undefined }[] = [];
  let at = 1;
  let leaves = 0;
  /** Passes over an element and all that is inside of it. */
  const pass = (): SchemaElement => {
    const element = schema[at];
    if (element === undefined) throw damaged(where, "the schema ends too early");
    at += 1;
    const children = element.num_children ?? 0;
    for (let child = 0; child < children; child += 1) pass();
    if (children === 0) leaves += 1;
    return element;
  };
  while (at < schema.length) {
    const index = leaves;
    const isFlat = (schema[at]!.num_children ?? 0) === 0;
    const element = pass();
    const { name } = element;
    if (typeof name !== "string") throw damaged(where, "a column has no name");
    const isOne = isFlat && element.repetition_type !== "REPEATED";
    columns.push({ name, column: isOne ? { name, element, index } : undefined });
  }
  if (columns.length !== schema[0]?.num_children) {
    throw damaged(where, "the schema has another number of columns than it says");
  }
  return { columns, leaves };
}

/** What the footer says of a column in a row group; throws where it contradicts itself. */
export function chunkOf(
  footer: Footer,
  group: RowGroupPlan,
  column: FlatColumn,
  where: string,
): ColumnMetaData {
  const chunk = group.chunks[column.index];
  const metadata = chunk?.meta_data;
  if (chunk === undefined || metadata === undefined || (chunk.file_path ?? "") !== "") {
    throw damaged(where, "its data are not in this file");
  }
  const path = metadata.path_in_schema;
  if (path.length !== 1 || path[0] !== column.name || metadata.type !== column.element.type) {
    throw damaged(where, "the row group and the schema do not say the same of it");
  }
  if (Number(metadata.num_values) !== group.rows) {
    throw damaged(where, `it has ${metadata.num_values} values for ${group.rows} rows`);
  }
  const { start, end } = rangeOf(metadata);
  if (!(start >= 4 && end > start && end <= footer.dataEnd)) {
    throw damaged(where, "its data would lie outside the file");
  }
  return metadata;
}

/** Where the data of a column in a row group lie in the file. */
export function rangeOf(metadata: ColumnMetaData): {
  readonly start: number;
  readonly end: number;
} {
  const data = Number(metadata.data_page_offset);
  const dictionary = Number(metadata.dictionary_page_offset ?? 0);
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  return { start, end: start + Number(metadata.total_compressed_size) };
}
