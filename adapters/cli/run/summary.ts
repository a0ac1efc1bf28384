import type { Run } from "../../../core/engine/run.ts";
import type { RunOutcome, RunSummary } from "../../../core/engine/run-options.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { Strategy } from "../../../core/trading/strategy.ts";
import { countText } from "../../kept/count-text.ts";
import { tableText } from "../terminal/talk.ts";
import type { RunMarket } from "./run-market.ts";

/** A summary as `--json` prints it: instants in ISO 8601, money as exact decimal text. */
export interface SummaryJson {
  readonly strategy: string;
  readonly series: string;
  readonly calendar: string;
  readonly outcome: string;
  readonly bars: number;
  readonly warmUpBars: number;
  readonly readyAt: string | null;
  readonly signals: number;
  readonly orders: number;
  readonly fills: number;
  readonly openOrders: number;
  readonly position: number;
  readonly cash: string;
  readonly fees: string;
  readonly equity: number;
  readonly currency: string;
}

export function summaryJson(strategy: Strategy, market: RunMarket, finished: Run): SummaryJson {
  const summary = finished.summary();
  return {
    strategy: strategy.name,
    series: market.series.key,
    calendar: market.calendar,
    outcome: outcomeText(finished.outcome),
    bars: summary.bars,
    warmUpBars: summary.warmUpBars,
    readyAt: summary.readyAt === undefined ? null : formatInstant(summary.readyAt),
    signals: summary.signals,
    orders: summary.orders,
    fills: summary.fills,
    openOrders: summary.openOrders,
    position: summary.position,
    cash: summary.cash.toFixed(),
    fees: summary.fees.toFixed(),
    equity: summary.equity,
    currency: market.series.instrument.currency,
  };
}

function outcomeText(outcome: RunOutcome | undefined): string {
  if (outcome === undefined) return "running";
  return outcome.kind === "ended" ? outcome.feed.kind : outcome.kind;
}

/** A summary for people. `endedHow` tells of a run that was stopped how. */
export function summaryText(
  strategy: Strategy,
  market: RunMarket,
  finished: Run,
  endedHow: string,
): string {
  const summary = finished.summary();
  const { currency } = market.series.instrument;
  const initial = finished.portfolio.initialCash.toNumber();
  const change = initial === 0 ? "" : `  (${percent(summary.equity / initial - 1)})`;
  const rows = [
    ["strategy", `${strategy.name} on ${market.series.key}`],
    ["calendar", `${market.calendar} (${market.calendarNote})`],
    ["bars", `${countText(summary.bars)}, of which ${summary.warmUpBars} to warm up`],
    ["READY", readyText(summary)],
    ...(finished.outcome?.kind === "stopped" ? [["ended", endedHow]] : []),
    ["signals", countText(summary.signals)],
    ["orders", `${countText(summary.orders)}, filled ${countText(summary.fills)}`],
    ["position", countText(summary.position)],
    ["cash", `${summary.cash.toFixed()} ${currency}, exactly; fees ${summary.fees.toFixed()}`],
    ["equity", `${round(summary.equity)} ${currency}${change}`],
  ];
  return tableText(rows);
}

function readyText({ readyAt, bars, warmUpBars }: RunSummary): string {
  const at: UnixMs | undefined = readyAt;
  if (at !== undefined) return formatInstant(at);
  return bars < warmUpBars ? `never: ${warmUpBars - bars} bars were missing` : "never";
}

function percent(share: number): string {
  const text = (share * 100).toFixed(2);
  return `${share >= 0 ? "+" : ""}${text} %`;
}

function round(amount: number): string {
  return String(Math.round(amount * 100) / 100);
}
