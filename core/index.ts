// The only door to the core: what is not here is not promised.
export { ByteReader } from "./codec/byte-reader.ts";
export { ByteWriter } from "./codec/byte-writer.ts";
export type { PlainValue } from "./codec/plain-value.ts";
export { EquityCurve } from "./engine/equity-curve.ts";
export {
  JournaledRun,
  type JournaledRunOptions,
  type Resumption,
} from "./engine/journaled-run.ts";
export { Run, run } from "./engine/run.ts";
export type { RunOptions, RunOutcome, RunSummary } from "./engine/run-options.ts";
export type { Divergence } from "./engine/run-replay.ts";
export { type AggregateOptions, aggregate } from "./feed/aggregation/aggregate.ts";
export { BarAggregator, type BarAggregatorOptions } from "./feed/aggregation/bar-aggregator.ts";
export { type BackfillPlan, naturalWarmUpEnd, planBackfill } from "./feed/backfill-plan.ts";
export type {
  BarBatch,
  BarOrigin,
  BarQuery,
  BarSink,
  BarSource,
  FeedFault,
  FeedOutcome,
  Subscription,
} from "./feed/bar-source.ts";
export { ContinuityHash, continuityLine } from "./feed/continuity.ts";
export type {
  BackfillProgress,
  ContinuityCertificate,
  FeedEvent,
  FeedState,
  FeedStatus,
  GapEvent,
  RejectionEvent,
  RevisionEvent,
} from "./feed/feed-event.ts";
export type { FeedWord } from "./feed/feed-word.ts";
export { inTurn } from "./feed/in-turn.ts";
export { MemorySource, type MemorySourceOptions, sourceOf } from "./feed/memory-source.ts";
export {
  type MergeInput,
  type MergeOptions,
  type MergeSink,
  mergeSources,
} from "./feed/merge/merge.ts";
export { type Overlap, overlapping } from "./feed/overlapping.ts";
export { BarSequencer, type SequencerOutput } from "./feed/seam/bar-sequencer.ts";
export type { FetchOptions } from "./feed/seam/range-fetch.ts";
export type { SecondLookOptions } from "./feed/seam/second-look.ts";
export { DEFAULT_SEQUENCER_OPTIONS, type SequencerOptions } from "./feed/seam/sequencer-options.ts";
export { type SpliceOptions, splice } from "./feed/seam/splice.ts";
export { AverageTrueRange, atr } from "./indicators/atr.ts";
export { BollingerBands, bollinger } from "./indicators/bollinger.ts";
export { DonchianChannel, donchian } from "./indicators/donchian.ts";
export { ExponentialMovingAverage, ema } from "./indicators/ema.ts";
export type { BarIndicator, Indicator, PriceIndicator } from "./indicators/indicator.ts";
export { MovingAverageConvergence, macd } from "./indicators/macd.ts";
export { RateOfChange, rateOfChange } from "./indicators/roc.ts";
export { RelativeStrengthIndex, rsi } from "./indicators/rsi.ts";
export { SessionVwap, sessionVwap } from "./indicators/session-vwap.ts";
export { SimpleMovingAverage, sma } from "./indicators/sma.ts";
export { StandardDeviation, standardDeviation } from "./indicators/standard-deviation.ts";
export {
  fromTradingSignals,
  type TradingSignalsBarInput,
  type TradingSignalsCandle,
  type TradingSignalsIndicator,
  type TradingSignalsLines,
  type TradingSignalsOptions,
} from "./indicators/trading-signals.ts";
export { WeightedMovingAverage, wma } from "./indicators/wma.ts";
export type { BorderRecord } from "./journal/border-record.ts";
export type {
  JournalMark,
  JournalRecord,
  RunDecision,
  RunInput,
} from "./journal/journal-record.ts";
export type { KnownCalendar } from "./journal/known-calendar.ts";
export { readRecords, writeRecord } from "./journal/record-codec.ts";
export type { JournalSnapshot, RecordedRun, RunJournal } from "./journal/run-journal.ts";
export type { RunDescription, RunObserver } from "./journal/run-observer.ts";
export type { SeamDivergence } from "./journal/seam-replay.ts";
export { TRACE_FORMAT, TraceRecorder } from "./journal/trace.ts";
export { type SeamGround, type SeamVerdict, verifySeam } from "./journal/verify-seam.ts";
export {
  type Bar,
  type BarFault,
  barFault,
  createBar,
  describeBarFault,
  sameBar,
} from "./market/bar.ts";
export { BarColumns, BarView } from "./market/bar-columns.ts";
export { type Instrument, instrument } from "./market/instrument.ts";
export { type PriceType, type Series, type SessionScope, series } from "./market/series.ts";
export { BarGrid, type BarSlot, type GridAlignment } from "./time/bar-grid.ts";
export { type BarSize, barSize, barSizeOfMs } from "./time/bar-size.ts";
export {
  calendarFromHours,
  type ExchangeHours,
  type FormerHours,
  type SpecialHours,
} from "./time/calendars/calendar-from-hours.ts";
export { calendarByName, calendarNames } from "./time/calendars/catalog.ts";
export { parseDayTable } from "./time/calendars/day-table.ts";
export type { Clock, ClockDriver, Timer, TimerClock } from "./time/clock.ts";
export { BarlineError, type FailureDetails, fail, InvariantError } from "./time/failure.ts";
export {
  DAY_MS,
  type DayNumber,
  dayNumber,
  formatDay,
  formatInstant,
  HOUR_MS,
  instant,
  MINUTE_MS,
  parseDay,
  parseInstant,
  SECOND_MS,
  type UnixMs,
} from "./time/instant.ts";
export { RangeSet, type TimeRange } from "./time/range.ts";
export {
  calendarOfSessions,
  type Segment,
  type Session,
  TradingCalendar,
  type TradingCalendarOptions,
} from "./time/trading-calendar.ts";
export { VirtualTime } from "./time/virtual-time.ts";
export {
  CHICAGO,
  fixedZone,
  NEW_YORK,
  pinnedZone,
  SHANGHAI,
  UTC,
  wallTime,
  type Zone,
} from "./time/zone.ts";
export type { Broker, BrokerListener, BrokerState } from "./trading/broker.ts";
export { type Money, money } from "./trading/money.ts";
export type { Fill, Order, OrderEvent, OrderStatus, Side } from "./trading/order.ts";
export { Portfolio, type Position } from "./trading/portfolio.ts";
export type { RunState, StateChange } from "./trading/readiness.ts";
export {
  type Declarations,
  defineStrategy,
  type IndicatorHandle,
  type IndicatorOptions,
  type Parameters,
  type PriceField,
  type SeriesHandle,
  type Strategy,
  type StrategyRules,
  type Trade,
} from "./trading/strategy.ts";
