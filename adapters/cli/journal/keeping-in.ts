import { Keeping, type KeepingOptions } from "../../kept/keeping.ts";
import { isAlive, thisProcess } from "../../store/lmdb/running-process.ts";
import { openStore } from "../../store/open-store.ts";

/**
 * In a folder, which is made where there is none. Throws what keeps a store from being opened.
 */
export function keepingIn(folder: string, options: KeepingOptions): Keeping {
  const store = openStore(folder, { mode: "write" });
  try {
    return new Keeping(options, { store, processes: { thisProcess, isAlive } });
  } catch (error) {
    store.close();
    throw error;
  }
}
