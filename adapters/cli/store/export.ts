import type { Command } from "commander";
import type { BarColumns } from "../../../core/market/bar-columns.ts";
import { fail } from "../../../core/time/failure.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { writeCsvBars } from "../../csv/index.ts";
import { countedText } from "../../kept/count-text.ts";
import type { StoredSeries } from "../../store/bars/bar-store.ts";
import { filesOfStore } from "../bars/stored-file.ts";
import { examples, instantOption } from "../terminal/option-values.ts";
import { requireNotInput, requirePlainFile } from "../terminal/output-file.ts";
import { requireAscending } from "../terminal/range-options.ts";
import { ReadingSpeed } from "../terminal/reading-speed.ts";
import { Talk } from "../terminal/talk.ts";
import { findSeries } from "./find-series.ts";
import { type OpenBars, type StoreFlags, withBars, withStore } from "./open-store.ts";
import { gridOf, missingSlots } from "./series-slots.ts";

interface ExportFlags extends StoreFlags {
  readonly out: string;
  readonly from?: UnixMs;
  readonly to?: UnixMs;
  readonly quiet?: boolean;
}

/** `barline bars export SERIES --out FILE`. */
export function addExport(bars: Command): void {
  const command = bars
    .command("export")
    .description("write the bars of a series to a file")
    .argument("<series>", "its key as ls prints it, or a part that no other has");
  withStore(command)
    .requiredOption("--out <file>", "file to write, whose name ends in .csv or .parquet")
    .option("--from <instant>", "only bars that open at or after it (default: all)", instantOption)
    .option("--to <instant>", "only bars that open before it (default: all)", instantOption)
    .option("--quiet", "say nothing on standard error but errors")
    .addHelpText(
      "after",
      examples('barline bars export "IF.CFFEX 15m" --out if.parquet --store data'),
    )
    .action((series: string, flags: ExportFlags) =>
      withBars(flags.store, "read", (open) => exportSeries(open, series, flags)),
    );
}

async function exportSeries(open: OpenBars, text: string, flags: ExportFlags): Promise<void> {
  const { out, from, to } = flags;
  const { bars, directory } = open;
  const isParquet = /\.parquet$/i.test(out);
  if (!isParquet && !/\.csv$/i.test(out)) {
    fail("invalid-option", `"${out}" does not say in which format to write`, {
      where: "--out",
      cure: "name a file that ends in .csv or .parquet",
    });
  }
  requireAscending(from, to);
  requirePlainFile("--out", out);
  requireNotInput("--out", out, filesOfStore(directory));
  const stored = findSeries(open, text, "SERIES");
  const talk = new Talk(flags.quiet === true);
  const range = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const batches = counted(bars.batches(stored.key, range), talk, out);
  const about = { series: stored.key, size: stored.series.size.label };
  const written = isParquet
    ? await (await import("../../parquet/index.ts")).writeParquetBars(out, batches, about)
    : await writeCsvBars(out, batches);
  talk.clearLine();
  talk.say(`${countedText(written, "bar")} of ${stored.key} in ${out}`);
  tellMissing(open, stored, talk);
}

function* counted(
  batches: Iterable<BarColumns>,
  talk: Talk,
  out: string,
): Generator<BarColumns, void> {
  const speed = new ReadingSpeed(talk, `writing ${out}`);
  for (const batch of batches) {
    yield batch;
    speed.add(batch.length);
  }
}

/** A file cannot say what is missing in it, and whoever reads it takes it for whole. */
function tellMissing({ bars }: OpenBars, stored: StoredSeries, talk: Talk): void {
  const { gaps, lost } = missingSlots(bars, stored, gridOf(stored));
  if (gaps + lost === 0) return;
  const counts = [
    ...(gaps > 0 ? [`of ${countedText(gaps, "slot")} nothing is stored`] : []),
    ...(lost > 0 ? [`${countedText(lost, "slot")} ${lost === 1 ? "is" : "are"} lost`] : []),
  ];
  talk.say(`  between the bars of the series ${counts.join(", and ")}: no file can say that`);
}
