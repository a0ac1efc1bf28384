export type { OpenTimeFilter } from "../rows/bar-rows.ts";
export { inspectParquet, type ParquetProfile } from "./inspect-parquet.ts";
export { ParquetBarSource } from "./parquet-bar-source.ts";
export type {
  ParquetColumnNames,
  ParquetDialect,
  ParquetOptions,
  ParquetTimeForm,
} from "./parquet-options.ts";
export { type ParquetReport, readParquetBars } from "./read-parquet.ts";
export { type ParquetAbout, writeParquetBars } from "./write-parquet.ts";
