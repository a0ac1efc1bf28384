import { areEqual } from "../../../core/codec/equal-bytes.ts";
import type { StoredBars } from "./bar-block.ts";

/**
 * Remembers the block that was decoded last. The last block of a series is read again with each bar
 * that comes to it, and holds what was written into it a moment ago: the same bytes under the same
 * key are the same bars, whoever wrote them and whatever became of that transaction.
 */
export class BlockMemory {
  #key = new Uint8Array();
  #bytes = new Uint8Array();
  #block: StoredBars | undefined;

  /** The bars of a block, which nobody may change; decoded where they are not remembered. */
  block(key: Uint8Array, bytes: Uint8Array, decode: () => StoredBars): StoredBars {
    const known = this.#block;
    if (known !== undefined && areEqual(key, this.#key) && areEqual(bytes, this.#bytes)) {
      return known;
    }
    const block = decode();
    this.#key = key.slice();
    this.#bytes = bytes.slice();
    this.#block = block;
    return block;
  }
}
