import type { Indicator } from "../indicators/indicator.ts";
import type { Bar } from "../market/bar.ts";
import { type Series, series } from "../market/series.ts";
import { barSize } from "../time/bar-size.ts";
import { fail } from "../time/failure.ts";
import type {
  Declarations,
  IndicatorHandle,
  IndicatorOptions,
  SeriesHandle,
  Trade,
} from "../trading/strategy.ts";
import { IndicatorSlot } from "./indicator-slot.ts";
import { SeriesFeed } from "./series-feed.ts";

/** Bars of a larger size that a strategy wants, and what it does with each. */
export interface DerivedFeed {
  readonly feed: SeriesFeed;
  readonly onBar: ((bar: Bar, trade: Trade) => void) | undefined;
}

/** Gathers what a strategy says it needs while `setup` runs; refuses it afterwards. */
export class Declared implements Declarations {
  readonly bars: SeriesFeed;
  readonly derived: DerivedFeed[] = [];
  readonly #keepAtMost: number;
  readonly #names = new Set<string>();
  #memory: Record<string, unknown> | undefined;
  #closed = false;

  constructor(main: Series, keepAtMost: number) {
    this.bars = new SeriesFeed(main, keepAtMost);
    this.#keepAtMost = keepAtMost;
  }

  close(): void {
    this.#closed = true;
  }

  /** What the strategy remembers; undefined when it did not promise to remember it here. */
  get remembered(): Record<string, unknown> | undefined {
    return this.#memory;
  }

  series(size: string, onBar?: (bar: Bar, trade: Trade) => void): SeriesHandle {
    this.#requireOpen();
    const { instrument, size: base, priceType, scope } = this.bars.series;
    const wanted = barSize(size);
    if (wanted.ms <= base.ms || wanted.ms % base.ms !== 0) {
      fail("invalid-series", `${wanted.label} bars cannot be made of ${base.label} bars`, {
        cure: "declare a larger size that is a multiple of the main one",
      });
    }
    if (this.derived.some(({ feed }) => feed.series.size === wanted)) {
      fail("invalid-series", `${wanted.label} bars are declared twice`, {
        cure: "keep the handle of the first declaration",
      });
    }
    const feed = new SeriesFeed(series(instrument, wanted, priceType, scope), this.#keepAtMost);
    this.derived.push({ feed, onBar });
    this.derived.sort((a, b) => a.feed.series.size.ms - b.feed.series.size.ms);
    return feed;
  }

  indicator(indicator: Indicator, options: IndicatorOptions = {}): IndicatorHandle {
    this.#requireOpen();
    const feed = this.#feedOf(options.on);
    const suffix = feed === this.bars ? "" : ` ${feed.series.size.label}`;
    const field = options.of ?? "close";
    const of = field === "close" ? "" : ` of ${field}`;
    const name = options.name ?? `${indicator.name}${of}${suffix}`;
    if (this.#names.has(name)) {
      fail("invalid-strategy", `two indicators are called "${name}"`, {
        cure: 'give one of them a name: indicator(..., { name: "..." })',
      });
    }
    this.#names.add(name);
    const slot = new IndicatorSlot(name, indicator, field);
    feed.add(slot);
    return slot;
  }

  warmUp(bars: number, on?: SeriesHandle): void {
    this.#requireOpen();
    if (!Number.isSafeInteger(bars) || bars < 0) {
      fail("invalid-strategy", `a warm-up of ${bars} bars is impossible`, {
        cure: "give a whole number, 0 or more",
      });
    }
    this.#feedOf(on).require(bars);
  }

  memory<M extends Record<string, unknown>>(initial?: M): M {
    this.#requireOpen();
    if (this.#memory !== undefined) {
      fail("invalid-strategy", "a strategy has one memory", {
        cure: "put everything that it remembers into the record of the first call",
      });
    }
    const memory = (initial ?? {}) as M;
    this.#memory = memory;
    return memory;
  }

  #feedOf(handle: SeriesHandle | undefined): SeriesFeed {
    if (handle === undefined || handle === this.bars) return this.bars;
    const found = this.derived.find(({ feed }) => feed === handle);
    return (
      found?.feed ??
      fail("invalid-strategy", "this series was not declared by this strategy", {
        cure: "use the handle that declare.series returned",
      })
    );
  }

  #requireOpen(): void {
    if (this.#closed) {
      fail("invalid-strategy", "a strategy declares what it needs within setup, not later");
    }
  }
}
