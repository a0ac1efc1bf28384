import { expect } from "vitest";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { failureOf, HEADER, writeFile } from "./csv-files.ts";

export const OPTIONS: CsvOptions = { series: series(instrument("TEST"), barSize("15m")) };
export const ROWS = [
  "2024-01-02T10:00:00Z,2,3,1,2,10",
  "2024-01-02T10:15:00Z,2,3,1,2,10",
  "2024-01-02T10:30:00Z,2,3,1,2,10",
];
export const GOOD = `${[HEADER, ...ROWS].join("\n")}\n`;

/** A sound file with its third line (the second bar) replaced. */
export const withRow = (row: string): string => `${HEADER}\n${ROWS[0]}\n${row}\n${ROWS[2]}\n`;

/** What is wrong with a file, and what must be said about it. */
export interface Trouble {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly code: string;
  /** What stands after the file's path, up to the cure. */
  readonly message: string;
  readonly settings?: Partial<CsvOptions>;
}

/** Expects one line that says what, where and what to do. */
export async function expectTrouble(trouble: Trouble, file: string): Promise<void> {
  writeFile(file, trouble.content);
  const error = await failureOf(readCsvBars(file, { ...OPTIONS, ...trouble.settings }));
  expect(error.code).toBe(trouble.code);
  expect(error.message).not.toContain("\n");
  expect(error.message.startsWith(`${file}${trouble.message}; `)).toBe(true);
  expect(error.cure).toMatch(/.{10,}/);
}
