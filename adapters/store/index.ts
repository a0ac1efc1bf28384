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
export { type PlayAgainOptions, type PlayedAgain, playAgain } from "./journal/play-again.ts";
export { type PlayOtherOptions, playOther } from "./journal/play-other.ts";
export type { RunAbout } from "./journal/run-about.ts";
export type { RunHead } from "./journal/run-head.ts";
export { type ReadRun, RunStore, type StoredRun } from "./journal/run-store.ts";
export { type ProcessTable, StoreJournal } from "./journal/store-journal.ts";
export { type TakenUp, type TakeUpOptions, takeUp } from "./journal/take-up.ts";
export { isAlive, thisProcess } from "./lmdb/running-process.ts";
export { type OpenStoreOptions, openStore } from "./open-store.ts";
export type {
  KeyRange,
  OrderedStore,
  StoreEntry,
  StoreReader,
  StoreWriter,
} from "./port/ordered-store.ts";
export type { ProcessIdentity, ProcessState } from "./port/process-identity.ts";
