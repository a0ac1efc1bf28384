import { type Bar, barFault, describeBarFault } from "../../market/bar.ts";
import type { Series } from "../../market/series.ts";
import type { BarGrid } from "../../time/bar-grid.ts";
import { formatInstant, type UnixMs } from "../../time/instant.ts";
import type { RejectionEvent } from "../feed-event.ts";

/** Why a bar is not let in, and the reason in words. */
export interface Refusal {
  readonly fault: RejectionEvent["fault"];
  readonly reason: string;
}

/**
 * Judges a bar at the door of a stream: sound in itself, on the grid, of the right series, and not
 * from a future further than `futureMs`. Undefined when it may come in.
 */
export function refuse(
  bar: Bar,
  of: Series,
  expected: Series,
  grid: BarGrid,
  now: UnixMs,
  futureMs: number,
): Refusal | undefined {
  if (of.key !== expected.key) {
    return { fault: "wrong-series", reason: `it belongs to ${of.key}; series never mix` };
  }
  const fault = barFault(bar, expected.instrument.allowsNegativePrice);
  if (fault !== undefined) return { fault, reason: describeBarFault(fault) };
  if (!grid.opensAt(bar.openTime) || grid.closeOf(bar.openTime) !== bar.closeTime) {
    const reason = `no ${grid.size.label} bar of ${grid.calendar.name} has its times`;
    return { fault: "off-grid", reason };
  }
  if (bar.openTime > now + futureMs) {
    const reason = `it opens more than ${futureMs} ms after ${formatInstant(now)}`;
    return { fault: "from-the-future", reason };
  }
  return undefined;
}
