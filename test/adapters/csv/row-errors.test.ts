import { describe, expect, it } from "vitest";
import { CsvBarSource } from "../../../adapters/csv/csv-bar-source.ts";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import { readCsvBars } from "../../../adapters/csv/read-csv.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { failureOf, HEADER, temporaryFolder, writeFile } from "./csv-files.ts";
import { expectTrouble, GOOD, OPTIONS, ROWS, type Trouble, withRow } from "./csv-troubles.ts";

// Goal: a row that cannot be a bar never passes, and names file, line, column and cure.

const folder = temporaryFolder();
const path = folder.path("bars.csv");

const ROW_FAULTS: readonly Trouble[] = [
  {
    what: "too few fields",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,2"),
    code: "field-count",
    message: ":3:6 (volume): the row has 5 fields, the header has 6",
  },
  {
    what: "too many fields",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,2,10,11"),
    code: "field-count",
    message: ":3:7: the row has 7 fields, the header has 6",
  },
  {
    what: "a time of another form",
    content: withRow("2024-01-02T10:15:00,2,3,1,2,10"),
    code: "time-form",
    message: ':3:1 (open_time): "2024-01-02T10:15:00" is not a time of the form iso',
  },
  {
    what: "a date that does not exist",
    content: withRow("2023-02-29T10:15:00Z,2,3,1,2,10"),
    code: "time-form",
    message: ':3:1 (open_time): "2023-02-29T10:15:00Z" is not a time of the form iso',
  },
  ...["", "NaN", "null", "0x10", "Infinity", "1e999", "1 000", "1,5", "--1", "."].map((text) => ({
    what: `the price ${JSON.stringify(text)}`,
    content: withRow(`2024-01-02T10:15:00Z,2,"${text}",1,2,10`),
    code: "not-a-number",
    message: `:3:3 (high): ${text === "" ? "the field is empty" : `"${text}" is not a number`}`,
  })),
  {
    what: "a high below the low",
    content: withRow("2024-01-02T10:15:00Z,2,1,3,2,10"),
    code: "impossible-bar",
    message: ":3:3 (high): its high is below its low",
  },
  {
    what: "a close above the high",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,4,10"),
    code: "impossible-bar",
    message: ":3:5 (close): its close lies outside low to high",
  },
  {
    what: "a negative volume",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,2,-5"),
    code: "impossible-bar",
    message: ":3:6 (volume): its volume is negative",
  },
  {
    what: "prices whose sum is no double",
    content: withRow("2024-01-02T10:15:00Z,1e308,1e308,1e308,1e308,10"),
    code: "impossible-bar",
    message: ":3:3 (high): a price is not a finite number",
  },
  {
    what: "a price of zero",
    content: withRow("2024-01-02T10:15:00Z,2,3,0,2,10"),
    code: "price-not-positive",
    message: ":3:4 (low): a price is zero or negative",
  },
  {
    what: "-1 for the prices",
    content: withRow("2024-01-02T10:15:00Z,-1,-1,-1,-1,0"),
    code: "sentinel",
    message: ":3:2 (open): -1 stands for a value that does not exist",
  },
  ...(
    [
      ["high", "2,-1,1,2,10", 3],
      ["low", "2,3,-1,2,10", 4],
      ["close", "2,3,1,-1,10", 5],
    ] as const
  ).map(([name, values, column]) => ({
    what: `-1 for the ${name}`,
    content: withRow(`2024-01-02T10:15:00Z,${values}`),
    code: "sentinel",
    message: `:3:${column} (${name}): -1 stands for a value that does not exist`,
  })),
  {
    what: "-1 for the volume",
    content: withRow("2024-01-02T10:15:00Z,2,3,1,2,-1"),
    code: "sentinel",
    message: ":3:6 (volume): -1 stands for a value that does not exist",
  },
  {
    what: "an earlier time",
    content: withRow("2024-01-02T09:45:00Z,2,3,1,2,10"),
    code: "unsorted",
    message:
      ":3:1 (open_time): the bar of 2024-01-02T09:45:00.000Z comes after that of " +
      "2024-01-02T10:00:00.000Z",
  },
  {
    what: "a bar twice",
    content: withRow(ROWS[0]!),
    code: "duplicate",
    message: ":3:1 (open_time): the bar of 2024-01-02T10:00:00.000Z is there twice",
  },
  {
    what: "a bar twice with other values",
    content: withRow("2024-01-02T10:00:00Z,2,3,1,2,11"),
    code: "conflict",
    message:
      ":3:1 (open_time): the bar of 2024-01-02T10:00:00.000Z is there twice, " +
      "with different values",
  },
  {
    what: "bars closer than their size",
    content: withRow("2024-01-02T10:01:00Z,2,3,1,2,10"),
    code: "overlap",
    message:
      ":3:1 (open_time): the bar of 2024-01-02T10:01:00.000Z opens before the one before it closes",
  },
];

describe("a row that cannot be a bar", () => {
  // Goal: by default the first fault ends the reading, with file, line, column and cure.
  for (const trouble of ROW_FAULTS) {
    it(`fails by default: ${trouble.what}`, () => expectTrouble(trouble, path));
  }

  // Goal: under the policy skip the other rows are read, and nothing is left out unreported.
  for (const { what, content, code, message } of ROW_FAULTS) {
    it(`is counted when skipped: ${what}`, async () => {
      writeFile(path, content);
      const { bars, report } = await readCsvBars(path, { ...OPTIONS, onFault: "skip" });
      expect([...bars].map((bar) => bar.openTime)).toEqual([1704189600000, 1704191400000]);
      expect(report).toMatchObject({ rows: 3, bars: 2, skipped: 1 });
      expect(report.faults).toHaveLength(1);
      expect(report.faults[0]).toMatchObject({ kind: code, count: 1 });
      expect(report.faults[0]!.examples[0]).toContain(`${path}${message}; `);
    });
  }

  it("follows the policy of its own kind", async () => {
    writeFile(path, withRow("2024-01-02T10:15:00Z,x,3,1,2,10"));
    const skipsOthers = { ...OPTIONS, onFault: { duplicate: "skip" } } as const;
    expect((await failureOf(readCsvBars(path, skipsOthers))).code).toBe("not-a-number");
    const skipsThis = { ...OPTIONS, onFault: { "not-a-number": "skip" } } as const;
    expect((await readCsvBars(path, skipsThis)).bars.length).toBe(2);
  });

  // Goal: the first trouble of a file is the one that is told, whatever comes right behind it.
  it("is told of before a worse trouble that follows it", async () => {
    writeFile(path, `${HEADER}\n2024-01-02T10:00:00Z,2,3,1,2,x\n\0\n`);
    expect((await failureOf(readCsvBars(path, OPTIONS))).where).toBe(`${path}:2:6 (volume)`);
  });

  it("gives no more than five examples of a kind", async () => {
    writeFile(path, `${GOOD}${"x\n".repeat(20)}`);
    const { report } = await readCsvBars(path, { ...OPTIONS, onFault: "skip" });
    expect(report.faults).toMatchObject([{ kind: "field-count", count: 20 }]);
    expect(report.faults[0]!.examples).toHaveLength(5);
  });

  // Goal: a policy for a kind that does not exist is a mistake, not a wish that is ignored.
  it("has a kind that is known", () => {
    const onFault = { nonsense: "skip" } as NonNullable<CsvOptions["onFault"]>;
    expect(() => new CsvBarSource(path, { ...OPTIONS, onFault })).toThrow(
      'there is no kind of fault called "nonsense"; use field-count',
    );
  });

  it("may have a negative price where the instrument allows it", async () => {
    writeFile(path, withRow("2024-01-02T10:15:00Z,-2,0,-3,-1,10"));
    const spread = instrument("SPREAD", { allowsNegativePrice: true });
    const { bars } = await readCsvBars(path, { series: series(spread, barSize("15m")) });
    expect(bars.at(1)).toMatchObject({ open: -2, high: 0, low: -3, close: -1 });
    writeFile(path, withRow("2024-01-02T10:15:00Z,-2,-1,-3,0,10"));
    const error = await failureOf(readCsvBars(path, { series: series(spread, barSize("15m")) }));
    expect(error.code).toBe("impossible-bar");
  });
});

describe("the line of a fault", () => {
  // Goal: it is the line an editor shows, blank lines and quoted line ends included.
  for (const lineEnd of ["\n", "\r\n", "\r"]) {
    it(`counts lines that end with ${JSON.stringify(lineEnd)}`, async () => {
      const lines = [
        `note,${HEADER}`,
        "",
        `"two\nlines",${ROWS[0]}`,
        "",
        "",
        `"three\n\nlines",${ROWS[1]}`,
        `,${ROWS[2]}x`,
      ];
      writeFile(path, lines.join("\n").replaceAll("\n", lineEnd));
      const error = await failureOf(readCsvBars(path, OPTIONS));
      expect(error.message).toContain(`${path}:10:7 (volume): "10x" is not a number`);
    });
  }

  it("does not mind that ends of lines are mixed", async () => {
    writeFile(path, `${HEADER}\r\n${ROWS[0]}\n${ROWS[1]}\r\n"x",2,3,1,2,"10"\n`);
    const error = await failureOf(readCsvBars(path, OPTIONS));
    expect(error.where).toBe(`${path}:4:1 (open_time)`);
  });

  it("is right far into a file", async () => {
    const many = Array.from(
      { length: 20_000 },
      (_, index) => `${1_700_000_100 + index * 900},2,3,1,2,0`,
    );
    const file = writeFile(path, `${[HEADER, ...many].join("\n")}\nx,2,3,1,2,0`);
    const error = await failureOf(readCsvBars(file, OPTIONS));
    expect(error.where).toBe(`${file}:20002:1 (open_time)`);
  });
});
