import type { UnixMs } from "../../core/time/instant.ts";

/** The values of a bar and where it lies. */
export interface SeenBar {
  readonly openTime: UnixMs;
  readonly closeTime: UnixMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * What was seen of a run from outside, as plain values. `at` is the instant of the world, `now`
 * what the run held to be the present.
 */
export type Seen = { readonly at: UnixMs; readonly life: number } & (
  | { readonly kind: "began" }
  | { readonly kind: "taken"; readonly run: number; readonly how: string }
  | { readonly kind: "refused"; readonly code: string; readonly text: string }
  | { readonly kind: "ended"; readonly how: string }
  | { readonly kind: "trouble"; readonly name: string; readonly text: string }
  | { readonly kind: "link"; readonly text: string }
  | {
      readonly kind: "bar";
      readonly run: number;
      readonly now: UnixMs;
      readonly seq: number;
      readonly size: string;
      readonly bar: SeenBar;
      readonly origin: string;
      readonly version: number;
    }
  | {
      readonly kind: "value";
      readonly run: number;
      readonly seq: number;
      readonly name: string;
      readonly value: number;
    }
  | { readonly kind: "state"; readonly run: number; readonly to: string; readonly reason: string }
  | { readonly kind: "signal"; readonly run: number; readonly seq: number; readonly name: string }
  | {
      readonly kind: "order";
      readonly run: number;
      readonly id: number;
      readonly status: string;
      readonly side: string;
      readonly quantity: number;
      readonly submittedAt: UnixMs;
    }
  | {
      readonly kind: "fill";
      readonly run: number;
      readonly id: number;
      readonly side: string;
      readonly quantity: number;
      readonly price: number;
      readonly fee: number;
      readonly now: UnixMs;
    }
  | {
      readonly kind: "gap";
      readonly run: number;
      readonly size: string;
      readonly from: UnixMs;
      readonly to: UnixMs;
      readonly outcome: string;
    }
  | {
      readonly kind: "revision";
      readonly run: number;
      readonly size: string;
      readonly version: number;
      readonly before: SeenBar | null;
      readonly after: SeenBar;
    }
  | {
      readonly kind: "rejection";
      readonly run: number;
      readonly fault: string;
      readonly bar: SeenBar;
    }
  | {
      readonly kind: "continuity";
      readonly run: number;
      readonly count: number;
      readonly first: UnixMs;
      readonly last: UnixMs;
    }
  | { readonly kind: "status"; readonly run: number; readonly state: string }
);

/** What is seen of one kind. */
export type SeenOf<K extends Seen["kind"]> = Extract<Seen, { readonly kind: K }>;

export function plainBar(bar: SeenBar): SeenBar {
  const { openTime, closeTime, open, high, low, close, volume } = bar;
  return { openTime, closeTime, open, high, low, close, volume };
}

type Bare<S> = S extends Seen ? Omit<S, "at" | "life"> : never;
type BareDeed<S> = S extends { readonly run: number } ? Omit<S, "at" | "life" | "run"> : never;

/** What is seen, without when and in which life. */
export type Sight = Bare<Seen>;

/** What a run does, without when, in which life and by which run. */
export type Deed = BareDeed<Seen>;
