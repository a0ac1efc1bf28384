import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inspectCsv } from "../../../adapters/csv/inspect-csv.ts";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { explainFileError, feedFaultOf } from "../../../adapters/rows/file-errors.ts";
import { failureOf, HEADER, temporaryFolder, writeFile } from "./csv-files.ts";
import { expectTrouble, GOOD, OPTIONS, ROWS, type Trouble, withRow } from "./csv-troubles.ts";

// Goal: whatever keeps a file from being read is one line with place and cure, and nothing hangs.

const folder = temporaryFolder();
const path = folder.path("bars.csv");

const FATAL: readonly Trouble[] = [
  { what: "nothing", content: "", code: "empty-file", message: ": the file is empty" },
  {
    what: "blank lines",
    content: "\n\r\n  \n",
    code: "empty-file",
    message: ": the file is empty",
  },
  { what: "a mark alone", content: "\ufeff", code: "empty-file", message: ": the file is empty" },
  {
    what: "packed nothing",
    content: gzipSync(""),
    code: "empty-file",
    message: ": the file is empty",
  },
  {
    what: "a header alone",
    content: `${HEADER}\n\n`,
    code: "no-rows",
    message: ": the file has a header and no rows",
  },
  {
    what: "a missing column",
    content: GOOD.replace("low", "lowest"),
    code: "missing-column",
    message:
      ':1: there is no column named like "low" for the low among ' +
      "open_time, open, high, lowest, close, volume",
  },
  {
    what: "a missing volume",
    content: "time,open,high,low,close\n2024-01-02T10:00:00Z,2,3,1,2\n",
    code: "missing-column",
    message:
      ':1: there is no column named like "volume" for the volume among ' +
      "time, open, high, low, close",
  },
  {
    what: "a stated column that is missing",
    content: GOOD,
    code: "missing-column",
    message:
      ':1: there is no column "Last" for the close among open_time, open, high, low, close, volume',
    settings: { columns: { close: "Last" } },
  },
  {
    what: "no header",
    content: `${ROWS.join("\n")}\n`,
    code: "missing-column",
    message: ":1: the first line is a bar, not a header",
  },
  {
    what: "no time",
    content: GOOD.replace("open_time", "when"),
    code: "missing-column",
    message:
      ':1: there is no column named like "time" for the time among ' +
      "when, open, high, low, close, volume",
  },
  {
    what: "two columns of one name",
    content: GOOD.replace("volume", "Close"),
    code: "ambiguous-column",
    message: ':1:6: columns 5 and 6 are both "close"',
  },
  {
    what: "times without a zone",
    content: GOOD.replaceAll("Z", ""),
    code: "zone-needed",
    message: ':2:1 (open_time): the time "2024-01-02T10:00:00" states no offset from UTC',
  },
  {
    what: "unknown times",
    content: GOOD.replaceAll("2024-01-02T", "2nd Jan 2024 "),
    code: "unknown-time-form",
    message: ':2:1 (open_time): "2nd Jan 2024 10:00:00Z" is in no known form of time',
  },
  {
    what: "twelve digits that could be two things",
    content: GOOD.replaceAll(/2024-01-02T(..):(..):00Z/g, "20240102$1$2"),
    code: "unknown-time-form",
    message: ':2:1 (open_time): "202401021000" is in no known form of time',
  },
  {
    what: "dates for bars of minutes",
    content: GOOD.replaceAll(/T..:..:00Z/g, ""),
    code: "time-of-day-needed",
    message: ':2:1 (open_time): "2024-01-02" is a date, and the bars are of 15m',
  },
  {
    what: "an unclosed quote",
    content: withRow('"2024-01-02T10:15:00Z,2,3,1,2,10'),
    code: "bad-quotes",
    message: ":3: a quotation mark is opened here and never closed",
  },
  {
    what: "a quote within a field",
    content: withRow('2024-01-02T10:15:00Z,2,3",1,2,10'),
    code: "bad-quotes",
    message: ":3: a quotation mark stands in the middle of a field",
  },
  {
    what: "a quote that swallows a megabyte",
    content: withRow(`"${`${ROWS[1]}\n`.repeat(80_000)}`),
    code: "record-too-long",
    message: ":3: the row that begins here exceeds 1 MiB",
  },
  {
    what: "a line of nothing but commas",
    content: withRow(",".repeat(3_000_000)),
    code: "line-too-long",
    message: ":3: the line is longer than 1 MiB",
  },
  {
    what: "a header without an end",
    content: "a".repeat(1_500_000),
    code: "line-too-long",
    message: ":1: the line is longer than 1 MiB",
  },
  {
    what: "a NUL byte",
    content: withRow("2024-01-02T10:15:00Z,2,3\0,1,2,10"),
    code: "binary-data",
    message: ":3: the line has a NUL byte, so it is no text",
  },
  {
    what: "binary junk",
    content: Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7_919) % 251),
    code: "binary-data",
    message: ":1: the line has a NUL byte, so it is no text",
  },
  {
    what: "Latin-1 text",
    content: Buffer.from(withRow("2024-01-02T10:15:00Z,2,3,1,2,10\u00a0"), "latin1"),
    code: "not-utf-8",
    message: ":3: the line is not UTF-8 text",
  },
  {
    what: "UTF-16 text",
    content: Buffer.from(`\ufeff${GOOD}`, "utf16le"),
    code: "not-csv",
    message: ": it is UTF-16 text",
  },
  {
    what: "a workbook",
    content: Buffer.from("PK\x03\x04 and so on"),
    code: "not-csv",
    message: ": it is a zip archive or a workbook",
  },
  {
    what: "a truncated gzip",
    content: gzipSync(GOOD).subarray(0, -12),
    code: "truncated-gzip",
    message: ": the gzip data end too early",
  },
  {
    what: "two bytes of gzip",
    content: Uint8Array.of(0x1f, 0x8b),
    code: "truncated-gzip",
    message: ": the gzip data end too early",
  },
  {
    what: "a corrupt gzip",
    content: gzipSync(GOOD).map((byte, index) => (index === 30 ? byte ^ 0xff : byte)),
    code: "corrupt-gzip",
    message: ": the gzip data are damaged",
  },
];

describe("a file that cannot be read", () => {
  // Goal: each ends in one line that says what, where and what to do.
  for (const trouble of FATAL) {
    it(`names ${trouble.what}`, () => expectTrouble(trouble, path));
  }

  it("may be a folder, a pipe, or absent", async () => {
    const directory = folder.path("directory.csv");
    mkdirSync(directory);
    const pipe = folder.path("pipe.csv");
    execFileSync("mkfifo", [pipe]);
    for (const [file, code] of [
      [directory, "is-a-directory"],
      [pipe, "not-a-file"],
      ["/dev/zero", "not-a-file"],
      [folder.path("absent.csv"), "no-such-file"],
      [`${writeFile(path, GOOD)}/below.csv`, "no-such-file"],
    ] as const) {
      const error = await failureOf(readCsvBars(file, OPTIONS));
      expect(error.code).toBe(code);
      expect(error.message.startsWith(`${file}: `)).toBe(true);
    }
  });

  // Goal: root may read everything, so what others are told is checked on the system's own error.
  it("may be forbidden, or fail in a way nobody foresaw", () => {
    const forbidden = Object.assign(new Error("EACCES"), { code: "EACCES" });
    expect(explainFileError(forbidden, "a.csv")).toMatchObject({
      code: "no-permission",
      message: "a.csv: you have no permission for it; change the file's permissions",
    });
    const broken = Object.assign(new Error("i/o error, read"), { code: "EIO" });
    expect(explainFileError(broken, "a.csv")).toMatchObject({
      code: "file-failed",
      message: "a.csv: the system reports: i/o error, read; check the disk and the path",
    });
  });

  // Goal: asking again is advised only where it can help.
  it("is worth another try only where the system, not the file, is at fault", () => {
    const retryOf = (code: string) =>
      feedFaultOf(explainFileError(Object.assign(new Error(code), { code }), "a.csv")).retry;
    expect(retryOf("EMFILE")).toBe("later");
    expect(retryOf("EIO")).toBe("later");
    expect(retryOf("ENOENT")).toBe("never");
    expect(retryOf("Z_DATA_ERROR")).toBe("never");
  });

  // Goal: a line of 500 MB costs what its first megabyte costs.
  it("may be a line of 500 MB", async () => {
    const file = folder.path("line.csv");
    const handle = openSync(file, "w");
    const piece = Buffer.alloc(10_000_000, "7");
    writeSync(handle, GOOD);
    for (let written = 0; written < 500_000_000; written += piece.length) {
      writeSync(handle, piece);
    }
    closeSync(handle);
    const error = await failureOf(readCsvBars(file, OPTIONS));
    expect(error.message).toBe(
      `${file}:5: the line is longer than 1 MiB; check that it is a CSV file with one bar a line`,
    );
  }, 60_000);

  // Goal: looking at a file meets the same troubles in the same words.
  it("cannot be inspected either", async () => {
    for (const code of ["empty-file", "no-rows", "missing-column", "truncated-gzip"]) {
      const trouble = FATAL.find((each) => each.code === code)!;
      writeFile(path, trouble.content);
      expect((await failureOf(inspectCsv(path))).code).toBe(code);
    }
  });
});
