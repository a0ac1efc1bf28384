import { fail } from "../../core/time/failure.ts";
import type { CsvColumnIndexes } from "./csv-layout.ts";
import type { CsvColumnNames, CsvDialect } from "./csv-options.ts";

/** Usual names, the likeliest first; compared by their letters and digits, in lower case. */
const USUAL = {
  stamp: ["opentime", "timestamp", "datetime", "starttime", "bartime", "start", "ts"],
  date: ["date", "day", "tradingday", "tradedate"],
  time: ["time", "timeofday", "t"],
  closeStamp: ["closetime", "endtime", "end"],
  open: ["open", "o", "openprice"],
  high: ["high", "h", "highprice"],
  low: ["low", "l", "lowprice"],
  close: ["close", "c", "closeprice"],
  volume: ["volume", "vol", "v", "tickvolume", "tickvol"],
} as const;

const NAME_CURE = "name the one that holds it (columns, --column)";
const VOLUME_CURE =
  'name it (columns, --column), or say there is none (volume: "none", --no-volume)';

interface FoundColumns {
  readonly columns: CsvColumnIndexes;
  /** What the name of the time column says about the end of the bar it labels. */
  readonly label: "open" | "close";
}

class Header {
  readonly #file: string;
  readonly #names: readonly string[];
  readonly #line: number;

  constructor(file: string, names: readonly string[], line: number) {
    this.#file = file;
    this.#names = names;
    this.#line = line;
  }

  /** The index of the first of some names that the header has; -1 for none. */
  find(names: readonly string[]): number {
    for (const name of names) {
      const index = this.#indexOf(name, bare);
      if (index >= 0) return index;
    }
    return -1;
  }

  /** The index of a stated name, else of a usual one; throws where there is none. */
  require(what: string, stated: string | undefined, usual: readonly string[]): number {
    if (stated === undefined) {
      const index = this.find(usual);
      return index >= 0 ? index : this.missing(what, `named like "${usual[0]}"`);
    }
    const index = this.#indexOf(stated, caseless);
    return index >= 0 ? index : this.missing(what, `"${stated}"`);
  }

  missing(what: string, wanted: string): never {
    const names = this.#names.map((name) => name.slice(0, 40)).slice(0, 20);
    const looksLikeData = names.every((name) => name === "" || /^[\d.:+-]/.test(name));
    const problem = looksLikeData
      ? "the first line is a bar, not a header"
      : `there is no column ${wanted} for the ${what} among ${names.join(", ")}`;
    return fail("missing-column", problem, {
      where: `${this.#file}:${this.#line}`,
      cure: looksLikeData
        ? "write a first line such as open_time,open,high,low,close,volume"
        : `add the column, or ${what === "volume" ? VOLUME_CURE : NAME_CURE}`,
    });
  }

  #indexOf(name: string, normalize: (name: string) => string): number {
    const wanted = normalize(name);
    const index = this.#names.findIndex((each) => normalize(each) === wanted);
    const again = this.#names.findIndex((each, at) => at > index && normalize(each) === wanted);
    if (index >= 0 && again >= 0) {
      fail("ambiguous-column", `columns ${index + 1} and ${again + 1} are both "${name}"`, {
        where: `${this.#file}:${this.#line}:${again + 1}`,
        cure: "rename one of them",
      });
    }
    return index;
  }
}

function caseless(name: string): string {
  return name.trim().toLowerCase();
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function findTime(
  header: Header,
  stated: CsvColumnNames,
): { time: number; timeOfDay: number; label: "open" | "close" } {
  const label = "open";
  if (stated.date !== undefined || stated.time !== undefined) {
    const time = stated.time === undefined ? -1 : header.require("time", stated.time, []);
    if (stated.date === undefined) return { time, timeOfDay: -1, label };
    return { time: header.require("date", stated.date, []), timeOfDay: time, label };
  }
  const stamp = header.find(USUAL.stamp);
  if (stamp >= 0) return { time: stamp, timeOfDay: -1, label };
  const date = header.find(USUAL.date);
  const time = header.find(USUAL.time);
  if (date >= 0) return { time: date, timeOfDay: time, label };
  if (time >= 0) return { time, timeOfDay: -1, label };
  const closeStamp = header.find(USUAL.closeStamp);
  if (closeStamp >= 0) return { time: closeStamp, timeOfDay: -1, label: "close" };
  return header.missing("time", 'named like "time"');
}

/** Finds the columns that a bar needs; throws `missing-column` or `ambiguous-column`. */
export function findColumns(
  file: string,
  names: readonly string[],
  line: number,
  dialect: CsvDialect,
): FoundColumns {
  const header = new Header(file, names, line);
  const stated = dialect.columns ?? {};
  const { time, timeOfDay, label } = findTime(header, stated);
  const open = header.require("open", stated.open, USUAL.open);
  const high = header.require("high", stated.high, USUAL.high);
  const low = header.require("low", stated.low, USUAL.low);
  const close = header.require("close", stated.close, USUAL.close);
  const volume =
    dialect.volume === "none" ? -1 : header.require("volume", stated.volume, USUAL.volume);
  return { columns: { time, timeOfDay, open, high, low, close, volume }, label };
}
