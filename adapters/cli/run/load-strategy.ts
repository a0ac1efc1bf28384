import { stat } from "node:fs/promises";
import { BarlineError, fail, InvariantError } from "../../../core/time/failure.ts";
import type {
  Declarations,
  Parameters,
  Strategy,
  StrategyRules,
} from "../../../core/trading/strategy.ts";
import { messageOf, STRATEGY_CRASHED } from "../terminal/report.ts";
import { talkOnly } from "../terminal/talk.ts";
import { importKeptCode, importStrategy, strategyError } from "./strategy-code.ts";

const ASYNC = (async () => {}).constructor;

/** Loads a strategy from a TypeScript or JavaScript file whose default export it is. */
export async function loadStrategy(file: string): Promise<Strategy> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    fail("no-strategy", found === undefined ? "there is no such file" : "this is not a file", {
      where: file === "" ? "the strategy" : file,
      cure: "give the path of a strategy, such as examples/sma-cross.ts",
    });
  }
  talkOnly();
  return strategyOf(file, () => importStrategy(file));
}

/** Loads a strategy from a program that a run was kept with; `file` is what it is called. */
export async function loadKeptStrategy(code: string, file: string): Promise<Strategy> {
  talkOnly();
  return strategyOf(file, () => importKeptCode(code));
}

async function strategyOf(
  file: string,
  load: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<Strategy> {
  const exported = await load().catch((error: unknown) => {
    if (error instanceof BarlineError) throw error;
    // Names that a module does not export; it was parsed before.
    if (error instanceof SyntaxError) throw strategyError("no-strategy", error, messageOf(error));
    const text = `the strategy threw while it was loaded: ${messageOf(error)}`;
    throw strategyError(STRATEGY_CRASHED, error, text);
  });
  const strategy = checked(exported.default, file);
  return {
    ...strategy,
    setup: (declare, parameters) => setUp(strategy, file, declare, parameters),
  };
}

/** Sets a strategy up, and says whose fault it is when that fails. */
function setUp(
  strategy: Strategy,
  file: string,
  declare: Declarations,
  parameters: Parameters,
): StrategyRules {
  let rules: Partial<StrategyRules> | undefined | null;
  try {
    rules = strategy.setup(declare, parameters);
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    const isRefusal = error instanceof BarlineError;
    const text = messageOf(error);
    // What Barline refuses, such as an average over no bars, mostly comes of a parameter.
    if (isRefusal) throw strategyError(error.code, error, text);
    throw strategyError(STRATEGY_CRASHED, error, `the strategy threw in setup: ${text}`);
  }
  if (typeof rules?.onBar !== "function") {
    fail("no-strategy", "its setup gives no onBar", {
      where: file,
      cure: "let setup return `{ onBar(bar, trade) { ... } }`",
    });
  }
  if (rules.onBar instanceof ASYNC) {
    fail("no-strategy", "its onBar is async, and a run waits for nothing", {
      where: file,
      cure: "decide at once; fetch what it needs while the file is loaded",
    });
  }
  return rules as StrategyRules;
}

function checked(exported: unknown, file: string): Strategy {
  const strategy = exported as Partial<Strategy> | undefined | null;
  const isStrategy =
    typeof strategy?.name === "string" &&
    typeof strategy.setup === "function" &&
    typeof strategy.parameters === "object" &&
    strategy.parameters !== null;
  if (!isStrategy) {
    fail("no-strategy", "its default export is not a strategy", {
      where: file,
      cure: "write `export default defineStrategy({ name, parameters, setup })`",
    });
  }
  for (const [name, value] of Object.entries(strategy.parameters ?? {})) {
    if (typeof value !== "number" || Number.isFinite(value)) continue;
    fail("no-strategy", `the default of its parameter ${name} is ${value}`, {
      where: file,
      cure: "give a finite number",
    });
  }
  return strategy as Strategy;
}

/**
 * Reads `name=value` settings into the types of the strategy's parameters.
 *
 * @param whereIs names the place of a setting in an error.
 */
export function parseParameters(
  strategy: Strategy,
  settings: readonly string[],
  whereIs = (setting: string): string => `--param ${setting}`,
): Parameters {
  const { parameters } = strategy;
  const parsed = new Map<string, number | string | boolean>();
  for (const setting of settings) {
    const equals = setting.indexOf("=");
    const where = whereIs(setting);
    if (equals < 1) {
      fail("invalid-parameter", "this is no setting", { where, cure: "write --param fast=20" });
    }
    const name = setting.slice(0, equals);
    if (!Object.hasOwn(parameters, name)) {
      const names = Object.keys(parameters).join(", ");
      fail("unknown-parameter", `strategy ${strategy.name} has no parameter "${name}"`, {
        where,
        cure: names === "" ? "it has none" : `it has ${names}`,
      });
    }
    parsed.set(name, parsedAs(typeof parameters[name], where, setting.slice(equals + 1)));
  }
  return Object.fromEntries(parsed);
}

function parsedAs(kind: string, where: string, text: string): number | string | boolean {
  if (kind === "string") return text;
  if (kind === "boolean" && (text === "true" || text === "false")) return text === "true";
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (kind === "number" && Number.isFinite(number)) return number;
  return fail("invalid-parameter", `"${text}" is not a ${kind}`, {
    where,
    cure: kind === "number" ? "give a finite number" : "give true or false",
  });
}
