import type { Command } from "commander";
import { isOfCatalog } from "../../kept/calendar-to-store.ts";
import { countedText, countText } from "../../kept/count-text.ts";
import { tradingCalendar } from "../../store/bars/stored-calendar.ts";
import { systemZone } from "../../system/zone.ts";
import { type BarFile, type BarFileRequest, openBarFile } from "../bars/bar-file.ts";
import { type BarFileFlags, barFileRequest, withBarFileOptions } from "../bars/bar-file-options.ts";
import { StoreMemory } from "../bars/memory/store-memory.ts";
import { examples } from "../terminal/option-values.ts";
import { ReadingSpeed } from "../terminal/reading-speed.ts";
import { oneLine } from "../terminal/report.ts";
import { Talk } from "../terminal/talk.ts";
import { type ImportedFile, importFile } from "./import-file.ts";
import { shortInstant } from "./instant-text.ts";
import { type OpenBars, type StoreFlags, withBars, withStore } from "./open-store.ts";
import { gridOf, missingSlots } from "./series-slots.ts";

interface ImportFlags extends BarFileFlags, StoreFlags {
  readonly replace?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `barline bars import FILE...`. */
export function addImport(bars: Command): void {
  const command = bars
    .command("import")
    .description("put files of bars into a store; what is there already is left alone")
    .argument("<file...>", "CSV files of bars, also gzipped, and Parquet files");
  withStore(command);
  withBarFileOptions(command)
    .option("--exchange <name>", "where it is traded; part of the name of its series")
    .option("--replace", "take the file's word where the store has a bar with other values")
    .option("--json", "print one JSON object a line for each file, and nothing else")
    .option("--quiet", "say nothing on standard error but errors")
    .addHelpText(
      "after",
      examples(
        "barline bars import if-2023.csv if-2024.parquet --symbol IF --exchange CFFEX --store data",
        "barline bars import spy.csv.gz --zone America/New_York --store data",
      ),
    );
  command.action((files: readonly string[], flags: ImportFlags) => {
    const requests = files.map((file) => barFileRequest(file, flags));
    return withBars(flags.store, "write", async (open) => {
      for (const request of requests) await importOne(open, request, flags, command);
    });
  });
}

async function importOne(
  open: OpenBars,
  request: BarFileRequest,
  flags: ImportFlags,
  command: Command,
): Promise<void> {
  const talk = new Talk(flags.quiet === true || flags.json === true);
  const { file: name } = request;
  const file = await openForStore(open, request, talk);
  const isGiven = (option: string) => command.getOptionValueSource(option) === "cli";
  const speeds = {
    reading: new ReadingSpeed(talk, `reading ${name}`),
    storing: new ReadingSpeed(talk, `storing ${name}`),
  };
  let imported: ImportedFile;
  try {
    imported = await importFile(open, file, {
      replaces: flags.replace === true,
      isStated: (field) => isGiven(field === "priceIncrement" ? "tick" : field),
      onBars: (what, bars) => speeds[what].add(bars),
    });
  } finally {
    talk.clearLine();
  }
  const summary = summaryOf(open, name, file, imported);
  if (flags.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else tell(summary, imported, file, talk);
}

/**
 * A file as the series that it belongs to wants it: on the stored calendar where that needs only be
 * named, and with prices of 0 and below where the instrument can have them.
 */
async function openForStore(
  { bars, directory }: OpenBars,
  request: BarFileRequest,
  talk: Talk,
): Promise<BarFile> {
  const memory = new StoreMemory(directory, talk);
  const file = await openBarFile(request, memory);
  const stored = bars.find(file.series.key);
  if (stored === undefined) return file;
  const calendar = tradingCalendar(stored.calendar, systemZone);
  const isOther =
    request.calendar === undefined && isOfCatalog(calendar) && calendar.name !== file.calendar.name;
  const { allowsNegativePrice } = stored.series.instrument;
  if (!isOther && !allowsNegativePrice) return file;
  const instrument = { ...request.instrument, allowsNegativePrice };
  return openBarFile({ ...request, instrument, ...(isOther ? { calendar } : {}) }, memory);
}

/** What became of a file, as `--json` prints it. */
interface ImportSummary {
  readonly file: string;
  readonly series: string;
  readonly calendar: string;
  readonly new: number;
  readonly corrected: number;
  readonly already: number;
  readonly leftOut: number;
  readonly from: string;
  readonly to: string;
  readonly gaps: number;
  readonly lost: number;
}

function summaryOf(
  { bars }: OpenBars,
  name: string,
  { series }: BarFile,
  { fresh, corrected, same, leftOut, span }: ImportedFile,
): ImportSummary {
  const stored = bars.find(series.key)!;
  const { gaps, lost } = missingSlots(bars, stored, gridOf(stored));
  return {
    file: name,
    series: series.key,
    calendar: stored.calendar.name,
    new: fresh,
    corrected,
    already: same,
    leftOut,
    from: shortInstant(span.from),
    to: shortInstant(span.to),
    gaps,
    lost,
  };
}

function tell(summary: ImportSummary, imported: ImportedFile, file: BarFile, talk: Talk): void {
  talk.say(`calendar ${summary.calendar} (${file.calendarNote})`);
  for (const reason of imported.reasons) talk.say(`  row left out: ${oneLine(reason)}`);
  const untold = summary.leftOut - imported.reasons.length;
  if (untold > 0) talk.say(`  and ${countText(untold)} more`);
  const counts = [
    countedText(summary.new, "new bar"),
    ...(summary.corrected > 0 ? [`${countText(summary.corrected)} corrected`] : []),
    ...(summary.already > 0 ? [`${countText(summary.already)} already there`] : []),
  ].join(", ");
  const holes = `${countedText(summary.gaps, "gap")}, ${countText(summary.lost)} lost`;
  const span = `${summary.from} to ${summary.to}`;
  process.stdout.write(`${summary.series}: ${counts}; ${span}; ${holes} (${summary.file})\n`);
}
