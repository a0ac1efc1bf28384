import { type Command, InvalidArgumentError, Option } from "commander";
import { type Instrument, instrument } from "../../../core/market/instrument.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName, calendarNames } from "../../../core/time/calendars/catalog.ts";
import { fail } from "../../../core/time/failure.ts";
import type { CsvColumnNames, CsvDialect, CsvTimeForm } from "../../csv/index.ts";
import { systemZone } from "../../system/zone.ts";
import { gathered, namingOption, numberOption, positiveOption } from "../terminal/option-values.ts";
import type { BarFileRequest } from "./bar-file.ts";

/** What every command that reads a file of bars can be told. */
export interface BarFileFlags {
  readonly calendar?: string;
  readonly zone?: string;
  readonly size?: string;
  readonly label?: "open" | "close";
  readonly timeForm?: CsvTimeForm;
  readonly column: readonly string[];
  readonly volume: boolean;
  readonly onFault: "fail" | "skip";
  readonly symbol?: string;
  /** Where it is traded, of the commands that can be told. */
  readonly exchange?: string;
  readonly currency: string;
  readonly multiplier: number;
  readonly tick: number;
}

/** The calendar that is made of the bars themselves. */
const CALENDAR_OF_BARS = "bars";

const FIELDS = ["time", "date", "open", "high", "low", "close", "volume"] as const;

/** Adds the options that describe a file of bars. */
export function withBarFileOptions(command: Command): Command {
  const calendars = [...calendarNames, CALENDAR_OF_BARS].join(", ");
  return command
    .option(
      "--calendar <name>",
      `exchange calendar: ${calendars} (default: found from the bars; ` +
        `"${CALENDAR_OF_BARS}": trading hours are where the bars are)`,
    )
    .option("--zone <name>", "IANA time zone of times that carry no offset")
    .option(
      "--size <size>",
      "bar size from 1s to 1d, such as 15m; larger bars are made of the file's " +
        "(default: the file's)",
    )
    .addOption(
      new Option(
        "--label <end>",
        "which end of its bar a time names (default: open, or close in a column close_time)",
      ).choices(["open", "close"]),
    )
    .addOption(
      new Option("--time-form <form>", "how times are written (default: found)").choices([
        "iso",
        "local",
        "date",
        "epoch-seconds",
        "epoch-milliseconds",
      ]),
    )
    .addOption(
      new Option(
        "--column <field=name>",
        `the column of ${FIELDS.join(", ")} by its name in the header; may be repeated`,
      )
        .argParser(gathered)
        .default([], "found by usual names"),
    )
    .option("--no-volume", "the file has no volume; every bar gets 0")
    .addOption(
      new Option("--on-fault <policy>", "what to do with a faulty row: end, or leave it out")
        .choices(["fail", "skip"])
        .default("fail"),
    )
    .option("--symbol <symbol>", "name of the instrument (default: the file's name)", symbolOption)
    .option("--currency <code>", "currency of its prices, ISO 4217", currencyOption, "USD")
    .option("--multiplier <number>", "money per point of price and unit", positiveOption, 1)
    .option("--tick <number>", "smallest price step; 0 where it is unknown", numberOption(0), 0);
}

function currencyOption(text: string): string {
  if (/^[A-Za-z0-9]{2,10}$/.test(text)) return text;
  throw new InvalidArgumentError("Give a code such as USD.");
}

function symbolOption(text: string): string {
  if (/^[^\p{C}]{1,64}$/u.test(text) && text.trim() === text) return text;
  throw new InvalidArgumentError("Give 1 to 64 letters, digits or signs.");
}

/** The file of bars that the options describe. */
export function barFileRequest(file: string, flags: BarFileFlags): BarFileRequest {
  const { size, calendar } = flags;
  if (file === "") fail("no-such-file", "the name is empty", { where: "the file of bars" });
  return {
    file,
    instrument: instrumentOf(file, flags),
    onFault: flags.onFault,
    dialect: dialectOf(flags),
    ...(size === undefined ? {} : { size: namingOption("--size", () => barSize(size)) }),
    ...(calendar === undefined ? {} : { calendar: calendarOf(calendar) }),
  };
}

function calendarOf(name: string): NonNullable<BarFileRequest["calendar"]> {
  if (name.toLowerCase() === CALENDAR_OF_BARS) return CALENDAR_OF_BARS;
  return namingOption("--calendar", () => calendarByName(name));
}

function dialectOf({ zone, label, timeForm, column, volume }: BarFileFlags): CsvDialect {
  return {
    ...(zone === undefined ? {} : { zone: namingOption("--zone", () => systemZone(zone)) }),
    ...(label === undefined ? {} : { label }),
    ...(timeForm === undefined ? {} : { timeForm }),
    ...(column.length === 0 ? {} : { columns: columnsOf(column) }),
    ...(volume ? {} : { volume: "none" }),
  };
}

function columnsOf(settings: readonly string[]): CsvColumnNames {
  const columns: { -readonly [K in keyof CsvColumnNames]: CsvColumnNames[K] } = {};
  for (const setting of settings) {
    const equals = setting.indexOf("=");
    const field = FIELDS.find((each) => each === setting.slice(0, equals).toLowerCase());
    const name = setting.slice(equals + 1);
    if (field === undefined || name === "") {
      fail("invalid-option", `"${setting}" names no column`, {
        where: "--column",
        cure: `write one of ${FIELDS.join(", ")}, = and a name of the header, such as close=Last`,
      });
    }
    columns[field] = name;
  }
  return columns;
}

function instrumentOf(file: string, flags: BarFileFlags): Instrument {
  const stem = (file.split(/[\\/]/).pop() ?? file).replace(/(\.csv)?(\.gz)?$/i, "");
  const plain = stem.replace(/[\p{C}\s]+/gu, "_").slice(0, 64);
  return instrument(flags.symbol ?? (plain === "" ? "BARS" : plain), {
    exchange: flags.exchange ?? "",
    currency: flags.currency,
    multiplier: flags.multiplier,
    priceIncrement: flags.tick,
  });
}
