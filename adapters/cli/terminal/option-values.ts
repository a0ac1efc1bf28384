import { InvalidArgumentError } from "commander";
import { BarlineError } from "../../../core/time/failure.ts";
import { parseInstant, type UnixMs } from "../../../core/time/instant.ts";

/** A number on the command line, at least `least`. */
export function numberOption(least: number): (text: string) => number {
  return (text) => {
    const value = numberOf(text);
    if (Number.isFinite(value) && value >= least) return value;
    throw new InvalidArgumentError(`Give a number of at least ${least}.`);
  };
}

/** A whole number on the command line, from `least` on, that a computer counts exactly. */
export function wholeNumberOption(least: number): (text: string) => number {
  return (text) => {
    const value = numberOf(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
  };
}

/** A number above zero on the command line. */
export function positiveOption(text: string): number {
  const value = numberOf(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Give a number above 0.");
}

function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** An instant on the command line. */
export function instantOption(text: string): UnixMs {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  throw new InvalidArgumentError(
    'Write an instant with its offset, such as "2024-03-01T02:07:00Z" or ' +
      '"2024-03-01T10:07:00+08:00".',
  );
}

/** Gathers an option that may be given several times. */
export function gathered(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** Reads an option's value and, where that fails, says which option it was. */
export function namingOption<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BarlineError) || error.where !== undefined) throw error;
    throw new BarlineError(error.code, error.message, { where: option, cause: error });
  }
}

/** Example lines below the help of a command. */
export function examples(...lines: readonly string[]): string {
  return ["", "Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** Reads `500ms`, `3s`, `1.5m`, `2h` or `1d` into milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  return match === null ? undefined : Math.round(Number(match[1]) * UNITS_MS.get(match[2]!)!);
}

/** A length of time on the command line, in milliseconds. */
export function durationOption(text: string): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return duration;
  throw new InvalidArgumentError("Write a number and ms, s, m, h or d, such as 3s or 500ms.");
}
