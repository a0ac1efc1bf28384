import type { PlainValue } from "../../../core/codec/plain-value.ts";
import type { Fill } from "../../../core/trading/order.ts";
import type { RunAbout } from "./run-about.ts";

/** A fill as it is kept: its instrument is that of the run. */
export type PlainFill = Omit<Fill, "instrument">;

/** The fills with which the account of a run begins. */
export function carriedFills(about: Pick<RunAbout, "carried" | "series">): readonly Fill[] {
  const { instrument } = about.series;
  return booked(about.carried).map((fill) => ({ ...fill, instrument }));
}

/** What a run's entry says of the fills before it. */
export function booked(carried: PlainValue): readonly PlainFill[] {
  return carried as unknown as readonly PlainFill[];
}

export function plainFill({ orderId, side, quantity, price, fee, at }: Fill): PlainFill {
  return { orderId, side, quantity, price, fee, at };
}
