import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * Seeded randomness with named sub-streams: what one part of the world draws never shifts what
 * another part draws. Same seed and name, same numbers, on every machine.
 */
export class Random {
  readonly #seed: number;
  readonly #name: string;
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  /** @param seed a 32-bit integer. */
  constructor(seed: number, name = "") {
    this.#seed = seed;
    this.#name = name;
    this.#generator = xoroshiro128plus(mix(seed, name));
    // Its first numbers still show the seed.
    for (let skipped = 0; skipped < 4; skipped += 1) this.#generator.next();
  }

  /** An independent stream of the same seed. */
  stream(name: string): Random {
    return new Random(this.#seed, `${this.#name}/${name}`);
  }

  /** A number in [0, 1), with 32 random bits. */
  unit(): number {
    return (this.#generator.next() >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }
}

/** FNV-1a over the name, begun from the seed: names that differ give seeds that differ. */
function mix(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash;
}
