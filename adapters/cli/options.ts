import { type Command, InvalidArgumentError, Option } from "commander";
import { type Instrument, instrument } from "../../core/market/instrument.ts";
import { calendarNames } from "../../core/time/calendars/catalog.ts";
import { fail } from "../../core/time/failure.ts";
import { parseInstant, type UnixMs } from "../../core/time/instant.ts";
import type { Zone } from "../../core/time/zone.ts";
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
} from "../../sim/sim-broker.ts";
import { systemZone } from "../system/zone.ts";
import type { BarFileRequest } from "./bar-file.ts";
import { sizeOption } from "./bar-file.ts";

/** What every command that runs a strategy can be told. */
export interface RunFlags {
  readonly calendar?: string;
  readonly zone?: string;
  readonly size?: string;
  readonly label?: "open" | "close";
  readonly onFault: "fail" | "skip";
  readonly symbol?: string;
  readonly currency: string;
  readonly multiplier: number;
  readonly tick: number;
  readonly param: readonly string[];
  readonly cash: number;
  readonly commission: string;
  readonly slippage: string;
  readonly trace?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A number on the command line, at least `least`. */
export function numberOption(least: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || value < least) {
      throw new InvalidArgumentError(`Give a number of at least ${least}.`);
    }
    return value;
  };
}

/** An instant on the command line. */
export function instantOption(text: string): UnixMs {
  const at = parseInstant(text);
  if (at === undefined) {
    throw new InvalidArgumentError(
      'Write an instant with its offset, such as "2024-03-01T02:07:00Z" or "2024-03-01T10:07:00+08:00".',
    );
  }
  return at;
}

/** Gathers an option that may be given several times. */
function gathered(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** Options that describe a file of bars. */
export function withBarFileOptions(command: Command): Command {
  const calendars = calendarNames.join(", ");
  return command
    .option("--calendar <name>", `exchange calendar: ${calendars} (default: found from the bars)`)
    .option("--zone <name>", "IANA time zone of times that carry no offset")
    .option(
      "--size <size>",
      "bar size, such as 15m (default: the file's); larger bars are made of the file's",
    )
    .addOption(
      new Option(
        "--label <end>",
        "which end of its bar a time names (default: found, else open)",
      ).choices(["open", "close"]),
    )
    .addOption(
      new Option("--on-fault <policy>", "what to do with a faulty row")
        .choices(["fail", "skip"])
        .default("fail"),
    )
    .option("--symbol <symbol>", "name of the instrument (default: the file's name)")
    .option("--currency <code>", "currency of its prices, ISO 4217", "USD")
    .option(
      "--multiplier <number>",
      "money per point of price and unit",
      numberOption(Number.MIN_VALUE),
      1,
    )
    .option("--tick <number>", "smallest price step; 0 where it is unknown", numberOption(0), 0);
}

/** Options of a run. */
export function withRunOptions(command: Command): Command {
  return withBarFileOptions(command)
    .option(
      "--param <name=value>",
      "set a parameter of the strategy; may be repeated",
      gathered,
      [],
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
    .option("--trace <file>", "write what happens as NDJSON; - for standard output")
    .option("--json", "print the summary as one JSON object, and nothing else")
    .option("--quiet", "say nothing on standard error but errors");
}

/** The file of bars that the options describe. */
export function barFileRequest(
  file: string,
  flags: Omit<RunFlags, "param" | "cash" | "commission" | "slippage">,
): BarFileRequest {
  const size = sizeOption(flags.size);
  const zone: Zone | undefined = flags.zone === undefined ? undefined : systemZone(flags.zone);
  return {
    file,
    instrument: instrumentOf(file, flags),
    onFault: flags.onFault,
    ...(flags.calendar === undefined ? {} : { calendar: flags.calendar }),
    ...(zone === undefined ? {} : { zone }),
    ...(size === undefined ? {} : { size }),
    ...(flags.label === undefined ? {} : { label: flags.label }),
  };
}

function instrumentOf(
  file: string,
  flags: Pick<RunFlags, "symbol" | "currency" | "multiplier" | "tick">,
): Instrument {
  const stem = (file.split(/[\\/]/).pop() ?? file).replace(/(\.csv)?(\.gz)?$/i, "");
  return instrument(flags.symbol ?? (stem === "" ? "BARS" : stem), {
    currency: flags.currency,
    multiplier: flags.multiplier,
    priceIncrement: flags.tick,
  });
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
  if (kind === "share" && numbers.length === 1) return shareOfSlippage(numbers[0]!);
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
