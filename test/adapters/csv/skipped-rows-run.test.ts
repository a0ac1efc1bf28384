import { describe, expect, it } from "vitest";
import { CsvBarSource } from "../../../adapters/csv/csv-bar-source.ts";
import { run } from "../../../core/engine/run.ts";
import type { RunOptions } from "../../../core/engine/run-options.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { SimBroker } from "../../../sim/index.ts";
import { RunLog } from "../../support/run-log.ts";
import { averageStrategy } from "../../support/strategies.ts";
import { HEADER, temporaryFolder, writeFile } from "./csv-files.ts";
import { at, broken, GRID, SERIES, sound } from "./hole-files.ts";

// Goal: no decision is made on an average over a row that was left out, unless that is wished.

const folder = temporaryFolder();
const SLOTS = [...GRID.slots({ from: at("10:00"), to: at("14:00") })];
const HOLE = SLOTS[4]!;

/** A backtest of an average over 3 of ten bars, the fifth of them corrupt. */
function backtest(
  lostBars: NonNullable<RunOptions["lostBars"]>,
): Promise<{ log: RunLog; decidedAt: number[] }> {
  const rows = SLOTS.map(({ openTime }) => (openTime === HOLE.openTime ? broken : sound)(openTime));
  const file = writeFile(folder.path("bars.csv"), `${[HEADER, ...rows].join("\n")}\n`);
  const time = new VirtualTime(SLOTS[0]!.openTime);
  const log = new RunLog(time);
  const decidedAt: number[] = [];
  const started = run({
    strategy: averageStrategy(3, () => decidedAt.push(time.now())),
    series: SERIES,
    source: new CsvBarSource(file, { series: SERIES, grid: GRID, onFault: "skip" }),
    broker: new SimBroker(),
    clock: time,
    driver: time,
    grid: ({ size }) => new BarGrid(GRID.calendar, size),
    observer: log,
    lostBars,
  });
  return new Promise((resolve) => started.onEnd(() => resolve({ log, decidedAt })));
}

const closes = (...indexes: number[]): number[] => indexes.map((index) => SLOTS[index]!.closeTime);

describe("a backtest over a corrupt row that is left out", () => {
  it("is suspended until its average is free of the hole", async () => {
    const { log, decidedAt } = await backtest("rewarm");
    expect(log.of("gap")).toMatchObject([
      {
        outcome: "lost",
        range: { from: HOLE.openTime, to: HOLE.closeTime },
        reason: "1 row left out: impossible-bar in line 6",
      },
    ]);
    expect(log.path).toEqual(["WARMING_UP", "READY", "SUSPENDED", "READY", "STOPPED"]);
    const [readyAt, suspendedAt, readyAgainAt] = log.states
      .filter(({ to }) => to === "READY" || to === "SUSPENDED")
      .map((change) => change.at);
    expect([readyAt, suspendedAt, readyAgainAt]).toEqual(closes(2, 3, 7));
    // The bar with which a run becomes READY is not decided on.
    expect(decidedAt).toEqual(closes(3, 8, 9));
  });

  it("goes on where lost bars are to count as bars without trades", async () => {
    const { log, decidedAt } = await backtest("continue");
    expect(log.of("gap")).toHaveLength(1);
    expect(log.path).toEqual(["WARMING_UP", "READY", "STOPPED"]);
    expect(decidedAt).toEqual(closes(3, 5, 6, 7, 8, 9));
  });
});
