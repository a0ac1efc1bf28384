import type { BarQuery } from "../../../core/feed/bar-source.ts";
import type { RejectionEvent } from "../../../core/feed/feed-event.ts";
import type { RejectedRow } from "./page-answer.ts";

/** The rows of a query that cannot be, each told once however often it comes. */
export class Rejections {
  readonly #query: BarQuery;
  readonly #before = new Set<string>();

  constructor(query: BarQuery) {
    this.#query = query;
  }

  /** What is to be told of a row; undefined when it was told before, or lies outside the query. */
  of({ bar, fault, reason }: RejectedRow): RejectionEvent | undefined {
    const { series, from, to } = this.#query;
    const isOutside =
      (from !== undefined && bar.openTime < from) || (to !== undefined && bar.openTime >= to);
    const key = `${bar.openTime} ${fault}`;
    if (isOutside || this.#before.has(key)) return undefined;
    this.#before.add(key);
    return { type: "rejection", series, bar, fault, reason };
  }
}
