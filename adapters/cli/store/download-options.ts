import type { Command } from "commander";
import { ibOption } from "../ib/ib-options.ts";
import { positiveOption } from "../terminal/option-values.ts";
import type { StoreFlags } from "./open-store.ts";

/** What every command is told that downloads into a store. */
export interface DownloadFlags extends StoreFlags {
  readonly speed: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds what is about the download and not about its contract. */
export function withDownloadOptions(command: Command, result: string): Command {
  return command
    .addOption(
      ibOption("--speed <number>", "how fast the time of a simulated gateway passes")
        .argParser(positiveOption)
        .default(1),
    )
    .option("--json", `print the ${result} as one JSON object, and nothing else`)
    .option("--quiet", "say nothing on standard error but errors");
}
