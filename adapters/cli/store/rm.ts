import type { Command } from "commander";
import { BarlineError } from "../../../core/time/failure.ts";
import { countedText } from "../../kept/count-text.ts";
import { examples } from "../terminal/option-values.ts";
import { BAD_INPUT } from "../terminal/report.ts";
import { findKey } from "./find-series.ts";
import { bytesText, shortInstant } from "./instant-text.ts";
import {
  type OpenBars,
  type StoreFlags,
  soundOrDamage,
  withBars,
  withStore,
} from "./open-store.ts";

interface RmFlags extends StoreFlags {
  readonly yes?: boolean;
}

/** `barline bars rm SERIES --yes`. */
export function addRm(bars: Command): void {
  const command = bars
    .command("rm")
    .description("remove a series from a store, with all that is known of it")
    .argument("<series>", "its key as ls prints it, or a part that no other has");
  withStore(command)
    .option("--yes", "really remove it; without this it is only said what would be removed")
    .addHelpText("after", examples('barline bars rm "IF.CFFEX 15m" --store data --yes'))
    .action((series: string, flags: RmFlags) =>
      withBars(flags.store, flags.yes === true ? "write" : "read", (open) =>
        remove(open, series, flags),
      ),
    );
}

function remove(open: OpenBars, text: string, { yes }: RmFlags): void {
  const { bars, store } = open;
  const key = findKey(open, text, "SERIES");
  const what = describe(open, key);
  if (yes === true) {
    store.write((writer) => bars.remove(writer, key));
    process.stdout.write(`removed ${what}\n`);
    return;
  }
  process.stderr.write(`barline: would remove ${what}; add --yes to do it\n`);
  process.exitCode = BAD_INPUT;
}

/** What there is of a series, which may be damaged: that is a reason to remove it. */
function describe({ bars }: OpenBars, key: string): string {
  const stored = soundOrDamage(() => bars.find(key)!);
  if (stored instanceof BarlineError) return `${key}, which is damaged`;
  const { count, first, last, bytes } = stored;
  const isEmpty = first === undefined || last === undefined;
  const span = isEmpty ? "" : `, ${shortInstant(first)} to ${shortInstant(last)}`;
  return `${key}: ${countedText(count, "bar")}${span}, ${bytesText(bytes)}`;
}
