import type {
  BarBatch,
  BarQuery,
  BarSink,
  BarSource,
  FeedFault,
  Subscription,
} from "../../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../../core/feed/feed-event.ts";
import { BarSequencer, type SequencerOutput } from "../../../../core/feed/seam/bar-sequencer.ts";
import type { SequencerOptions } from "../../../../core/feed/seam/sequencer-options.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { series } from "../../../../core/market/series.ts";
import { BarGrid, type BarSlot } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { instant, type UnixMs, utcDay } from "../../../../core/time/instant.ts";
import type { TimeRange } from "../../../../core/time/range.ts";
import { calendarOfSessions } from "../../../../core/time/trading-calendar.ts";
import { UTC } from "../../../../core/time/zone.ts";
import { ScriptedSource } from "../../../support/scripted-source.ts";

/** Two days of four bars before and four after lunch: 09:00 to 10:00 and 11:00 to 12:00. */
export const GRID = new BarGrid(
  calendarOfSessions(
    "SMALL",
    UTC,
    ["2024-03-04", "2024-03-05"].map((day) => ({
      day: utcDay(instant(`${day}T00:00:00Z`)),
      segments: [
        { from: instant(`${day}T09:00:00Z`), to: instant(`${day}T10:00:00Z`) },
        { from: instant(`${day}T11:00:00Z`), to: instant(`${day}T12:00:00Z`) },
      ],
    })),
  ),
  barSize("15m"),
);

export const SERIES = series(instrument("TEST"), GRID.size);

/** All sixteen of them. */
export const SLOTS: readonly BarSlot[] = [
  ...GRID.slots({ from: instant("2024-03-04T00:00:00Z"), to: instant("2024-03-06T00:00:00Z") }),
];

export const open = (index: number): UnixMs => SLOTS[index]!.openTime;
export const close = (index: number): UnixMs => SLOTS[index]!.closeTime;

/** The slots from one to before another, from the first opening to the last close. */
export const span = (first: number, end: number): TimeRange => ({
  from: open(first),
  to: close(end - 1),
});

/** The true bar of a slot: every field follows from its place. */
export function bar(index: number, fields: Partial<Bar> = {}): Bar {
  const base = 100 + index;
  const prices = { open: base, high: base + 2, low: base - 1, close: base + 1 };
  return { ...SLOTS[index]!, ...prices, volume: 10 * (index + 1), ...fields };
}

export const bars = (first: number, end: number): Bar[] =>
  Array.from({ length: end - first }, (_, offset) => bar(first + offset));

export function batch(of: readonly Bar[], fields: Partial<Omit<BarBatch, "bars">> = {}): BarBatch {
  return {
    series: SERIES,
    bars: BarColumns.of(of),
    finality: "final",
    origin: "replay",
    version: 1,
    ...fields,
  };
}

/** The place of an instant as the number of the slot that opens there, or closes there last. */
function place(at: UnixMs): string {
  const index = SLOTS.findIndex(({ openTime }) => openTime === at);
  return index >= 0 ? String(index) : `<${SLOTS.filter(({ openTime }) => openTime < at).length}`;
}

function tell(event: FeedEvent): string {
  switch (event.type) {
    case "status":
      return event.state;
    case "gap":
      return `${event.outcome} ${place(event.range.from)}-${place(event.range.to)}`;
    case "revision":
      return `revision ${place(event.after.openTime)} v${event.version} ${event.after.close}`;
    case "rejection":
      return `${event.fault} ${place(event.bar.openTime)}`;
    case "continuity":
      return `continuity ${event.count}`;
    case "progress":
      return `progress ${event.bars}/${event.expected}`;
  }
}

/** What came out, in order, one short line a word; bars as `backfill 0 1 2`. */
export class Script implements SequencerOutput {
  readonly lines: string[] = [];
  readonly events: FeedEvent[] = [];
  readonly released: Bar[] = [];

  bars(sent: BarBatch): void {
    for (const { openTime, closeTime, open, high, low, close, volume } of sent.bars) {
      this.released.push({ openTime, closeTime, open, high, low, close, volume });
    }
    const places = [...sent.bars].map(({ openTime }) => place(openTime));
    this.lines.push(`${sent.origin} ${places.join(" ")}`);
  }

  coverage({ from, to }: TimeRange): void {
    this.lines.push(`covered ${place(from)}-${place(to)}`);
  }

  event(event: FeedEvent): void {
    this.events.push(event);
    this.lines.push(tell(event));
  }

  /** What was said since it was last asked. */
  take(): string[] {
    return this.lines.splice(0);
  }
}

export interface Bench {
  readonly out: Script;
  readonly sequencer: BarSequencer;
}

/** A sequencer that begins at a slot and still holds everything back. */
export function holding(first: number, options: Partial<SequencerOptions> = {}): Bench {
  const out = new Script();
  return { out, sequencer: new BarSequencer(SERIES, GRID, open(first), out, options) };
}

/** A sequencer that is up to date before a slot, having released all before it. */
export function upToDate(next: number, options: Partial<SequencerOptions> = {}): Bench {
  const bench = holding(0, options);
  const { sequencer, out } = bench;
  sequencer.history(batch(bars(0, next)), open(next));
  sequencer.cover(span(0, next), open(next));
  sequencer.release(open(next));
  out.take();
  return bench;
}

export const fault = (retry: FeedFault["retry"], code = "test"): FeedFault => ({
  code,
  message: `${code} (${retry})`,
  retry,
});

/** History that answers within `open`: the bars it has of the range, covered whole. */
export function instantHistory(has: readonly Bar[]): BarSource {
  return {
    open({ from, to }, sink) {
      const found = has.filter(({ openTime }) => openTime >= from! && openTime < to!);
      if (found.length > 0) sink.bars(batch(found, { origin: "backfill" }));
      sink.coverage({ from: from!, to: to! });
      sink.end({ kind: found.length > 0 ? "complete" : "empty" });
      return { close() {}, pause() {}, resume() {} };
    },
  };
}

/** A scripted source that can also pass on an event of any kind to its latest listener. */
export class TellingSource extends ScriptedSource {
  #sink: BarSink | undefined;

  override open(query: BarQuery, sink: BarSink): Subscription {
    this.#sink = sink;
    return super.open(query, sink);
  }

  tell(event: FeedEvent): void {
    this.#sink?.event(event);
  }
}
