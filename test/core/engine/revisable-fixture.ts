import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { IndicatorSlot } from "../../../core/engine/indicator-slot.ts";
import { SeriesFeed } from "../../../core/engine/series-feed.ts";
import { atr } from "../../../core/indicators/atr.ts";
import { donchian } from "../../../core/indicators/donchian.ts";
import { ema } from "../../../core/indicators/ema.ts";
import type { Indicator } from "../../../core/indicators/indicator.ts";
import { macd } from "../../../core/indicators/macd.ts";
import { rsi } from "../../../core/indicators/rsi.ts";
import { sessionVwap } from "../../../core/indicators/session-vwap.ts";
import { sma } from "../../../core/indicators/sma.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { HOUR_MS, MINUTE_MS, type UnixMs } from "../../../core/time/instant.ts";
import { SERIES } from "../feed/seam/seam-fixture.ts";

/** Memories that fade fast by their own account, so that few bars are required of a feed. */
const tolerance = 0.5;

/** Indicators of every kind: with windows, with endless memories, and with sessions. */
export const everyKind = (): Indicator[] => [
  ema(3, { tolerance }),
  rsi(2, { tolerance }),
  atr(2, { tolerance }),
  macd({ fast: 1, slow: 2, signal: 2, tolerance }),
  sma(3),
  donchian(3),
  sessionVwap((at) => at - (at % HOUR_MS), { barsPerSession: 4 }),
];

/** The same indicator, but with no means to be saved, as one that users have made may be. */
export function withoutMeans<I extends Indicator>(indicator: I): I {
  const none = { value: undefined };
  return Object.defineProperties(indicator, { save: none, load: none });
}

export function feedOf(
  indicators: readonly Indicator[],
  reach: number,
  checkpointEvery?: number,
): SeriesFeed {
  const feed = new SeriesFeed(SERIES, reach, checkpointEvery);
  indicators.forEach((indicator, place) => {
    feed.add(new IndicatorSlot(`${place} ${indicator.name}`, indicator, "close"));
  });
  return feed;
}

/** Feeds bars, and keeps them unless told not to. */
export function take(feed: SeriesFeed, bars: readonly Bar[], keeps = true): void {
  const columns = BarColumns.of(bars);
  for (let index = 0; index < columns.length; index += 1) {
    feed.update(columns, index);
    if (keeps) feed.keep(columns, index);
  }
}

/** All that can be seen of the indicators of a feed. */
export function seen(feed: SeriesFeed): unknown[] {
  return feed.slots.flatMap((slot) => {
    const { indicator, isReady, value, previous } = slot;
    const lines = indicator.lines.flatMap((name) => [slot.line(name), slot.previousLine(name)]);
    return [isReady, value, previous, indicator.value, ...lines];
  });
}

export function savedOf(feed: { save(to: ByteWriter): void }): Uint8Array {
  const writer = new ByteWriter();
  feed.save(writer);
  return writer.bytes;
}

export function loadInto<T extends { load(from: ByteReader): void }>(it: T, bytes: Uint8Array): T {
  const reader = new ByteReader(bytes);
  it.load(reader);
  reader.end();
  return it;
}

/** A bar at a quarter of an hour, its prices drawn from a number. */
export function barAt(place: number, draw: number): Bar {
  const openTime: UnixMs = place * 15 * MINUTE_MS;
  const prices = [0, 4, 8, 12].map((shift) => 100 + ((draw >>> shift) % 16) / 7);
  return {
    openTime,
    closeTime: openTime + 15 * MINUTE_MS,
    open: prices[0]!,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices[3]!,
    volume: (draw >>> 16) % 100,
  };
}
