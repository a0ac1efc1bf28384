import { join } from "node:path";
import { aggregate } from "../../../core/feed/aggregation/aggregate.ts";
import { type Series, series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import type { BarSize } from "../../../core/time/bar-size.ts";
import { fail } from "../../../core/time/failure.ts";
import type { TradingCalendar } from "../../../core/time/trading-calendar.ts";
import { BarStore, type StoredSeries } from "../../store/bars/bar-store.ts";
import { tradingCalendar } from "../../store/bars/stored-calendar.ts";
import { systemZone } from "../../system/zone.ts";
import { findSeries } from "../store/find-series.ts";
import { openStore } from "../store/open-store.ts";
import { type BarFile, loadBars, wantedSize } from "./bar-file.ts";
import { StoredFileSource } from "./stored-file-source.ts";

/** What is asked for of a store. */
export interface StoredBarsRequest {
  readonly directory: string;
  /** The key of a series, or a part that no other has. */
  readonly series: string;
  /** The bars that are wanted; larger ones than those of the series are made of them. */
  readonly size?: BarSize;
}

/**
 * A series of a store in the place of a file of bars; to be closed. Throws what opening the store
 * throws, `unknown-series`, `ambiguous-series`, and `no-bars`.
 */
export async function openStoredBars(request: StoredBarsRequest): Promise<BarFile> {
  const { directory } = request;
  const store = await openStore(directory, "read");
  try {
    const bars = new BarStore(store, { zoneNamed: systemZone });
    const stored = findSeries({ directory, store, bars }, request.series, "--series");
    return storedFile(bars, stored, request, () => store.close());
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The files that a store is made of, which nothing must be written over. */
export function filesOfStore(directory: string): readonly string[] {
  return ["data.mdb", "lock.mdb"].map((name) => join(directory, name));
}

function storedFile(
  bars: BarStore,
  stored: StoredSeries,
  request: StoredBarsRequest,
  close: () => void,
): BarFile {
  const { series: base, calendar: told, key } = stored;
  const where = `${request.directory}: ${key}`;
  const startsAt = stored.complete.length === 0 ? undefined : stored.first;
  if (startsAt === undefined) {
    fail("no-bars", "the store knows of no bar of it that belongs to a whole stretch", {
      where,
      cure: "import a file, or fetch it",
    });
  }
  const calendar: TradingCalendar = tradingCalendar(told, systemZone);
  const grid = ({ size: of }: Series): BarGrid => new BarGrid(calendar, of, told.alignment);
  const size = wantedSize(where, request.size, base.size);
  const plain = new StoredFileSource(bars, stored, where, grid(base));
  const source = size === base.size ? plain : aggregate(plain, { base: base.size, grid });
  const wanted = series(base.instrument, size, base.priceType, base.scope);
  return {
    file: where,
    series: wanted,
    calendar,
    calendarNote: "as stored",
    format: "store",
    startsAt,
    grid,
    source,
    load: () => loadBars(source, wanted),
    close,
  };
}
