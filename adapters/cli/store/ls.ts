import type { Command } from "commander";
import { BarlineError } from "../../../core/time/failure.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { countText } from "../../kept/count-text.ts";
import type { BarStore, StoredSeries } from "../../store/bars/bar-store.ts";
import { examples } from "../terminal/option-values.ts";
import { tableText } from "../terminal/talk.ts";
import { keysOf } from "./find-series.ts";
import { bytesText, shortInstant } from "./instant-text.ts";
import {
  type OpenBars,
  type StoreFlags,
  soundOrDamage,
  withBars,
  withStore,
} from "./open-store.ts";
import { gridOf, type MissingSlots, missingSlots } from "./series-slots.ts";

interface LsFlags extends StoreFlags {
  readonly json?: boolean;
}

/** `barline bars ls`. */
export function addLs(bars: Command): void {
  const command = bars
    .command("ls")
    .alias("list")
    .description("list the series of a store: what there is of each, and what is missing");
  withStore(command)
    .option("--json", "print one JSON object a line for each series, and nothing else")
    .addHelpText("after", examples("barline bars ls --store data"))
    .action((flags: LsFlags) => withBars(flags.store, "read", (open) => list(open, flags)));
}

function list({ bars, store, directory }: OpenBars, { json }: LsFlags): void {
  const keys = keysOf(store);
  if (keys.length === 0 && !json) {
    const cure = "see barline bars import --help and barline bars fetch --help";
    process.stdout.write(`${directory}: no series yet; ${cure}\n`);
    return;
  }
  const rows = keys.map((key) => ({ key, row: soundOrDamage(() => rowOf(bars, key)) }));
  if (json) {
    for (const { key, row } of rows) process.stdout.write(`${JSON.stringify(jsonOf(key, row))}\n`);
    return;
  }
  process.stdout.write(
    `${tableText([HEADING, ...rows.map(({ key, row }) => cellsOf(key, row))])}\n`,
  );
}

interface SeriesRow {
  readonly stored: StoredSeries;
  readonly missing: MissingSlots;
  readonly receivedAt: UnixMs | undefined;
}

function rowOf(bars: BarStore, key: string): SeriesRow {
  const stored = bars.find(key)!;
  const missing = missingSlots(bars, stored, gridOf(stored));
  const { last } = stored;
  const receivedAt = last === undefined ? undefined : bars.provenance(key, last)?.receivedAt;
  return { stored, missing, receivedAt };
}

const HEADING = ["series", "bars", "first", "last", "gaps", "lost", "size", "last received"];

function cellsOf(key: string, row: SeriesRow | BarlineError): readonly string[] {
  if (row instanceof BarlineError) return [key, "damaged: see barline bars verify"];
  const { stored, missing, receivedAt } = row;
  const { count, first, last, bytes } = stored;
  const when = (at: UnixMs | undefined): string => (at === undefined ? "-" : shortInstant(at));
  return [
    key,
    countText(count),
    when(first),
    when(last),
    countText(missing.gaps),
    countText(missing.lost),
    bytesText(bytes),
    receivedAt === undefined ? "-" : shortInstant(Math.floor(receivedAt / 1_000) * 1_000),
  ];
}

function jsonOf(key: string, row: SeriesRow | BarlineError): object {
  if (row instanceof BarlineError) return { series: key, damage: row.message };
  const { stored, missing, receivedAt } = row;
  const { count, first, last, bytes, calendar } = stored;
  const when = (at: UnixMs | undefined) => (at === undefined ? null : shortInstant(at));
  return {
    series: key,
    calendar: calendar.name,
    bars: count,
    first: when(first),
    last: when(last),
    gaps: missing.gaps,
    lost: missing.lost,
    bytes,
    lastReceived: when(receivedAt),
  };
}
