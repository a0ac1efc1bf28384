import type { OrderedStore, StoreEntry } from "../../adapters/store/port/ordered-store.ts";
import { assert, BarlineError } from "../../core/time/failure.ts";
import { type DiskFault, ProcessKilled } from "./disk-fault.ts";
import { type DiskMedium, DiskStore } from "./disk-store.ts";
import { Entries } from "./entries.ts";

/** As many bytes of a transaction go to the disk in one call. */
const CALL_BYTES = 65_536;

/**
 * A disk in memory whose stores keep the contract of `OrderedStore`, and on which every write call
 * can fail. It has what LMDB leaves behind: nothing of a transaction until its last call is made,
 * and all of it from then on. The same faults and the same use give the same outcome.
 *
 * A test lets something run without faults, asks for the `calls` it made, and lets it run again
 * with a fault at each of them.
 */
export class SimDisk {
  readonly #medium: Medium;

  constructor(faults: readonly DiskFault[] = []) {
    this.#medium = new Medium(faults);
  }

  /** How many write calls were made. */
  get calls(): number {
    return this.#medium.calls;
  }

  /**
   * The store as it is on the disk. What was opened before the process was killed stays dead, and
   * what was opened before a write failed stays closed to every use.
   */
  open(mode: "read" | "write" = "write"): OrderedStore {
    return new DiskStore(this.#medium, mode);
  }

  /** How many bits of keys and values there are at rest. */
  get bits(): number {
    let bytes = 0;
    for (const { key, value } of this.#medium.entries) bytes += key.length + value.length;
    return 8 * bytes;
  }

  /** Turns a bit at rest, 0 being the first; the entry stays where it is, whatever its key says. */
  flipBit(bit: number): void {
    let byte = Math.floor(bit / 8);
    let number = 0;
    for (const entry of this.#medium.entries) {
      const { length } = entry.key;
      if (byte < length + entry.value.length) {
        const flipped: StoreEntry = { key: entry.key.slice(), value: entry.value.slice() };
        const bytes = byte < length ? flipped.key : flipped.value;
        bytes[byte < length ? byte : byte - length]! ^= 1 << (bit % 8);
        const draft = this.#medium.entries.draft();
        draft.replace(number, flipped);
        this.#medium.entries = draft;
        return;
      }
      byte -= length + entry.value.length;
      number += 1;
    }
    assert(false, "a bit to be flipped is there");
  }
}

class Medium implements DiskMedium {
  readonly #faults: readonly DiskFault[];
  entries = Entries.empty();
  calls = 0;
  life = 0;

  constructor(faults: readonly DiskFault[]) {
    this.#faults = faults;
  }

  commit(entries: Entries, changedBytes: number): void {
    const nothing = (): void => {};
    for (let rest = changedBytes; rest > 0; rest -= CALL_BYTES) this.#call(nothing);
    this.#call(nothing);
    this.#call(() => {
      this.entries = entries;
    }, true);
  }

  /** One write call. `isLast`: it makes the transaction count, and its failure leaves a doubt. */
  #call(write: () => void, isLast = false): void {
    this.calls += 1;
    const fault = this.#faults.find((known) => isHit(known, this.calls));
    switch (fault?.kind) {
      case undefined:
        write();
        return;
      case "kill":
        if (fault.moment === "after") write();
        this.life += 1;
        throw new ProcessKilled();
      case "full":
        throw isLast ? writeFailed("no space left") : diskFull();
      case "error":
        if (fault.isWritten) write();
        throw writeFailed("input/output error");
    }
  }
}

function isHit(fault: DiskFault, call: number): boolean {
  const count = fault.kind === "full" ? (fault.count ?? 1) : 1;
  return call >= fault.call && call < fault.call + count;
}

function diskFull(): BarlineError {
  return new BarlineError("disk-full", "the disk is full, nothing of this change was stored", {
    where: "simulated disk",
    cure: "make room and try again",
  });
}

function writeFailed(reason: string): BarlineError {
  const text = `a write failed (${reason}), and it is not known how much reached the disk`;
  return new BarlineError("write-failed", text, {
    where: "simulated disk",
    cure: "open the store anew",
  });
}
