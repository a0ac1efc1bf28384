import { ColumnFinder, USUAL_NAMES } from "../rows/column-names.ts";
import type { CsvColumnIndexes } from "./csv-layout.ts";
import type { CsvColumnNames, CsvDialect } from "./csv-options.ts";

interface FoundColumns {
  readonly columns: CsvColumnIndexes;
  /** What the name of the time column says about the end of the bar it labels. */
  readonly label: "open" | "close";
}

function findTime(
  header: ColumnFinder,
  stated: CsvColumnNames,
): { time: number; timeOfDay: number; label: "open" | "close" } {
  const label = "open";
  if (stated.date !== undefined || stated.time !== undefined) {
    const time = stated.time === undefined ? -1 : header.require("time", stated.time, []);
    if (stated.date === undefined) return { time, timeOfDay: -1, label };
    return { time: header.require("date", stated.date, []), timeOfDay: time, label };
  }
  const stamp = header.find(USUAL_NAMES.stamp);
  if (stamp >= 0) return { time: stamp, timeOfDay: -1, label };
  const date = header.find(USUAL_NAMES.date);
  const time = header.find(USUAL_NAMES.time);
  if (date >= 0) return { time: date, timeOfDay: time, label };
  if (time >= 0) return { time, timeOfDay: -1, label };
  const closeStamp = header.find(USUAL_NAMES.closeStamp);
  if (closeStamp >= 0) return { time: closeStamp, timeOfDay: -1, label: "close" };
  return header.missing("time", 'named like "time"');
}

/** Finds the columns that a bar needs; throws `missing-column` or `ambiguous-column`. */
export function findColumns(
  file: string,
  names: readonly string[],
  line: number,
  dialect: CsvDialect,
): FoundColumns {
  const header = new ColumnFinder({
    names,
    where: `${file}:${line}`,
    placeOf: (column) => `${file}:${line}:${column + 1}`,
    ifNoNames: {
      problem: "the first line is a bar, not a header",
      cure: "write a first line such as open_time,open,high,low,close,volume",
    },
  });
  const stated = dialect.columns ?? {};
  const { time, timeOfDay, label } = findTime(header, stated);
  return { columns: { time, timeOfDay, ...header.values(stated, dialect.volume) }, label };
}
