import { type BarSize, barSize, barSizeOfMs } from "../../core/time/bar-size.ts";
import { BarlineError } from "../../core/time/failure.ts";
import { DAY_MS } from "../../core/time/instant.ts";
import { BarDistances } from "../rows/bar-distances.ts";
import { explainFileError, isOfSystem } from "../rows/file-errors.ts";
import { openRegularFile } from "../rows/open-regular-file.ts";
import { readChunk } from "./bar-pages.ts";
import { SIZE_KEY } from "./bar-schema.ts";
import { understood } from "./damage.ts";
import { readFooter } from "./footer.ts";
import { type ParquetLayout, requireZone, resolveLayout } from "./parquet-layout.ts";
import type { ParquetDialect } from "./parquet-options.ts";
import { RowTimes } from "./row-times.ts";

/** Rows that are looked at to find the size of the bars. */
const ROWS_LOOKED_AT = 16_384;

/** What a file looks like before its series is known. */
export interface ParquetProfile {
  /** Whether its times are dates. */
  readonly isDated: boolean;
  readonly label: "open" | "close";
  /** That which the file states, else the distance that most of its first rows have. */
  readonly size: BarSize | undefined;
}

/**
 * Looks at the footer of a file and at the times of its first row group. Throws a `BarlineError`
 * for whatever keeps it from being read at all.
 */
export async function inspectParquet(
  file: string,
  dialect: ParquetDialect,
): Promise<ParquetProfile> {
  try {
    const handle = await openRegularFile(file, "Parquet");
    try {
      const footer = await readFooter(handle, file);
      const layout = understood(`${file}, footer`, () => resolveLayout(footer, dialect));
      requireZone(layout, dialect.zone);
      const isDated = layout.timeKind === "date";
      const { label } = layout;
      if (isDated) return { isDated, label, size: barSizeOfMs(DAY_MS) };
      const distances = new BarDistances();
      if (footer.groups.length > 0) {
        const times = new RowTimes(layout.timeKind, dialect.zone, false);
        const { values } = await readChunk(handle, layout, 0, layout.columns.time);
        for (const value of values.subarray(0, ROWS_LOOKED_AT)) {
          if (times.take(value)) distances.take(times.at);
        }
      }
      return { isDated, label, size: statedSize(layout) ?? distances.size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof BarlineError || isOfSystem(error))) throw error;
    throw explainFileError(error, file);
  }
}

/** What a file that Barline wrote says of its bars. */
function statedSize({ footer }: ParquetLayout): BarSize | undefined {
  const label = footer.metadata.get(SIZE_KEY);
  try {
    return label === undefined ? undefined : barSize(label);
  } catch {
    return undefined;
  }
}
