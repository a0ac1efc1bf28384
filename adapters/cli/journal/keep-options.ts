import { type Command, Option } from "commander";
import { fail } from "../../../core/time/failure.ts";
import { money } from "../../../core/trading/money.ts";
import type { Parameters, Strategy } from "../../../core/trading/strategy.ts";
import type { KeepingOptions } from "../../kept/keeping.ts";
import { programVersion } from "../program-version.ts";
import { loadedCode } from "../run/strategy-code.ts";

/** Where and how a live run is kept. */
export interface KeepFlags {
  /** The folder of the store; absent: the run is not kept. */
  readonly store?: string;
  /** The name under which it is kept; default: that of the strategy and its series. */
  readonly run?: string;
  readonly anew?: boolean;
}

const GROUP = "Keeping the run:";

/** Adds the options of a run that can be kept. */
export function withKeepOptions(command: Command): Command {
  const options = [
    new Option(
      "--store <folder>",
      "keep bars and the run in this folder, and go on with the run that is there",
    ).env("BARLINE_STORE"),
    new Option(
      "--run <name>",
      "what the run is called in the store (default: strategy and series)",
    ),
    new Option("--anew", "begin a new run, with a new account, whatever is in the store"),
  ];
  for (const option of options) command.addOption(option.helpGroup(GROUP));
  return command;
}

/** What a run costs and begins with, as it is kept. */
export interface KeptAccount {
  readonly cash: number | string;
  readonly commission: string;
  readonly slippage: string;
  readonly lostBars: "rewarm" | "continue";
}

/** What a run is to be kept as; undefined when it is not to be kept. Throws `invalid-option`. */
export function keepingOptions(
  flags: KeepFlags,
  strategyFile: string,
  strategy: Strategy,
  parameters: Parameters,
  { cash, ...costs }: KeptAccount,
): (KeepingOptions & { readonly folder: string }) | undefined {
  const { store: folder, run: name } = flags;
  if (folder === undefined) {
    if (name === undefined && flags.anew !== true) return undefined;
    fail("invalid-option", "the run is not kept anywhere", {
      where: name === undefined ? "--anew" : "--run",
      cure: "say where with --store FOLDER, or leave it out",
    });
  }
  return {
    ...costs,
    folder,
    name,
    isAnew: flags.anew === true,
    strategy: strategy.name,
    strategyFile,
    code: loadedCode(),
    parameters: { ...strategy.parameters, ...parameters },
    cash: money(cash).toFixed(),
    barline: programVersion(),
  };
}
