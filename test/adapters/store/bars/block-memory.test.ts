// Goal: bars that are remembered are those that their bytes say, and nothing is decoded twice.
import { expect, it } from "vitest";
import type { StoredBars } from "../../../../adapters/store/bars/bar-block.ts";
import { ProvenanceColumns } from "../../../../adapters/store/bars/block/provenance-columns.ts";
import { BlockMemory } from "../../../../adapters/store/bars/block-memory.ts";
import { BarColumns } from "../../../../core/market/bar-columns.ts";

function block(): StoredBars {
  return { bars: new BarColumns(), provenance: new ProvenanceColumns(0) };
}

it("gives the bars of the same bytes under the same key, and decodes all others", () => {
  const memory = new BlockMemory();
  const [first, second, third] = [block(), block(), block()];
  const key = Uint8Array.of(3, 1);
  const bytes = Uint8Array.of(7, 8, 9);
  const never = (): never => {
    throw new Error("it was decoded once more");
  };
  expect(memory.block(key, bytes, () => first)).toBe(first);
  // A store takes its bytes back when a transaction ends.
  const [again, anew] = [bytes.slice(), key.slice()];
  bytes.fill(0);
  key.fill(0);
  expect(memory.block(anew, again, never)).toBe(first);
  expect(memory.block(Uint8Array.of(3, 2), again, () => second)).toBe(second);
  expect(memory.block(Uint8Array.of(3, 2), Uint8Array.of(7, 8, 8), () => third)).toBe(third);
  expect(memory.block(anew, again, () => second)).toBe(second);
});

it("does not remember what could not be decoded", () => {
  const memory = new BlockMemory();
  const bytes = Uint8Array.of(1);
  const damaged = (): never => {
    throw new Error("damaged");
  };
  expect(() => memory.block(bytes, bytes, damaged)).toThrow("damaged");
  const sound = block();
  expect(memory.block(bytes, bytes, () => sound)).toBe(sound);
});
