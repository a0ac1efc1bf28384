import { fail } from "./failure.ts";

/** Throws unless an option is a whole number of at least `least`. */
export function requireAtLeast(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  fail("invalid-option", `${name} is ${value}`, {
    cure: `give a whole number of at least ${least}`,
  });
}
