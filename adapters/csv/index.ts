export type { OpenTimeFilter } from "../rows/bar-rows.ts";
export type {
  RowFaultCount as CsvFaultCount,
  RowFaultKind as CsvFaultKind,
  RowFaultPolicy as CsvFaultPolicy,
  RowReport as CsvReport,
} from "../rows/row-fault.ts";
export { CsvBarSource } from "./csv-bar-source.ts";
export type { CsvColumnNames, CsvDialect, CsvOptions, CsvTimeForm } from "./csv-options.ts";
export { type CsvProfile, type InspectOptions, inspectCsv } from "./inspect-csv.ts";
export { readCsvBars } from "./read-csv.ts";
export { CSV_HEADER, formatCsvBars, writeCsvBars } from "./write-csv.ts";
