import { type Command, Option } from "commander";
import { fail } from "../../../core/time/failure.ts";
import {
  type CommissionModel,
  fixedCommission,
  noCommission,
  noSlippage,
  perUnitCommission,
  type SlippageModel,
  shareOfSlippage,
  shareOfValueCommission,
  ticksOfSlippage,
} from "../../../sim/sim-broker.ts";
import { type BarFileFlags, withBarFileOptions } from "../bars/bar-file-options.ts";
import { gathered, numberOption } from "./option-values.ts";

/** What every command that runs a strategy can be told. */
export interface RunFlags extends BarFileFlags {
  readonly param: readonly string[];
  readonly cash: number;
  readonly commission: string;
  readonly slippage: string;
  readonly lostBars: "rewarm" | "continue";
  readonly trace?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds the options of a run. */
export function withRunOptions(command: Command): Command {
  return withBarFileOptions(command)
    .addOption(
      new Option("--param <name=value>", "set a parameter of the strategy; may be repeated")
        .argParser(gathered)
        .default([], "as the strategy has them"),
    )
    .option(
      "--cash <amount>",
      "initial cash, in the instrument's currency",
      numberOption(0),
      1_000_000,
    )
    .option(
      "--commission <model>",
      "none, fixed:AMOUNT a trade, unit:AMOUNT[:MINIMUM] a unit, or share:FRACTION of the value",
      "none",
    )
    .option("--slippage <model>", "none, ticks:NUMBER, or share:FRACTION of the price", "none")
    .addOption(
      new Option(
        "--lost-bars <policy>",
        "what a lost bar means: no trading until no indicator has the hole in it, or nothing",
      )
        .choices(["rewarm", "continue"])
        .default("rewarm"),
    )
    .option(
      "--trace <file>",
      "write what happens as NDJSON; - for standard output, with the summary on standard error",
    )
    .option("--json", "print the summary as one JSON object, and nothing else")
    .option("--quiet", "say nothing on standard error but errors");
}

/** Reads `--commission`. */
export function commissionOption(text: string): CommissionModel {
  const [kind, ...numbers] = modelParts("--commission", text);
  if (kind === "none" && numbers.length === 0) return noCommission;
  if (kind === "fixed" && numbers.length === 1) return fixedCommission(numbers[0]!);
  if (kind === "unit" && numbers.length === 1) return perUnitCommission(numbers[0]!);
  if (kind === "unit" && numbers.length === 2) return perUnitCommission(numbers[0]!, numbers[1]!);
  if (kind === "share" && numbers.length === 1) return shareOfValueCommission(numbers[0]!);
  return fail("invalid-option", `"${text}" is not a commission model`, {
    where: "--commission",
    cure: "write none, fixed:2.5, unit:0.005, unit:0.005:1 or share:0.00023",
  });
}

/** Reads `--slippage`. */
export function slippageOption(text: string, tick: number): SlippageModel {
  const [kind, ...numbers] = modelParts("--slippage", text);
  if (kind === "none" && numbers.length === 0) return noSlippage;
  if (kind === "ticks" && numbers.length === 1) {
    if (tick > 0) return ticksOfSlippage(numbers[0]!);
    fail("invalid-option", "slippage in ticks needs the size of a tick", {
      where: "--slippage",
      cure: "give it with --tick, such as --tick 0.01",
    });
  }
  // A share of the whole price or more would sell for nothing.
  if (kind === "share" && numbers.length === 1 && numbers[0]! < 1) {
    return shareOfSlippage(numbers[0]!);
  }
  return fail("invalid-option", `"${text}" is not a slippage model`, {
    where: "--slippage",
    cure: "write none, ticks:1 or share:0.0001",
  });
}

function modelParts(where: string, text: string): [string, ...number[]] {
  const [kind = "", ...rest] = text.split(":");
  const numbers = rest.map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.some((value) => !(value >= 0 && Number.isFinite(value)))) {
    fail("invalid-option", `"${text}" has a part that is not a number of 0 or more`, {
      where,
      cure: "write it such as fixed:2.5",
    });
  }
  return [kind, ...numbers];
}
