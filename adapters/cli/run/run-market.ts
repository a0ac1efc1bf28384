import type { Series } from "../../../core/market/series.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import type { BarFile } from "../bars/bar-file.ts";

/** What a run is on, as far as it is to be told of. */
export interface RunMarket {
  readonly series: Series;
  /** The calendar's name, and how it was come by. */
  readonly calendar: string;
  readonly calendarNote: string;
  /** Where its bars come from: a file, a gateway. */
  readonly where: string;
  /** What to do when there were none. */
  readonly noBarsCure: string;
}

/** A file of bars as a market. */
export function fileMarket(file: BarFile): RunMarket {
  return {
    series: file.series,
    calendar: file.calendar.name,
    calendarNote: file.calendarNote,
    where: file.file,
    noBarsCure: `its first bar opens at ${formatInstant(file.startsAt)}; check --from and --to`,
  };
}
