import type { Command } from "commander";
import { writeCsvBars } from "../csv/index.ts";
import { openBarFile } from "./bar-file.ts";
import { barFileRequest, type RunFlags, withBarFileOptions } from "./options.ts";
import { countText } from "./talk.ts";

interface AggregateFlags extends Omit<RunFlags, "param" | "cash" | "commission" | "slippage"> {
  readonly out: string;
  readonly size: string;
}

/** `barline aggregate FILE --size 15m --out FILE`. */
export function addAggregate(program: Command): void {
  const command = program
    .command("aggregate")
    .description("make larger bars of a file of bars: whole periods of the exchange calendar only")
    .argument("<file>", "CSV file of bars, also gzipped")
    .requiredOption("--out <file>", "CSV file to write");
  withBarFileOptions(command).action(async (name: string, flags: AggregateFlags) => {
    const file = await openBarFile(barFileRequest(name, flags));
    const bars = await file.load();
    const written = await writeCsvBars(flags.out, [bars]);
    const { calendar, calendarNote, series } = file;
    process.stderr.write(`calendar ${calendar.name} (${calendarNote})\n`);
    process.stderr.write(`${countText(written)} bars of ${series.size.label} in ${flags.out}\n`);
  });
}
