import { type Bar, sameBar } from "../../market/bar.ts";
import type { UnixMs } from "../../time/instant.ts";

/** How much a statement about a bar weighs: what is fetched outweighs what was streamed. */
export type Authority = "forming" | "live" | "history";

const RANK: Readonly<Record<Authority, number>> = { forming: 0, live: 1, history: 2 };

/** Whether the word of one authority is taken over that of another. */
export function outranks(a: Authority, b: Authority): boolean {
  return RANK[a] > RANK[b];
}

/** Whether a restatement can follow an earlier one of the same bar: it only ever grows. */
export function grows(before: Bar, after: Bar): boolean {
  return after.volume >= before.volume && after.high >= before.high && after.low <= before.low;
}

/** What a bar means whose slot is settled already. */
export type Afterthought =
  | { readonly kind: "repetition" | "conflict" | "too-old" }
  | { readonly kind: "revision"; readonly version: number; readonly before: Bar | null };

interface RememberedBar {
  readonly bar: Bar;
  readonly authority: Authority;
  /** As it was told here: 1 for what was released. */
  readonly version: number;
  /** As its source counts. */
  readonly said: number;
}

/**
 * The last bars that were released, so that one that comes again can be told from one that says
 * something new. Open times ascend, so the ring is searched by halving.
 */
export class BarMemory {
  readonly #openTime: Float64Array;
  readonly #entries: (RememberedBar | undefined)[];
  readonly #capacity: number;
  readonly #late = new Map<UnixMs, RememberedBar>();
  #added = 0;

  /** @param capacity bars to remember, 1 or more. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#openTime = new Float64Array(capacity);
    this.#entries = new Array(capacity).fill(undefined);
  }

  /** Remembers the next bar released: it opens after all before it. */
  add(bar: Bar, authority: Authority, said = 1): void {
    const place = this.#added % this.#capacity;
    this.#openTime[place] = bar.openTime;
    this.#entries[place] = { bar, authority, version: 1, said };
    this.#added += 1;
  }

  /** Judges a bar of a slot that was passed, and remembers it when it is a revision. */
  review(bar: Bar, authority: Authority, said: number): Afterthought {
    const place = this.#find(bar.openTime);
    const known = place === undefined ? this.#late.get(bar.openTime) : this.#entries[place];
    if (known === undefined && bar.openTime < this.#reachesBackTo) return { kind: "too-old" };
    if (known !== undefined && sameBar(known.bar, bar)) return { kind: "repetition" };
    if (authority === "forming") {
      // A restatement that says more than what was released on the word of earlier ones corrects
      // it.
      const more = known !== undefined && known.authority === "forming" && grows(known.bar, bar);
      if (!more) return { kind: "repetition" };
    } else if (known !== undefined) {
      if (outranks(known.authority, authority) && said <= known.said) return { kind: "conflict" };
      // An earlier version that lagged behind.
      if (known.authority === authority && said < known.said) return { kind: "repetition" };
    }
    const entry = { bar, authority, said, version: known === undefined ? 2 : known.version + 1 };
    if (place === undefined) this.#amendLate(entry);
    else this.#entries[place] = entry;
    return { kind: "revision", version: entry.version, before: known?.bar ?? null };
  }

  /** The earliest instant of which it can say whether a bar was released. */
  get #reachesBackTo(): UnixMs {
    return this.#added <= this.#capacity
      ? Number.NEGATIVE_INFINITY
      : this.#openTime[this.#added % this.#capacity]!;
  }

  /** Bars that came after their slot had been passed have no place in the ring. */
  #amendLate(entry: RememberedBar): void {
    this.#late.set(entry.bar.openTime, entry);
    if (this.#late.size > this.#capacity) this.#late.delete(this.#late.keys().next().value!);
  }

  #find(openTime: UnixMs): number | undefined {
    let low = Math.max(0, this.#added - this.#capacity);
    let high = this.#added - 1;
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.#openTime[middle % this.#capacity]!;
      if (found === openTime) return middle % this.#capacity;
      if (found < openTime) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}
