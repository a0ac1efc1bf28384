// Goal: the store on a disk and the simulated one keep one contract, so that what is proven with
// the one holds with the other.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openLmdbStore } from "../../adapters/store/lmdb/open-lmdb-store.ts";
import { SimDisk } from "../../sim/disk/index.ts";
import { testOrderedStoreContract } from "./ordered-store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "barline-store-"));
let places = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

testOrderedStoreContract({ name: "SimDisk", place: () => new SimDisk(), numRuns: 80 });

testOrderedStoreContract({
  name: "LMDB",
  place: () => {
    places += 1;
    // A name with a dot, which LMDB by itself would take for that of a file.
    const directory = join(folder, `store-${places}.v1`);
    return { open: (mode) => openLmdbStore(directory, { mode }) };
  },
  numRuns: 30,
});
