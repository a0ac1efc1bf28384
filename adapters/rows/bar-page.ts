import type { FeedEvent } from "../../core/feed/feed-event.ts";
import type { Bar } from "../../core/market/bar.ts";
import { BarColumns } from "../../core/market/bar-columns.ts";
import type { TimeRange } from "../../core/time/range.ts";

/** What some rows came to; it is told in the order of the fields, which is that of the file. */
export interface BarPage {
  /** Rows left out, but for those known to lie outside the wanted range, and what is lost. */
  readonly events: readonly FeedEvent[];
  readonly bars: BarColumns | undefined;
  /** Ranges for which the bars up to and with this page are all there are. */
  readonly covered: readonly TimeRange[];
}

/** Room for the bars of a block of the file, and of the rest of one after an event; they grow. */
const BLOCK_ROOM = 4_096;
const REST_ROOM = 8;

/** Gathers what the rows of a block come to, page by page. */
export class BarPages {
  #pages: BarPage[] = [];
  #events: FeedEvent[] = [];
  #bars: BarColumns | undefined;

  /** Whether the page has bars: what is told before the next ones belongs to the next page. */
  get hasBars(): boolean {
    return this.#bars !== undefined;
  }

  event(event: FeedEvent): void {
    this.#events.push(event);
  }

  bar(bar: Bar): void {
    this.#bars ??= new BarColumns(this.#pages.length === 0 ? BLOCK_ROOM : REST_ROOM);
    this.#bars.push(bar);
  }

  /** Ends the page. */
  end(covered: readonly TimeRange[]): void {
    this.#pages.push({ events: this.#events, bars: this.#bars, covered });
    this.#events = [];
    this.#bars = undefined;
  }

  /** The pages that were ended since the last call. Their columns are the caller's. */
  take(): readonly BarPage[] {
    const pages = this.#pages;
    this.#pages = [];
    return pages;
  }
}
