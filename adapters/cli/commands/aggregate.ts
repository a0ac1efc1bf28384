import type { Command } from "commander";
import { fail } from "../../../core/time/failure.ts";
import { writeCsvBars } from "../../csv/index.ts";
import { countText } from "../../kept/count-text.ts";
import { openBarFile } from "../bars/bar-file.ts";
import { type BarFileFlags, barFileRequest, withBarFileOptions } from "../bars/bar-file-options.ts";
import { examples } from "../terminal/option-values.ts";
import { requireNotInput, requirePlainFile } from "../terminal/output-file.ts";
import { Talk } from "../terminal/talk.ts";

interface AggregateFlags extends BarFileFlags {
  readonly out: string;
  readonly quiet?: boolean;
}

/** `barline aggregate FILE --size 15m --out FILE`. */
export function addAggregate(program: Command): void {
  const command = program
    .command("aggregate")
    .description("make larger bars of a file of bars: whole periods of the exchange calendar only")
    .argument("<file>", "CSV file of bars, also gzipped")
    .requiredOption("--out <file>", "CSV file to write: opening time in UTC, prices, volume");
  withBarFileOptions(command)
    .option("--quiet", "say nothing on standard error but errors")
    .addHelpText(
      "after",
      examples("barline aggregate examples/data/cffex-if-1m.csv --size 15m --out if-15m.csv"),
    )
    .action(aggregateFile);
}

async function aggregateFile(name: string, flags: AggregateFlags): Promise<void> {
  const { out, size, quiet } = flags;
  if (size === undefined) {
    fail("invalid-option", "it is missing", {
      where: "--size",
      cure: "write it such as --size 1h",
    });
  }
  requireNotInput("--out", out, [name]);
  requirePlainFile("--out", out);
  const talk = new Talk(quiet === true);
  const file = await openBarFile(barFileRequest(name, flags));
  const { bars, leftOut } = await file.load();
  const written = await writeCsvBars(out, [bars]);
  talk.say(`calendar ${file.calendar.name} (${file.calendarNote})`);
  if (leftOut > 0) talk.say(`  ${countText(leftOut)} faulty rows left out`);
  talk.say(`${countText(written)} bars of ${file.series.size.label} in ${out}`);
}
