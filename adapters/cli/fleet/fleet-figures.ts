import { KINDS, PROBES, TextDigest } from "../../../sim/fleet/index.ts";
import type { SeedResult } from "./seed-result.ts";

/** The digest of one run. */
interface SeedLine {
  readonly place: number;
  readonly name: string;
  readonly digest: string;
}

/** A year of regular sessions in New York: 252 days of 390 minutes. */
const YEAR_MINUTES = 252 * 390;

/** What became of a fleet so far. */
export class FleetFigures {
  readonly failing: SeedResult[] = [];
  readonly probes = new Map([...PROBES, ...KINDS].map((probe) => [probe, 0]));
  readonly faults = new Map<string, number>();
  seeds = 0;
  halted = 0;
  bars = 0;
  #barMinutes = 0;
  readonly #results: SeedLine[] = [];

  add(result: SeedResult): void {
    this.seeds += 1;
    this.bars += result.bars;
    this.#results.push(lineOf(result));
    this.#barMinutes += result.barMinutes;
    if (result.end === "refused") this.halted += 1;
    if (result.problems.length > 0) this.failing.push(result);
    for (const probe of result.probes) this.probes.set(probe, (this.probes.get(probe) ?? 0) + 1);
    for (const fault of result.faults) this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** Every run with its digest, in the order in which they were to be. */
  get digests(): readonly string[] {
    const results = this.#results.sort((a, b) => a.place - b.place);
    return results.map(({ name, digest }) => `${name} ${digest}`);
  }

  /** Of all digests together. */
  get digest(): string {
    const all = new TextDigest();
    for (const each of this.digests) all.add(each);
    return all.text;
  }

  /** Situations that never came about. */
  get unmet(): readonly string[] {
    return [...this.probes].flatMap(([probe, count]) => (count === 0 ? [probe] : []));
  }

  /** Years of regular sessions that the bars span. */
  get instrumentYears(): number {
    return this.#barMinutes / YEAR_MINUTES;
  }
}

function lineOf({ place, seed, fault, phase, digest }: SeedResult): SeedLine {
  const name = [seed, fault, phase].filter((each) => each !== undefined).join(" ");
  return { place, name, digest };
}
