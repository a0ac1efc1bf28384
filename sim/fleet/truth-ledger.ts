import type { UnixMs } from "../../core/time/instant.ts";
import type { Truth } from "../truth.ts";
import type { Correction, Slot } from "./known.ts";
import { plainBar, type SeenBar } from "./seen.ts";

/** The market in plain lists, and what the exchange corrects of it. */
export class Ledger {
  readonly bars: readonly SeenBar[];
  readonly byOpenTime: ReadonlyMap<UnixMs, SeenBar>;
  readonly slots: ReadonlyMap<UnixMs, Slot>;
  readonly corrections = new Map<UnixMs, Correction[]>();

  constructor({ bars, grid }: Truth) {
    this.bars = [...bars].map(plainBar);
    this.byOpenTime = new Map(this.bars.map((bar) => [bar.openTime, bar]));
    const range = { from: this.bars[0]!.openTime, to: this.bars.at(-1)!.closeTime };
    this.slots = new Map(
      [...grid.slots(range)].map(({ openTime, closeTime }) => [openTime, { openTime, closeTime }]),
    );
  }

  /** The `back`-th last bar that is over closes one cent lower, or higher where that is its low. */
  revise(back: number, at: UnixMs): void {
    const over = this.bars.filter(({ closeTime }) => closeTime <= at);
    const first = over[over.length - back];
    if (first === undefined) return;
    const forms = this.corrections.get(first.openTime) ?? [];
    const bar = forms.at(-1)?.bar ?? first;
    const cents = Math.round(bar.close * 100);
    const down = (cents - 1) / 100;
    const close = down >= bar.low ? down : (cents + 1) / 100;
    const high = close > bar.high ? close : bar.high;
    this.corrections.set(first.openTime, [...forms, { at, bar: { ...bar, close, high } }]);
  }
}
