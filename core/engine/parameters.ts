import { fail } from "../time/failure.ts";
import type { Parameters, Strategy } from "../trading/strategy.ts";

/** The strategy's defaults with some set anew; refuses unknown names and other types. */
export function mergedParameters(strategy: Strategy, given: Parameters): Parameters {
  for (const [name, value] of Object.entries(given)) {
    const where = `strategy ${strategy.name}`;
    if (!Object.hasOwn(strategy.parameters, name)) {
      const names = Object.keys(strategy.parameters).join(", ");
      fail("unknown-parameter", `there is no parameter "${name}"`, {
        where,
        cure: names === "" ? "it has none" : `it has ${names}`,
      });
    }
    const expected = typeof strategy.parameters[name];
    if (typeof value !== expected || (typeof value === "number" && !Number.isFinite(value))) {
      fail("invalid-parameter", `parameter ${name} is ${String(value)}`, {
        where,
        cure: `give a ${expected}`,
      });
    }
  }
  return { ...strategy.parameters, ...given };
}
