import { type Command, InvalidArgumentError } from "commander";
import { parseInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { KeepFlags } from "../journal/keep-options.ts";
import { parseDuration, positiveOption, wholeNumberOption } from "../terminal/option-values.ts";
import type { RunFlags } from "../terminal/options.ts";
import { ibOption } from "./ib-options.ts";

/** When a run ends by itself: at an instant of the market's time, or so long after its start. */
export type Ending =
  | { readonly kind: "at"; readonly at: UnixMs }
  | { readonly kind: "after"; readonly ms: number };

/** What a run on Interactive Brokers is told that no configuration file says. */
export interface LiveIbFlags extends Omit<RunFlags, "column">, KeepFlags {
  readonly config?: string;
  readonly speed: number;
  readonly until?: Ending;
  readonly bars?: number;
}

/** Adds what is about one run and not about how it is set up. */
export function withLiveIbOptions(command: Command): Command {
  return command
    .addOption(
      ibOption(
        "--until <when>",
        "end at an instant of the market's time, or after a duration such as 90m (default: " +
          "never; with --sim: with the file)",
      ).argParser(endingOption),
    )
    .addOption(
      ibOption(
        "--bars <count>",
        "end after so many bars of the calendar from the start on (default: never)",
      ).argParser(wholeNumberOption(1)),
    )
    .addOption(
      ibOption("--speed <number>", "how fast the time of a simulated gateway passes")
        .argParser(positiveOption)
        .default(1),
    );
}

function endingOption(text: string): Ending {
  const at = parseInstant(text);
  if (at !== undefined) return { kind: "at", at };
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return { kind: "after", ms };
  throw new InvalidArgumentError(
    'Write an instant with its offset, such as "2024-03-05T07:00:00Z", or a duration, such as 90m.',
  );
}
