import { PROBES, TextDigest } from "../../../sim/fleet/index.ts";
import type { SeedResult } from "./seed-result.ts";

/** A year of regular sessions in New York: 252 days of 390 minutes. */
const YEAR_MINUTES = 252 * 390;

/** What became of a fleet so far. */
export class FleetFigures {
  readonly failing: SeedResult[] = [];
  readonly probes = new Map<string, number>(PROBES.map((probe) => [probe, 0]));
  readonly faults = new Map<string, number>();
  seeds = 0;
  halted = 0;
  bars = 0;
  #barMinutes = 0;
  readonly #digests = new Map<number, string>();

  add(result: SeedResult): void {
    this.seeds += 1;
    this.bars += result.bars;
    this.#digests.set(result.seed, result.digest);
    this.#barMinutes += result.barMinutes;
    if (result.isHalted) this.halted += 1;
    if (result.problems.length > 0) this.failing.push(result);
    for (const probe of result.probes) this.probes.set(probe, (this.probes.get(probe) ?? 0) + 1);
    for (const fault of result.faults) this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** Of the digests of all seeds, in the order of their numbers. */
  get digest(): string {
    const all = new TextDigest();
    for (const seed of [...this.#digests.keys()].sort((a, b) => a - b)) {
      all.add(`${seed} ${this.#digests.get(seed)}`);
    }
    return all.text;
  }

  /** Years of regular sessions that the bars span. */
  get instrumentYears(): number {
    return this.#barMinutes / YEAR_MINUTES;
  }
}
