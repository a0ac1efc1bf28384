import { InvalidArgumentError } from "commander";
import { BarlineError } from "../../core/time/failure.ts";
import { parseInstant, type UnixMs } from "../../core/time/instant.ts";

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
