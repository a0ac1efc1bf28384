export type { OpenTimeFilter } from "../rows/bar-rows.ts";
export { ParquetBarSource } from "./parquet-bar-source.ts";
export type {
  ParquetColumnNames,
  ParquetDialect,
  ParquetOptions,
  ParquetTimeForm,
} from "./parquet-options.ts";
export { type ParquetReport, readParquetBars } from "./read-parquet.ts";
export { type ParquetAbout, writeParquetBars } from "./write-parquet.ts";
