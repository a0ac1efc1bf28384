import { type Command, Option } from "commander";
import { BarlineError, fail } from "../../../core/time/failure.ts";
import { BarStore } from "../../store/bars/bar-store.ts";
import type { OrderedStore } from "../../store/port/ordered-store.ts";
import { systemZone } from "../../system/zone.ts";

/** What a command that needs a store is told. */
export interface StoreFlags {
  readonly store: string;
}

/** The option that says where the store is. */
export function storeOption(what: string): Option {
  return new Option("--store <folder>", what).env("BARLINE_STORE");
}

/** Adds the option to a command that cannot do without. */
export function withStore(command: Command): Command {
  return command.addOption(storeOption("folder of the store").makeOptionMandatory());
}

/** A store that is open, and the bars in it. */
export interface OpenBars {
  readonly directory: string;
  readonly store: OrderedStore;
  readonly bars: BarStore;
}

/**
 * Opens a store, does something with it, and closes it however that ends. In mode `write` it is
 * made where there is none. Throws what `openStore` and `BarStore` throw.
 */
export async function withBars<T>(
  directory: string,
  mode: "read" | "write",
  work: (open: OpenBars) => T | Promise<T>,
): Promise<T> {
  const store = await openStore(directory, mode);
  try {
    return await work({ directory, store, bars: new BarStore(store, { zoneNamed: systemZone }) });
  } finally {
    store.close();
  }
}

/** Opens a store; throws what `openStore` of `adapters/store` throws. */
export async function openStore(directory: string, mode: "read" | "write"): Promise<OrderedStore> {
  if (directory === "") {
    fail("no-store", "the name is empty", { where: "--store", cure: "name a folder" });
  }
  // The database takes its time to load, and only what has a store needs it.
  const { openStore: open } = await import("../../store/open-store.ts");
  try {
    return open(directory, { mode });
  } catch (error) {
    if (!(error instanceof BarlineError) || error.code !== "no-store") throw error;
    throw new BarlineError("no-store", "there is no store here yet", {
      where: directory,
      cure: `make one, such as with "barline bars import FILE --store ${directory}"`,
      cause: error,
    });
  }
}

/** What something gives, or the damage of the store that keeps it from it. */
export function soundOrDamage<T>(work: () => T): T | BarlineError {
  try {
    return work();
  } catch (error) {
    if (error instanceof BarlineError && error.code === "damaged-store") return error;
    throw error;
  }
}
