import type { BarGrid } from "../../../core/time/bar-grid.ts";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import type { BarStore, StoredSeries } from "../../store/bars/bar-store.ts";
import type { StoredCalendar } from "../../store/bars/stored-calendar.ts";

/**
 * Refuses to put a gateway's calendar in the place of another one that bars are stored on, unless
 * they lie on both. Throws `other-calendar`.
 *
 * @param ignored what is going to be fetched anew in any case.
 */
export function requireOnGrid(
  bars: BarStore,
  { key, calendar }: StoredSeries,
  told: StoredCalendar,
  grid: BarGrid,
  ignored: readonly TimeRange[],
): void {
  if (calendar.name === told.name && calendar.alignment === told.alignment) return;
  const skipped = new RangeSet();
  for (const range of ignored) skipped.add(range);
  const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  for (const range of skipped.missing(always)) {
    for (const batch of bars.batches(key, range)) {
      for (const { openTime, closeTime } of batch) {
        if (grid.opensAt(openTime) && grid.closeOf(openTime) === closeTime) continue;
        fail(
          "other-calendar",
          `its bars lie on the calendar ${calendar.name}, and that of ${formatInstant(openTime)} ` +
            `has no place on the one that the gateway reports`,
          { where: key, cure: "keep the gateway's bars in a store of their own (--store)" },
        );
      }
    }
  }
}
