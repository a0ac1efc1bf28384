import type { IbBar } from "../../adapters/ib/port/ib-event.ts";
import type { FormatDate } from "../../adapters/ib/port/ib-request.ts";
import { ibDay } from "../../adapters/ib/port/ib-time.ts";
import type { BarGrid } from "../../core/time/bar-grid.ts";
import { DAY_MS, type UnixMs } from "../../core/time/instant.ts";
import { epochText, zonedText } from "./gateway-time.ts";
import type { HistoryPlan } from "./history-plan.ts";
import type { IbGatewaySettings } from "./ib-gateway-options.ts";
import type { OpenMarket } from "./open-market.ts";
import { ibBarOf } from "./price-view.ts";

/** The bars that history holds of a plan at an instant, oldest first. */
export function historyBars(plan: HistoryPlan, settings: IbGatewaySettings, now: UnixMs): IbBar[] {
  const { market, grid, request } = plan;
  const { whatToShow: show, formatDate } = request;
  const known = now - settings.historyLagMs;
  const range = { from: firstOpen(plan, settings, known), to: Math.min(plan.to, known) };
  const bars: IbBar[] = [];
  for (const { openTime, closeTime } of grid.slots(range)) {
    const isUnsettled = closeTime > known && closeTime <= now;
    if (isUnsettled && !settings.historyShowsUnsettled) break;
    const part = market.tape.part(openTime, closeTime, known, "corrected");
    if (part === undefined) continue;
    const time = barTimeText(openTime, grid, market, formatDate, settings);
    bars.push(ibBarOf(part, time, show, market.minTick));
  }
  return bars;
}

/** How many bars an answer holds at most; what it takes to make it. */
export function answerSize(plan: HistoryPlan, settings: IbGatewaySettings, now: UnixMs): number {
  const known = now - settings.historyLagMs;
  const range = { from: firstOpen(plan, settings, known), to: Math.min(plan.to, known) };
  return Math.min(settings.maxBars, plan.grid.count(range));
}

/** Nothing is looked for before the truth begins, or before the longest answer does. */
function firstOpen(plan: HistoryPlan, settings: IbGatewaySettings, known: UnixMs): UnixMs {
  const { grid, market } = plan;
  const begin = market.truth.bars.openTime[0]!;
  const from = Math.max(plan.from, grid.slotAt(begin)?.openTime ?? begin);
  const to = Math.min(plan.to, known);
  if (from >= to || grid.count({ from, to }) <= settings.maxBars) return from;
  const last = grid.slotAt(to - 1) ?? grid.slotClosedBy(to)!;
  return Math.max(from, grid.nthBack(last.closeTime, settings.maxBars)!.openTime);
}

/** When a bar begins, in the form that was asked for; daily bars have the day in every form. */
export function barTimeText(
  openTime: UnixMs,
  grid: BarGrid,
  market: OpenMarket,
  form: FormatDate,
  settings: IbGatewaySettings,
): string {
  const { calendar, size } = grid;
  if (size.ms === DAY_MS) {
    return ibDay(calendar.segmentAtOrAfter(openTime)!.day);
  }
  if (form === 2) return epochText(openTime);
  const { timeZone } = settings;
  return timeZone === "exchange"
    ? zonedText(openTime, calendar.zone, market.timeZoneId)
    : zonedText(openTime, timeZone, timeZone.name);
}
