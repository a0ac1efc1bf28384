import type { UnixMs } from "../../core/time/instant.ts";
import { decimal, exact, nearestMean } from "./exact.ts";
import { barsBetween, formsOf, isDoubtful, isSameBar, type Known } from "./known.ts";
import type { Seen, SeenBar, SeenOf } from "./seen.ts";
import { LARGER } from "./strategies.ts";

/**
 * Works out, slowly and plainly, from the market alone, what a run must have seen, computed,
 * decided and earned. It shares nothing with what it audits but the words in which a run is told.
 *
 * `story` is all that one run did in all of its lives, in order, as its journal tells it.
 */
export class Auditor {
  readonly #known: Known;
  readonly #problems: string[] = [];
  /** The bars that the run has had, in the order of their opening, as it knows them now. */
  readonly #bars: SeenBar[] = [];
  /** The larger bars that were made of them, as they were told last. */
  readonly #large = new Map<UnixMs, SeenBar>();
  /** The sum of the closes of so many of the first bars, as whole numbers. */
  #sums = [0n];
  #isReady = false;
  #wasReady = false;
  #contiguous = 0;
  /** Whether something was put in between: what was decided since then is not foretold. */
  #isRewritten = false;
  #mood = { bars: 0, side: "" };
  /** What the strategy must say of the present bar; undefined where it is not foretold. */
  #expected: readonly string[] | undefined;
  #said: string[] = [];
  #cash = decimal("1000000");
  #position = 0;
  /** A price that the next bar must have opened at. */
  #filledAt: number | undefined;

  constructor(known: Known) {
    this.#known = known;
  }

  /** What is wrong with the story of a run. */
  audit(story: readonly Seen[]): readonly string[] {
    for (const seen of story) this.#take(seen);
    this.#closeBar();
    for (const bar of this.#large.values()) this.#largeBar(bar);
    return this.#problems;
  }

  /** Cash and position as they must be, in 10^-12 and units. */
  get account(): { readonly cash: bigint; readonly position: number } {
    return { cash: this.#cash, position: this.#position };
  }

  get bars(): readonly SeenBar[] {
    return this.#bars;
  }

  #take(seen: Seen): void {
    switch (seen.kind) {
      case "bar":
        if (this.#isMain(seen)) this.#bar(seen.bar);
        else this.#largeBar(seen.bar);
        break;
      case "value":
        this.#value(seen);
        break;
      case "state":
        this.#isReady = seen.to === "READY";
        if (this.#isReady && this.#contiguous < this.#known.knobs.slow && !this.#isRewritten) {
          this.#problems.push(`[14] it is READY after ${this.#contiguous} bars, which are too few`);
        }
        if (this.#isReady && !this.#wasReady) {
          this.#wasReady = true;
          // Whether the bar before was the first to be asked about, only the run can say.
          this.#expected = undefined;
        }
        break;
      case "signal":
        this.#said.push(seen.name);
        break;
      case "gap":
        if (seen.outcome === "lost" && this.#isMain(seen)) this.#lost();
        break;
      case "revision":
        if (this.#isMain(seen)) this.#revise(seen);
        else this.#largeBar(seen.after);
        break;
      case "fill":
        this.#fill(seen);
        break;
      default:
    }
  }

  #isMain({ size }: { readonly size: string }): boolean {
    return size === this.#known.knobs.size;
  }

  #bar(bar: SeenBar): void {
    this.#closeBar();
    if (this.#filledAt !== undefined && this.#filledAt !== bar.open) {
      this.#problems.push(`[12] a fill at ${this.#filledAt}, and the bar opened at ${bar.open}`);
    }
    this.#filledAt = undefined;
    const last = this.#bars.at(-1);
    if (last !== undefined && bar.openTime <= last.openTime) {
      this.#problems.push(`[1] the bar at ${bar.openTime} came after ${last.openTime}`);
    }
    for (const { openTime } of last === undefined ? [] : barsBetween(this.#known, last, bar)) {
      if (this.#contiguous > 0) {
        this.#problems.push(`[2] the bar at ${openTime} is missing, and nobody said so`);
      }
    }
    const forms = formsOf(this.#known, bar.openTime);
    if (!forms.some((form) => isSameBar(form, bar)) && !isDoubtful(this.#known, bar)) {
      this.#problems.push(`[7] the bar at ${bar.openTime} is not the market's`);
    }
    this.#bars.push(bar);
    this.#contiguous += 1;
    this.#expected = this.#foretell();
  }

  /** What a strategy says that is asked about the last bar. */
  #foretell(): readonly string[] | undefined {
    if (this.#isRewritten) return undefined;
    const { knobs } = this.#known;
    if (!this.#wasReady) return [];
    if (this.#contiguous < knobs.slow) return undefined;
    const isUp = this.#sma(knobs.fast) > this.#sma(knobs.slow);
    if (knobs.strategy === "mood" || knobs.strategy === "secret-mood") {
      this.#mood.bars += 1;
      const side = isUp ? "up" : "down";
      if (side === this.#mood.side) return [];
      const said = [`${side} after ${this.#mood.bars}`];
      this.#mood = { bars: 0, side };
      return said;
    }
    const was = this.#sma(knobs.fast, 1) > this.#sma(knobs.slow, 1);
    if (isUp === was) return [];
    return [isUp ? "up" : "down"];
  }

  #closeBar(): void {
    const expected = this.#expected;
    const said = this.#said;
    this.#expected = undefined;
    this.#said = [];
    if (expected === undefined) {
      this.#follow(said);
      return;
    }
    if (expected.join() === said.join()) return;
    const at = this.#bars.at(-1)?.openTime;
    this.#problems.push(`[16] on ${at} it said "${said.join()}", and had to say "${expected}"`);
  }

  /** Where it is not foretold, a memory follows what was said. */
  #follow(said: readonly string[]): void {
    const side = said.at(-1)?.split(" ")[0];
    if (side === undefined) return;
    this.#mood = { bars: 0, side };
  }

  #largeBar(bar: SeenBar): void {
    // A bar that was put in between is not among those that are known here.
    if (this.#isRewritten) return;
    this.#large.set(bar.openTime, bar);
    const { ms } = LARGER[this.#known.knobs.size]!;
    const from = Math.floor(bar.openTime / ms) * ms;
    const parts = this.#bars.filter(
      ({ openTime }) => openTime >= from && openTime >= bar.openTime && openTime < bar.closeTime,
    );
    if (parts.length === 0) {
      this.#problems.push(`[10] a larger bar at ${bar.openTime} is made of nothing`);
      return;
    }
    const end = { openTime: bar.closeTime };
    for (const truth of barsBetween(this.#known, { openTime: bar.openTime - 1 }, end)) {
      if (parts.some(({ openTime }) => openTime === truth.openTime)) continue;
      this.#problems.push(`[10] the larger bar at ${bar.openTime} lacks ${truth.openTime}`);
      return;
    }
    const isSame =
      bar.open === parts[0]!.open &&
      bar.close === parts.at(-1)!.close &&
      bar.high === Math.max(...parts.map(({ high }) => high)) &&
      bar.low === Math.min(...parts.map(({ low }) => low)) &&
      bar.volume === parts.reduce((sum, { volume }) => sum + volume, 0);
    if (!isSame) this.#problems.push(`[10] the larger bar at ${bar.openTime} is not its parts`);
  }

  #value({ name, value }: SeenOf<"value">): void {
    const { fast, slow } = this.#known.knobs;
    if (name !== "near" && name !== "far") return;
    if (this.#isRewritten) return;
    const expected = this.#sma(name === "near" ? fast : slow);
    if (Object.is(expected, value)) return;
    const at = this.#bars.at(-1)?.openTime;
    this.#problems.push(`[11] ${name} is ${value} on ${at}, and had to be ${expected}`);
  }

  /** The mean of the last closes, but for the very last `back`. */
  #sma(length: number, back = 0): number {
    const end = this.#bars.length - back;
    if (end < length) return Number.NaN;
    for (let count = this.#sums.length; count <= end; count += 1) {
      this.#sums.push(this.#sums[count - 1]! + exact(this.#bars[count - 1]!.close));
    }
    return nearestMean(this.#sums[end]! - this.#sums[end - length]!, length);
  }

  #lost(): void {
    this.#contiguous = 0;
  }

  #revise({ before, after }: SeenOf<"revision">): void {
    const index = this.#bars.findIndex(({ openTime }) => openTime === after.openTime);
    if (index === -1) {
      // A bar where there was none: it is put in between, or lies before the first one.
      if (before === null) this.#isRewritten = true;
      return;
    }
    if (before !== null && !isSameBar(before, this.#bars[index]!)) {
      this.#problems.push(`[6] a revision of ${after.openTime} does not name what was sent`);
    }
    this.#bars[index] = after;
    this.#sums = this.#sums.slice(0, index + 1);
  }

  #fill({ side, quantity, price, fee }: SeenOf<"fill">): void {
    const sign = side === "buy" ? 1 : -1;
    const value = decimal(String(price)) * BigInt(quantity);
    this.#cash -= BigInt(sign) * value + decimal(String(fee));
    this.#position += sign * quantity;
    this.#filledAt = price;
    // No strategy of the fleet ever wants more than one unit, long or short.
    if (Math.abs(this.#position) <= 1) return;
    this.#problems.push(`[13] it holds ${this.#position} units, and wanted one at the most`);
  }
}
