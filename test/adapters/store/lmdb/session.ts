import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import { crc32 } from "../../../../core/codec/crc32.ts";
import { Random } from "../../../../sim/random.ts";

/** A put, or without a size a removal. */
interface Step {
  readonly key: string;
  readonly size?: number;
  readonly seed?: number;
}

/** Transactions, one after another. */
export type Session = readonly (readonly Step[])[];

const ALL = { from: Uint8Array.of(0), to: new Uint8Array(256).fill(255) };

/**
 * A session that grows a tree, replaces and removes what it wrote, so that pages are used again,
 * and writes values of a few bytes and of many pages.
 */
export function drawSession(seed: number, length: number): Session {
  const random = new Random(seed, "session");
  return Array.from({ length }, (_, number) => {
    const steps: Step[] = [{ key: "01", size: 8, seed: number }];
    const count = random.integer(1, 6);
    for (let index = 0; index < count; index += 1) {
      const key = `02${random.integer(0, 29).toString(16).padStart(16, "0")}`;
      if (random.chance(0.25)) steps.push({ key });
      else {
        const size = random.chance(0.5) ? random.integer(0, 300) : random.integer(300, 30_000);
        steps.push({ key, size, seed: random.integer(0, 255) });
      }
    }
    return steps;
  });
}

/** The digest of what a store holds after 0, 1, 2 ... transactions of a session. */
export function digestsOf(session: Session): readonly number[] {
  const entries = new Map<string, Uint8Array>();
  const digest = (): number => {
    let sum = 0;
    for (const key of [...entries.keys()].sort()) {
      sum = crc32(entries.get(key)!, crc32(Buffer.from(key, "hex"), sum));
    }
    return sum;
  };
  const digests = [digest()];
  for (const steps of session) {
    for (const { key, size, seed = 0 } of steps) {
      if (size === undefined) entries.delete(key);
      else
        entries.set(
          key,
          Uint8Array.from({ length: size }, (_, index) => seed + index * 7),
        );
    }
    digests.push(digest());
  }
  return digests;
}

/** One number for all that a store holds. */
export function digestOf(store: OrderedStore): number {
  return store.read((reader) => {
    let sum = 0;
    for (const { key, value } of reader.range(ALL)) sum = crc32(value, crc32(key, sum));
    return sum;
  });
}
