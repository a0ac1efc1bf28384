import type { LinkEvent } from "./ib-link.ts";

/** Those who hear of a link. One that is taken off hears nothing more, not even of the present. */
export class Watchers {
  readonly #listeners = new Set<{ hear(event: LinkEvent): void }>();

  add(hear: (event: LinkEvent) => void): () => void {
    // Each gets an entry of its own, so that one function may listen twice.
    const listener = { hear };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: LinkEvent): void {
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) listener.hear(event);
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
