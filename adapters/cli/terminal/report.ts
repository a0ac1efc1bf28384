import { CommanderError } from "commander";
import { BarlineError } from "../../../core/time/failure.ts";
import { placeInStrategy, withoutBundle } from "../run/strategy-code.ts";
import { ListedError } from "./mistakes.ts";

/** A strategy, or Barline itself, threw; or two traces differ. */
export const FAILED = 1;
/** What was asked for cannot be done with what was given. */
export const BAD_INPUT = 2;

/** The code of an error that is the strategy's own. */
export const STRATEGY_CRASHED = "strategy-crashed";

/** A longer message keeps its beginning, which names the place, and its end, which has the cure. */
const LONGEST = 900;

/** Text fit for one line of a terminal: no line breaks, no control characters, no flood. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through.
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  if (line.length <= LONGEST) return line;
  return `${line.slice(0, LONGEST - 300)} ... ${line.slice(-300)}`;
}

/** What a thrown value has to say; anything can be thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return `${typeof error === "string" ? error : `it threw ${String(error)}`}`;
}

/** Says what went wrong in one line on standard error, and gives the exit code for it. */
export function report(error: unknown): number {
  if (error instanceof CommanderError) return reportUsage(error);
  const isOurs = error instanceof BarlineError;
  const place = isOurs ? undefined : placeInStrategy(error);
  if (error instanceof ListedError) return reportListed(error);
  const text = `${place === undefined ? "" : `${place}: `}${messageOf(error)}`;
  process.stderr.write(`barline: ${oneLine(text)}\n`);
  if (process.env.BARLINE_DEBUG && error instanceof Error) {
    process.stderr.write(`${withoutBundle(String(error.stack))}\n`);
  }
  return isOurs && error.code !== STRATEGY_CRASHED ? BAD_INPUT : FAILED;
}

/** A line for each, as they are read one by one. */
function reportListed({ heading, lines }: ListedError): number {
  const text = [heading, ...lines.map((line) => `  ${oneLine(line)}`)].join("\n");
  process.stderr.write(`barline: ${text}\n`);
  return BAD_INPUT;
}

/** Help and version were asked for and printed; everything else is a mistake in the command. */
function reportUsage({ code, exitCode, message }: CommanderError): number {
  if (exitCode === 0) return 0;
  if (code === "commander.help") return BAD_INPUT;
  const problem = oneLine(message.replace(/^error: /, "")).replace(/\.$/, "");
  process.stderr.write(`barline: ${problem}; add --help to see what there is\n`);
  return BAD_INPUT;
}
