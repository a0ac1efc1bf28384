import type {
  OrderedStore,
  StoreReader,
  StoreWriter,
} from "../../adapters/store/port/ordered-store.ts";
import { assert, BarlineError, fail } from "../../core/time/failure.ts";
import { ProcessKilled } from "./disk-fault.ts";
import { DiskView, DiskWriter } from "./disk-view.ts";
import type { Entries } from "./entries.ts";

/** The disk below a store. */
export interface DiskMedium {
  /** What is durable. */
  readonly entries: Entries;
  /** Counts the processes that were killed on it. */
  readonly life: number;
  /** Makes a draft durable, or throws. */
  commit(entries: Entries, changedBytes: number): void;
}

/** A store that is open on a simulated disk. */
export class DiskStore implements OrderedStore {
  readonly #medium: DiskMedium;
  readonly #mode: "read" | "write";
  readonly #life: number;
  #readers = 0;
  #isWriting = false;
  #isClosed = false;
  #failure: BarlineError | undefined;

  constructor(medium: DiskMedium, mode: "read" | "write") {
    this.#medium = medium;
    this.#mode = mode;
    this.#life = medium.life;
  }

  read<T>(work: (reader: StoreReader) => T): T {
    this.#assertUsable();
    const reader = new DiskView(this.#medium.entries, () => this.#isLooking());
    this.#readers += 1;
    try {
      return work(reader);
    } finally {
      this.#readers -= 1;
      reader.end();
    }
  }

  write<T>(work: (writer: StoreWriter) => T): T {
    this.#assertUsable();
    if (this.#mode === "read") {
      fail("read-only", "was opened for reading", {
        where: "simulated disk",
        cure: "open it for writing",
      });
    }
    const draft = this.#medium.entries.draft();
    const writer = new DiskWriter(draft);
    this.#isWriting = true;
    try {
      const result = work(writer);
      if (writer.changedBytes > 0) this.#commit(draft, writer.changedBytes);
      return result;
    } finally {
      this.#isWriting = false;
      writer.end();
    }
  }

  close(): void {
    assert(this.#readers === 0 && !this.#isWriting, "a store is closed outside its transactions");
    this.#isClosed = true;
  }

  #commit(draft: Entries, changedBytes: number): void {
    try {
      this.#medium.commit(draft, changedBytes);
    } catch (error) {
      if (error instanceof BarlineError && error.code === "write-failed") this.#failure = error;
      throw error;
    }
  }

  /** Whether a reader may look; in a killed process nothing goes on. */
  #isLooking(): boolean {
    this.#assertAlive();
    return !this.#isWriting;
  }

  #assertAlive(): void {
    if (this.#life !== this.#medium.life) throw new ProcessKilled();
  }

  #assertUsable(): void {
    this.#assertAlive();
    assert(!this.#isWriting, "a store that is being changed is used through its writer");
    if (this.#isClosed) {
      fail("store-closed", "was closed", { where: "simulated disk", cure: "open it anew" });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}
