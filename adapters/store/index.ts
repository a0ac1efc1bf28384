export {
  BarStore,
  type BarStoreOptions,
  type StoredCoverage,
  type StoredSeries,
} from "./bars/bar-store.ts";
export type { BarUpdate } from "./bars/bar-update.ts";
export type { BarProvenance } from "./bars/block/provenance-columns.ts";
export type { LostRange } from "./bars/coverage.ts";
export type { SeriesAbout } from "./bars/series-about.ts";
export { StoredBarSource, type StoredBarSourceOptions } from "./bars/stored-bar-source.ts";
export type { StoredCalendar } from "./bars/stored-calendar.ts";
export type { VerifyFinding } from "./bars/verify-series.ts";
export { type LmdbStoreOptions, openLmdbStore } from "./lmdb/open-lmdb-store.ts";
export type {
  KeyRange,
  OrderedStore,
  StoreEntry,
  StoreReader,
  StoreWriter,
} from "./port/ordered-store.ts";
