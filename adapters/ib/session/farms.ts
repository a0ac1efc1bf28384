import type { Watchers } from "./watchers.ts";

/** The data farms that are known to be broken, and the word of that. */
export class Farms {
  readonly #watchers: Watchers;
  readonly #broken = new Set<string>();

  constructor(watchers: Watchers) {
    this.#watchers = watchers;
  }

  get broken(): ReadonlySet<string> {
    return this.#broken;
  }

  down(farm: string, reason: string): void {
    this.#broken.add(farm);
    this.#watchers.tell({ kind: "farm-down", farm, reason });
  }

  up(farm: string): void {
    // At every connection all farms are said to be well: that is no news.
    if (this.#broken.delete(farm)) this.#watchers.tell({ kind: "farm-up", farm });
  }

  forget(): void {
    this.#broken.clear();
  }
}
