import type { Command } from "commander";
import { barSize } from "../../../core/time/bar-size.ts";
import { fail } from "../../../core/time/failure.ts";
import { openBarFile } from "../bars/bar-file.ts";
import { barFileRequest } from "../bars/bar-file-options.ts";
import { StoreMemory } from "../bars/memory/store-memory.ts";
import { filesOfStore, openStoredBars } from "../bars/stored-file.ts";
import { namingOption } from "../terminal/option-values.ts";
import type { RunFlags } from "../terminal/options.ts";
import { barsOfFile, type RunBars } from "./run-setup.ts";

/** What a run on a file or on a stored series is told of them. */
export interface BarsFlags extends RunFlags {
  readonly bars?: string;
  readonly series?: string;
  readonly store?: string;
}

/** What describes a file, or an instrument, of which the store itself says what it is. */
const OF_FILES = [
  "calendar",
  "zone",
  "label",
  "timeForm",
  "column",
  "volume",
  "onFault",
  "symbol",
  "exchange",
  "currency",
  "multiplier",
  "tick",
];

/** The file or the stored series that a command names, exactly one. */
export function barsOfRun(command: Command, flags: BarsFlags): RunBars {
  const { bars, series, store } = flags;
  if (bars !== undefined && series !== undefined) {
    fail("invalid-option", "a run has bars of a file or of a store, and these are both", {
      where: "--bars --series",
      cure: "leave one of them out",
    });
  }
  if (series !== undefined) return storedBars(command, series, flags);
  if (bars === undefined) {
    fail("invalid-option", "it is not said which bars to run on", {
      where: "--bars",
      cure: "name a file, or a series of a store with --store and --series",
    });
  }
  if (store === undefined) return barsOfFile(bars, flags);
  const request = barFileRequest(bars, flags);
  return {
    open: (talk) => openBarFile(request, new StoreMemory(store, talk)),
    files: [bars, ...filesOfStore(store)],
  };
}

function storedBars(command: Command, series: string, { store, size }: BarsFlags): RunBars {
  if (store === undefined) {
    fail("invalid-option", "it needs the store that has the series", {
      where: "--series",
      cure: "name its folder with --store",
    });
  }
  const given = OF_FILES.find((option) => command.getOptionValueSource(option) === "cli");
  if (given !== undefined) {
    fail("invalid-option", "of a stored series the store says what it is", {
      where: `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      cure: "leave it out",
    });
  }
  const request = {
    directory: store,
    series,
    ...(size === undefined ? {} : { size: namingOption("--size", () => barSize(size)) }),
  };
  return { open: () => openStoredBars(request), files: filesOfStore(store) };
}
