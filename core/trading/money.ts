import Big from "big.js";
import { fail } from "../time/failure.ts";

/** An exact decimal amount: sums and products of what was traded carry no rounding error. */
export type Money = Big;

/** Nothing at all. */
export const ZERO_MONEY: Money = new Big(0);

/** The exact decimal that a number prints as: 0.1 is one tenth. Throws for NaN and infinities. */
export function money(amount: number | string): Money {
  if (typeof amount === "number" && !Number.isFinite(amount)) {
    fail("invalid-amount", `${amount} is not an amount of money`);
  }
  try {
    return new Big(amount);
  } catch (cause) {
    return fail("invalid-amount", `"${amount}" is not an amount of money`, { cause });
  }
}
