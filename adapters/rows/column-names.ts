import { fail } from "../../core/time/failure.ts";
import type { ValueColumns } from "./row-bar.ts";

/** Usual names, the likeliest first; compared by their letters and digits, in lower case. */
export const USUAL_NAMES = {
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

/** Stated names of the columns of a bar's values, compared without regard to case. */
export interface ValueColumnNames {
  readonly open?: string;
  readonly high?: string;
  readonly low?: string;
  readonly close?: string;
  readonly volume?: string;
}

/** The columns of a file, and how to speak of them. */
export interface NamedColumns {
  readonly names: readonly string[];
  /** Where the names stand, for a person. */
  readonly where: string;
  /** Where the name of one column stands. */
  readonly placeOf: (column: number) => string;
  /** What is wrong with the names where they look like data; it is no fault where undefined. */
  readonly ifNoNames?: { readonly problem: string; readonly cure: string };
}

/** Finds columns by their names. */
export class ColumnFinder {
  readonly #columns: NamedColumns;

  constructor(columns: NamedColumns) {
    this.#columns = columns;
  }

  /** The index of the first of some names that there is; -1 for none. */
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

  /** The columns of a bar's values; throws `missing-column` or `ambiguous-column`. */
  values(stated: ValueColumnNames, volume: "required" | "none" = "required"): ValueColumns {
    return {
      open: this.require("open", stated.open, USUAL_NAMES.open),
      high: this.require("high", stated.high, USUAL_NAMES.high),
      low: this.require("low", stated.low, USUAL_NAMES.low),
      close: this.require("close", stated.close, USUAL_NAMES.close),
      volume: volume === "none" ? -1 : this.require("volume", stated.volume, USUAL_NAMES.volume),
    };
  }

  missing(what: string, wanted: string): never {
    const { names, where, ifNoNames } = this.#columns;
    const shown = names.map((name) => name.slice(0, 40)).slice(0, 20);
    if (ifNoNames !== undefined && shown.every((name) => name === "" || /^[\d.:+-]/.test(name))) {
      return fail("missing-column", ifNoNames.problem, { where, cure: ifNoNames.cure });
    }
    const problem = `there is no column ${wanted} for the ${what} among ${shown.join(", ")}`;
    const cure = `add the column, or ${what === "volume" ? VOLUME_CURE : NAME_CURE}`;
    return fail("missing-column", problem, { where, cure });
  }

  #indexOf(name: string, normalize: (name: string) => string): number {
    const { names, placeOf } = this.#columns;
    const wanted = normalize(name);
    const index = names.findIndex((each) => normalize(each) === wanted);
    const again = names.findIndex((each, at) => at > index && normalize(each) === wanted);
    if (index >= 0 && again >= 0) {
      fail("ambiguous-column", `columns ${index + 1} and ${again + 1} are both "${name}"`, {
        where: placeOf(again),
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
