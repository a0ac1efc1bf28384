import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CsvBarSource } from "../../../adapters/csv/csv-bar-source.ts";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import { formatCsvBars } from "../../../adapters/csv/write-csv.ts";
import type { BarQuery } from "../../../core/feed/bar-source.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { instant } from "../../../core/time/instant.ts";
import { CONTRACT_SERIES, testBarSourceContract } from "../../contracts/bar-source-contract.ts";
import { RecordingSink } from "../../contracts/recording-sink.ts";
import { HEADER, temporaryFolder, writeFile } from "./csv-files.ts";

// Goal: the file as a source keeps the contract, and its outcome and claims are true.

const folder = temporaryFolder();
let files = 0;

function csvFile(content: string): string {
  files += 1;
  return writeFile(folder.path(`bars-${files}.csv`), content);
}

testBarSourceContract({
  name: "CsvBarSource",
  open: (bars) =>
    new CsvBarSource(csvFile(`${HEADER}\n${formatCsvBars(BarColumns.of(bars))}`), {
      series: CONTRACT_SERIES,
    }),
  // A header without rows is a mistake more often than an empty history.
  outcomeOfNothing: "failed",
  failing: () => new CsvBarSource(folder.path("absent.csv"), { series: CONTRACT_SERIES }),
});

const options: CsvOptions = { series: CONTRACT_SERIES };

/** What a link points to; undefined where it is gone by now. */
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

function hear(
  file: string,
  query: Partial<BarQuery> = {},
  settings: Partial<CsvOptions> = {},
): Promise<RecordingSink> {
  return new Promise((resolve) => {
    const sink = new RecordingSink();
    sink.onCall = () => {
      if (sink.outcomes.length > 0) resolve(sink);
    };
    const source = new CsvBarSource(file, { ...options, ...settings });
    source.open({ series: CONTRACT_SERIES, ...query }, sink);
  });
}

const at = (time: string): number => instant(`2024-01-02T${time}:00Z`);
const row = (time: string, close = "2"): string => `2024-01-02T${time}:00Z,2,3,1,${close},10\n`;

describe("the outcome of a CSV source", () => {
  // Goal: complete, empty, partial and failed are told apart by what the file held.
  it("is empty where the file has bars, but none in the range", async () => {
    const file = csvFile(`${HEADER}\n${row("10:00")}${row("12:00")}`);
    const sink = await hear(file, { from: at("10:15"), to: at("11:00") });
    expect(sink.outcomes).toEqual([{ kind: "empty" }]);
    // Between its first and its last bar the file knows that there is nothing.
    expect(sink.claims.map(({ range }) => range)).toEqual([{ from: at("10:15"), to: at("11:00") }]);
  });

  it("claims nothing before its first bar and nothing after its last", async () => {
    const file = csvFile(`${HEADER}\n${row("10:00")}${row("10:15")}`);
    const late = await hear(file, { from: at("11:00") });
    expect(late.outcomes).toEqual([{ kind: "empty" }]);
    expect(late.claims).toEqual([]);
    const wide = await hear(file, { from: at("09:00"), to: at("12:00") });
    expect(wide.outcomes).toEqual([{ kind: "complete" }]);
    expect(wide.claims.map(({ range }) => range)).toEqual([{ from: at("10:00"), to: at("10:30") }]);
  });

  it("claims up to the end of the range where the file goes on", async () => {
    const file = csvFile(`${HEADER}\n${row("10:00")}${row("12:00")}`);
    const sink = await hear(file, { to: at("11:00") });
    expect(sink.claims.map(({ range }) => range)).toEqual([{ from: at("10:00"), to: at("11:00") }]);
  });

  it("is partial where a faulty row comes after sound ones, which are delivered", async () => {
    const file = csvFile(`${HEADER}\n${row("10:00")}${row("10:15", "x")}${row("10:30")}`);
    const sink = await hear(file);
    expect(sink.delivered.map((bar) => bar.openTime)).toEqual([at("10:00")]);
    expect(sink.claims.map(({ range }) => range)).toEqual([{ from: at("10:00"), to: at("10:15") }]);
    expect(sink.outcomes[0]).toMatchObject({
      kind: "partial",
      fault: {
        code: "not-a-number",
        message: expect.stringContaining(`${file}:3:5 (close): "x" is not a number; `),
        retry: "never",
      },
    });
  });

  it("is failed where nothing was sound", async () => {
    const sink = await hear(csvFile(`${HEADER}\n${row("10:00", "")}`));
    expect(sink.outcomes[0]).toMatchObject({ kind: "failed", fault: { code: "not-a-number" } });
  });

  it("is failed for another series than the file's", async () => {
    const other = series(instrument("OTHER"), CONTRACT_SERIES.size);
    const sink = await hear(csvFile(`${HEADER}\n${row("10:00")}`), { series: other });
    expect(sink.outcomes[0]).toMatchObject({ kind: "failed", fault: { code: "wrong-series" } });
  });
});

describe("rows that the policy leaves out", () => {
  const content = `${HEADER}\n${row("10:00")}${row("10:15", "")}${row("10:30")}${row("10:30")}`;

  // Goal: a skipped row is announced, its bar lost, its place not claimed to have had no bar.
  it("are rejections, a gap, and a hole in the coverage", async () => {
    const file = csvFile(content);
    const sink = await hear(file, {}, { onFault: "skip" });
    expect(sink.delivered.map((bar) => bar.openTime)).toEqual([at("10:00"), at("10:30")]);
    expect(sink.events).toMatchObject([
      { type: "rejection", fault: "price-not-finite", bar: { openTime: at("10:15") } },
      { type: "gap", outcome: "lost", range: { from: at("10:15"), to: at("10:30") } },
      { type: "rejection", fault: "too-old", bar: { openTime: at("10:30") } },
    ]);
    expect(sink.claims.map(({ range }) => range)).toEqual([
      { from: at("10:00"), to: at("10:15") },
      { from: at("10:30"), to: at("10:45") },
    ]);
    expect(sink.outcomes[0]).toMatchObject({
      kind: "partial",
      fault: {
        code: "rows-skipped",
        message: expect.stringContaining(
          `2 rows left out: 1 not-a-number, 1 duplicate; first: ${file}:3:5 (close): the field`,
        ),
      },
    });
  });

  // Goal: what cannot have been a wanted bar does not spoil the outcome.
  it("leave a source complete where they only repeat a bar or lie before the range", async () => {
    const file = csvFile(content);
    const sink = await hear(file, { from: at("10:30") }, { onFault: "skip" });
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
    expect(sink.events).toHaveLength(1);
  });

  // Goal: a sink that closes at any word hears nothing of what was read with it.
  it.each([1, 2, 3, 4, 5, 6, 7])("are silent once it was closed at word %i", async (last) => {
    const sink = new RecordingSink();
    const source = new CsvBarSource(csvFile(content), { ...options, onFault: "skip" });
    const subscription = source.open({ series: CONTRACT_SERIES }, sink);
    await new Promise<void>((resolve) => {
      sink.onCall = () => {
        if (sink.calls < last) return;
        subscription.close();
        resolve();
      };
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(sink.calls).toBe(last);
  });

  it("count at the end of the file too", async () => {
    const sink = await hear(
      csvFile(`${HEADER}\n${row("10:00")}${row("10:15", "")}`),
      {},
      {
        onFault: { "not-a-number": "skip" },
      },
    );
    expect(sink.outcomes[0]).toMatchObject({ kind: "partial", fault: { code: "rows-skipped" } });
  });
});

describe("a file larger than one block", () => {
  const rows = 40_000;
  const file = folder.path("large.csv");
  const lines = [HEADER];
  for (let index = 0; index < rows; index += 1) {
    lines.push(`${1_700_000_100 + index * 900},2,3,1,2,${index}`);
  }
  writeFileSync(file, `${lines.join("\n")}\n`);

  // Goal: batches of some thousand bars, nothing lost or doubled where blocks meet.
  it("comes in batches whose claims are contiguous", async () => {
    const sink = await hear(file);
    expect(sink.delivered.map((bar) => bar.volume)).toEqual([...Array(rows).keys()]);
    expect(sink.batches.length).toBeGreaterThan(3);
    sink.claims.forEach(({ range }, index) => {
      if (index > 0) expect(range.from).toBe(sink.claims[index - 1]!.range.to);
    });
  });

  // Goal: pausing inside a delivery holds the rest back, and closing there ends it for good.
  it("can be paused and closed in the middle", async () => {
    const sink = new RecordingSink();
    const source = new CsvBarSource(file, options);
    const subscription = source.open({ series: CONTRACT_SERIES }, sink);
    await new Promise<void>((resolve) => {
      sink.onCall = () => {
        subscription.pause();
        resolve();
      };
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sink.batches).toHaveLength(1);
    const paused = sink.delivered.length;
    expect(paused).toBeLessThan(rows);
    await new Promise<void>((resolve) => {
      sink.onCall = () => {
        if (sink.batches.length < 2) return;
        subscription.close();
        resolve();
      };
      subscription.resume();
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sink.batches).toHaveLength(2);
    expect(sink.outcomes).toEqual([]);
  });

  // Goal: reading stops with the range: what lies behind it is neither parsed nor judged.
  it("is not read beyond the range", async () => {
    const broken = folder.path("broken-tail.csv");
    writeFileSync(broken, `${lines.join("\n")}\nthis is not a row\n`);
    const to = (1_700_000_100 + 100 * 900) * 1_000;
    const sink = await hear(broken, { to });
    expect(sink.delivered).toHaveLength(100);
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
  });

  if (process.platform === "linux") {
    // Goal: a source that is left, whenever that is, leaves no open file behind.
    it("is closed after a close at any moment", async () => {
      const handles = (): number =>
        readdirSync("/proc/self/fd").filter((fd) => targetOf(`/proc/self/fd/${fd}`) === file)
          .length;
      for (const callsBefore of [0, 1, 2, 5]) {
        const sink = new RecordingSink();
        const subscription = new CsvBarSource(file, options).open(
          { series: CONTRACT_SERIES },
          sink,
        );
        sink.onCall = () => {
          if (sink.calls >= callsBefore) subscription.close();
        };
        if (callsBefore === 0) subscription.close();
      }
      for (let turn = 0; turn < 500 && (turn < 20 || handles() > 0); turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      expect(handles()).toBe(0);
    });
  }
});
