import { fail } from "./failure.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./instant.ts";

/** The length of a bar, from one second to one day. Equal sizes are the same object. */
export interface BarSize {
  /** The canonical form: `1s`, `15m`, `1h`, `1d`. */
  readonly label: string;
  /** Nominal length in milliseconds; a bar can be shorter where a session cuts it. */
  readonly ms: number;
}

const UNITS: readonly (readonly [string, number])[] = [
  ["d", DAY_MS],
  ["h", HOUR_MS],
  ["m", MINUTE_MS],
  ["s", SECOND_MS],
];
const known = new Map<number, BarSize>();

/** The bar size of that many milliseconds: whole seconds, 1 s to 1 day inclusive. */
export function barSizeOfMs(ms: number): BarSize {
  if (!Number.isInteger(ms / SECOND_MS) || ms < SECOND_MS || ms > DAY_MS) {
    fail("invalid-bar-size", `a bar of ${ms} ms is not a whole number of seconds up to one day`);
  }
  let size = known.get(ms);
  if (size === undefined) {
    const [unit, unitMs] = UNITS.find(([, each]) => ms % each === 0)!;
    size = Object.freeze({ label: `${ms / unitMs}${unit}`, ms });
    known.set(ms, size);
  }
  return size;
}

/** Reads `30s`, `15m`, `1h`, `1d`; throws a `BarlineError` for anything else. */
export function barSize(text: string): BarSize {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(text);
  const unitMs = UNITS.find(([unit]) => unit === match?.[2])?.[1];
  if (match === null || unitMs === undefined || Number(match[1]) * unitMs > DAY_MS) {
    return fail("invalid-bar-size", `"${text}" is not a bar size`, {
      cure: "write a whole number and s, m, h or d, from 1s to 1d, such as 15m",
    });
  }
  return barSizeOfMs(Number(match[1]) * unitMs);
}
