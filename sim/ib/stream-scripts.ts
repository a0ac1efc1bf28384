import type { IbEvent } from "../../adapters/ib/port/ib-event.ts";
import type { RealTimeBarsRequest } from "../../adapters/ib/port/ib-request.ts";
import type { BarSlot } from "../../core/time/bar-grid.ts";
import { MINUTE_MS, SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import type { PathPart } from "./bar-path.ts";
import type { StreamScript } from "./gateway-stream.ts";
import { epochText } from "./gateway-time.ts";
import { barTimeText } from "./history-answer.ts";
import type { HistoryPlan } from "./history-plan.ts";
import type { IbGatewaySettings } from "./ib-gateway-options.ts";
import type { OpenMarket } from "./open-market.ts";
import { ibBarOf } from "./price-view.ts";

const BEAT_MS = 5 * SECOND_MS;
/** A bar is restated once more this long after its end. */
const LAST_WORD_MS = SECOND_MS;
/** A bar in which nothing new is traded is restated no less often than this. */
const LONGEST_SILENCE_MS = MINUTE_MS;

/** The first multiple of 5 seconds later than an instant. */
function beatAfter(at: UnixMs): UnixMs {
  return (Math.floor(at / BEAT_MS) + 1) * BEAT_MS;
}

/**
 * Keeps a history up to date: every 5 seconds it restates the bar in progress, unless nothing was
 * traded, and once more a second after its end. The first word of a bar comes 5 seconds after its
 * opening.
 */
export class KeepUpToDate implements StreamScript {
  readonly #plan: HistoryPlan;
  readonly #settings: IbGatewaySettings;
  #toldOpen: UnixMs = Number.NaN;
  #toldTrades = 0;
  #toldAt: UnixMs = 0;

  constructor(plan: HistoryPlan, settings: IbGatewaySettings) {
    this.#plan = plan;
    this.#settings = settings;
  }

  nextAfter(after: UnixMs): UnixMs | undefined {
    const { grid, market } = this.#plan;
    const { tape } = market;
    const over = grid.slotClosedBy(after);
    if (over !== undefined && over.closeTime + LAST_WORD_MS > after) {
      return over.closeTime + LAST_WORD_MS;
    }
    const current = grid.slotAt(after);
    const from = tape.nextOpen(after);
    let next: UnixMs | undefined;
    if (from !== undefined) {
      const at = Math.max(after, from);
      const slot = grid.slotAt(at) ?? grid.slotAtOrAfter(at);
      if (slot !== undefined) next = firstWord(slot, at);
    }
    if (current !== undefined && tape.hasBar(current.openTime, after + 1)) {
      next = Math.min(next ?? Number.POSITIVE_INFINITY, current.closeTime + LAST_WORD_MS);
    }
    return next;
  }

  eventAt(at: UnixMs): IbEvent | undefined {
    const { grid, market, request } = this.#plan;
    const over = grid.slotClosedBy(at);
    const isLastWord = over !== undefined && over.closeTime + LAST_WORD_MS === at;
    const slot = isLastWord ? over : grid.slotAt(at)!;
    const part = market.tape.part(slot.openTime, slot.closeTime, at, "told");
    if (part === undefined || (!isLastWord && this.#isOldNews(slot, part, at))) return undefined;
    this.#toldOpen = slot.openTime;
    this.#toldTrades = part.trades;
    this.#toldAt = at;
    const { requestId, formatDate, whatToShow } = request;
    const time = barTimeText(slot.openTime, grid, market, formatDate, this.#settings);
    return { kind: "update", requestId, bar: ibBarOf(part, time, whatToShow, market.minTick) };
  }

  #isOldNews(slot: BarSlot, part: PathPart, at: UnixMs): boolean {
    return (
      slot.openTime === this.#toldOpen &&
      part.trades === this.#toldTrades &&
      at - this.#toldAt < LONGEST_SILENCE_MS
    );
  }
}

/** When a slot is spoken of next, from an instant on. */
function firstWord(slot: BarSlot, from: UnixMs): UnixMs {
  const beat = beatAfter(Math.max(from, slot.openTime));
  return beat < slot.closeTime ? beat : slot.closeTime + LAST_WORD_MS;
}

/** Tells every 5 seconds of a bar that is in progress, when they are over. */
export class RealTimeBars implements StreamScript {
  readonly #request: RealTimeBarsRequest;
  readonly #market: OpenMarket;

  constructor(request: RealTimeBarsRequest, market: OpenMarket) {
    this.#request = request;
    this.#market = market;
  }

  nextAfter(after: UnixMs): UnixMs | undefined {
    const { tape } = this.#market;
    const calendar = this.#market.hours(this.#request.useRegularHours);
    let open = beatAfter(after) - BEAT_MS;
    for (;;) {
      const from = tape.nextOpen(open);
      if (from === undefined) return undefined;
      if (from > open) open = Math.floor(from / BEAT_MS) * BEAT_MS;
      const segment = calendar.segmentAtOrAfter(open);
      if (segment === undefined) return undefined;
      if (segment.from <= open) return open + BEAT_MS;
      open = beatAfter(segment.from - 1);
    }
  }

  eventAt(at: UnixMs): IbEvent {
    const { tape, minTick } = this.#market;
    const { requestId, whatToShow } = this.#request;
    const open = at - BEAT_MS;
    const part = tape.part(open, at, at, "told") ?? untraded(tape.priceAt(open));
    const bar = ibBarOf(part, epochText(open), whatToShow, minTick);
    return { kind: "real-time-bar", requestId, bar };
  }
}

function untraded(price: number): PathPart {
  return { open: price, high: price, low: price, close: price, volume: 0, trades: 0 };
}
