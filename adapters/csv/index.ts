export type { OpenTimeFilter } from "./bar-rows.ts";
export { CsvBarSource } from "./csv-bar-source.ts";
export type { CsvFaultCount, CsvFaultKind, CsvFaultPolicy, CsvReport } from "./csv-fault.ts";
export type { CsvColumnNames, CsvDialect, CsvOptions, CsvTimeForm } from "./csv-options.ts";
export { type CsvProfile, type InspectOptions, inspectCsv } from "./inspect-csv.ts";
export { readCsvBars } from "./read-csv.ts";
export { CSV_HEADER, formatCsvBars, writeCsvBars } from "./write-csv.ts";
