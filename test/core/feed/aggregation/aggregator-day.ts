import type { BarBatch } from "../../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../../core/feed/feed-event.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import {
  DAY_MS,
  formatInstant,
  instant,
  MINUTE_MS,
  type UnixMs,
} from "../../../../core/time/instant.ts";
import { calendarOfSessions } from "../../../../core/time/trading-calendar.ts";
import { UTC } from "../../../../core/time/zone.ts";
import { Bench, LUNCH, minuteBar, seriesOf, type WordLog } from "./aggregator-fixture.ts";

/** A day that never closes, and its opening. */
export const OPENING = instant("2024-01-02T00:00:00Z");
export const ALWAYS_OPEN = calendarOfSessions("ALWAYS OPEN", UTC, [
  { day: OPENING / DAY_MS, segments: [{ from: OPENING, to: OPENING + DAY_MS }] },
]);

/** An instant of 2024-01-02 in Shanghai, eight hours ahead of UTC. */
export const at = (time: string): UnixMs => instant(`2024-01-02T${time}:00+08:00`);
export const minute = (time: string, draw = 0x10010): Bar => minuteBar(at(time), draw);
export const bench = (more: { readonly rememberedBars?: number } = {}): Bench =>
  new Bench(LUNCH, "1m", "5m", more);

export function minutes(from: string, count: number, step = 1): Bar[] {
  return Array.from({ length: count }, (_, index) =>
    minuteBar(at(from) + index * step * MINUTE_MS, 0x10010 + index),
  );
}

/** Wall time in Shanghai: `09:30`. */
const clock = (when: UnixMs): string => formatInstant(when + 8 * 60 * MINUTE_MS).slice(11, 16);

function describeEvent(event: FeedEvent): string {
  const { type } = event;
  const size = event.series.size.label;
  if (type === "gap") {
    return `${size} ${event.outcome} ${clock(event.range.from)}-${clock(event.range.to)}`;
  }
  if (type === "rejection") return `${size} ${event.fault} ${clock(event.bar.openTime)}`;
  if (type !== "revision") return `${size} ${type}`;
  const before = event.before === null ? "nothing" : event.before.volume;
  const { after, version } = event;
  return `${size} ${clock(after.openTime)} v${version}: ${before} -> ${after.volume}`;
}

/** What came out, word by word, in short. */
export function told(log: WordLog): string[] {
  return log.words.map((word) => {
    if ("bar" in word) return `bar ${clock(word.bar.openTime)} x${word.bar.volume} ${word.origin}`;
    if ("covered" in word) return `covered ${clock(word.covered.from)}-${clock(word.covered.to)}`;
    return "event" in word ? describeEvent(word.event) : `end ${word.outcome.kind}`;
  });
}

export function liveBatch(bar: Bar): BarBatch {
  const bars = BarColumns.of([bar]);
  return { series: seriesOf("1m"), bars, finality: "final", origin: "live", version: 1 };
}
