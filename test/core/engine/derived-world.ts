import fc from "fast-check";
import { type Run, run } from "../../../core/engine/run.ts";
import type { FeedEvent, GapEvent } from "../../../core/feed/feed-event.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { type Series, series } from "../../../core/market/series.ts";
import { BarGrid, type BarSlot } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { DAY_MS, instant, MINUTE_MS } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { defineStrategy } from "../../../core/trading/strategy.ts";
import { SimBroker } from "../../../sim/index.ts";
import { STOCK } from "../../support/market.ts";
import { RunLog } from "../../support/run-log.ts";
import { TellingSource } from "../feed/seam/seam-fixture.ts";
import { barAt, everyKind } from "./revisable-fixture.ts";

const FROM = instant("2024-01-02T00:00:00Z");
const SLOTS = 48;
/** Of the largest series: its first bar is told whole, for nothing can be added before it later. */
const QUARTERS = 8;

const slotPlan = fc.record({
  fate: fc.constantFrom("bar", "bar", "bar", "bar", "empty", "empty", "lost"),
  draw: fc.nat(0x7fffffff),
  /** What it becomes later, one after the other. */
  corrections: fc.oneof(
    { arbitrary: fc.constant([]), weight: 2 },
    { arbitrary: fc.array(fc.nat(0x7fffffff), { minLength: 1, maxLength: 2 }), weight: 1 },
  ),
  isSuspected: fc.boolean(),
  /** Whether an empty slot is declared to be so, or bars pass over it. */
  isDeclared: fc.boolean(),
  endsBatch: fc.boolean(),
  isCovered: fc.boolean(),
  coveredSlots: fc.integer({ min: 1, max: 12 }),
  correctionsNow: fc.nat(2),
  pick: fc.nat(),
  lateMs: fc.constantFrom(0, 20, 20 * MINUTE_MS, 3 * 60 * MINUTE_MS),
});
type SlotPlan = typeof slotPlan extends fc.Arbitrary<infer T> ? T : never;

/** A stream of main bars, and all that is said of them, in any legal order. */
export const worldPlans = fc.record({
  calendar: fc.constantFrom("24/7", "XSHG"),
  /** A run that sets its own pace stands at its last bar, whatever is said of later slots. */
  setsItsPace: fc.boolean(),
  /** How many slots pass before the stream says from where it is whole. */
  silentSlots: fc.constantFrom<number[]>(0, 0, 1, 6, 20),
  slots: fc.array(slotPlan, { minLength: SLOTS, maxLength: SLOTS }),
});
export type WorldPlan = typeof worldPlans extends fc.Arbitrary<infer T> ? T : never;

/** Bars of every series and events, in the order in which the observer was told. */
export type Told =
  | { readonly size: string; readonly bar: Bar }
  | { readonly size: string; readonly event: FeedEvent };

class OrderedLog extends RunLog {
  readonly told: Told[] = [];

  override bar(...details: Parameters<RunLog["bar"]>): void {
    super.bar(...details);
    this.told.push({ size: details[1].size.label, bar: this.handled.at(-1)!.bar });
  }

  override feed(event: FeedEvent): void {
    super.feed(event);
    this.told.push({ size: event.series.size.label, event });
  }
}

const watching = defineStrategy({
  name: "watching",
  parameters: {},
  setup(declare) {
    for (const size of ["1h", "2h"]) {
      const on = declare.series(size);
      everyKind().forEach((each, place) => {
        declare.indicator(each, { on, name: `${place} ${size}` });
      });
    }
    return { onBar: () => {} };
  },
});

/** A run with two larger series, and the stream that is told to it. */
export class DerivedWorld {
  readonly main: Series;
  readonly grid: BarGrid;
  readonly slots: readonly BarSlot[];
  readonly log: OrderedLog;
  readonly run: Run;
  /** The bars of the slots as they finally are; undefined where there is none. */
  readonly truth: (Bar | undefined)[] = [];
  /** The slots that were declared lost, found later or not. */
  readonly lost = new Set<number>();
  readonly #plan: WorldPlan;
  readonly #time = new VirtualTime(FROM);
  readonly #source: TellingSource;
  readonly #versions: number[] = [];
  #corrections: { readonly index: number; readonly after: Bar }[] = [];
  /** Bars, or else lost slots, of which the run is yet to hear. */
  #batch: Bar[] = [];
  #lostFrom: number | undefined;
  #firstBar = SLOTS;
  /** Whether the run knows that nothing came before the first bar. */
  #isWhole = false;
  /** Slots before this one are settled by what the run has heard. */
  #settled = 0;

  constructor(plan: WorldPlan) {
    this.#plan = plan;
    this.grid = new BarGrid(calendarByName(plan.calendar), barSize("15m"));
    const days = { from: FROM, to: FROM + 10 * DAY_MS };
    this.slots = [...this.grid.slots(days)].slice(0, SLOTS);
    this.main = series(STOCK, this.grid.size);
    this.#source = new TellingSource(this.main);
    this.log = new OrderedLog(this.#time);
    this.run = run({
      strategy: watching,
      series: this.main,
      source: this.#source,
      broker: new SimBroker(),
      clock: this.#time,
      ...(plan.setsItsPace ? { driver: this.#time } : {}),
      grid: ({ size }) => new BarGrid(this.grid.calendar, size),
      observer: this.log,
    });
  }

  /** Tells all of it, to the last correction. */
  play(): void {
    const { slots, setsItsPace, silentSlots } = this.#plan;
    slots.forEach((plan, index) => {
      const heardAt = this.slots[index]!.closeTime + plan.lateMs;
      if (!setsItsPace) this.#time.advanceTo(Math.max(this.#time.now(), heardAt));
      this.#tell(index, plan);
      if (index < Math.max(silentSlots, this.#firstBar)) return;
      if (!this.#isWhole) this.#cover(0, index);
      this.#isWhole = true;
      if (plan.isCovered) this.#cover(Math.max(0, index - plan.coveredSlots), index);
      for (let left = plan.correctionsNow; left > 0; left -= 1) this.#correct(plan.pick, index + 1);
    });
    this.#cover(0, SLOTS - 1);
    while (this.#corrections.length > 0) this.#correct(0, SLOTS);
  }

  #tell(index: number, plan: SlotPlan): void {
    const fate = this.#fateOf(index, plan.fate);
    const end = index + 1;
    if (fate !== "lost") this.#speakOfLost(index);
    const hasBegun = index > this.#firstBar;
    if (plan.isSuspected && hasBegun) this.#gap("suspected", index, end);
    if (fate === "bar") {
      const bar = this.#barOf(index, plan.draw);
      this.#firstBar = Math.min(this.#firstBar, index);
      this.truth[index] = bar;
      this.#batch.push(bar);
      if (plan.isSuspected && hasBegun) this.#gap("repaired", index, end);
      else if (plan.endsBatch) this.#speak(end);
    } else if (fate === "lost") {
      if (this.#lostFrom === undefined) this.#speak(index);
      this.#lostFrom ??= index;
      this.lost.add(index);
      if (plan.endsBatch) this.#speak(end);
    } else if (plan.isDeclared && hasBegun) {
      this.#gap("empty", index, end);
    }
    if (!hasBegun || index === SLOTS - 1) return;
    for (const draw of plan.corrections) {
      this.#corrections.push({ index, after: this.#barOf(index, draw) });
    }
  }

  #fateOf(index: number, fate: SlotPlan["fate"]): SlotPlan["fate"] {
    // The last bar ends all periods.
    if (index === SLOTS - 1) return "bar";
    return fate === "lost" && index < this.#firstBar + QUARTERS ? "empty" : fate;
  }

  #barOf(index: number, draw: number): Bar {
    const { openTime, closeTime } = this.slots[index]!;
    return { ...barAt(0, draw), openTime, closeTime };
  }

  /** Says what the run is yet to hear of the slots before one. */
  #speak(end: number): void {
    this.#speakOfLost(end);
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    const origin = this.#isWhole ? "live" : "backfill";
    this.#source.say(batch, { origin });
    const last = batch.at(-1)!.openTime;
    this.#settled = this.slots.findIndex(({ openTime }) => openTime === last) + 1;
  }

  #speakOfLost(end: number): void {
    const from = this.#lostFrom;
    if (from === undefined) return;
    this.#lostFrom = undefined;
    this.#say("lost", from, end);
    this.#settled = end;
  }

  #gap(outcome: GapEvent["outcome"], first: number, end: number): void {
    this.#speak(outcome === "suspected" ? first : end);
    this.#say(outcome, first, end);
    if (outcome === "empty") this.#settled = end;
  }

  #say(outcome: GapEvent["outcome"], first: number, end: number): void {
    const range = { from: this.slots[first]!.openTime, to: this.slots[end - 1]!.closeTime };
    this.#source.tell({ type: "gap", series: this.main, range, outcome, reason: "test" });
  }

  #cover(first: number, last: number): void {
    this.#speak(last + 1);
    this.#source.cover(this.slots[first]!.openTime, this.slots[last]!.closeTime);
    this.#settled = last + 1;
  }

  /** One of the corrections that can be made by now, those of one slot in their order. */
  #correct(pick: number, end: number): void {
    this.#speak(end);
    const possible = this.#corrections.filter(
      ({ index }, place, all) =>
        index < this.#settled && all.findIndex((each) => each.index === index) === place,
    );
    const chosen = possible[pick % possible.length];
    if (chosen === undefined) return;
    this.#corrections = this.#corrections.filter((each) => each !== chosen);
    const { index, after } = chosen;
    const before = this.truth[index] ?? null;
    const version = (this.#versions[index] ?? 1) + 1;
    this.#versions[index] = version;
    this.truth[index] = after;
    this.#source.tell({ type: "revision", series: this.main, version, before, after });
  }
}
