import { fail } from "../../../core/time/failure.ts";

/** A bar of a trace, as its prices and times; a revision replaces what was said first. */
export interface TracedBar {
  readonly series: string;
  readonly openTime: string;
  readonly closeTime: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * What a comparison needs of a trace. A bar goes by its series and open time, which do not depend
 * on where the run began. What is there a second time has a key of its own, so that it cannot hide
 * behind the first.
 */
export interface TraceContents {
  /** By bar. */
  readonly bars: Map<string, TracedBar>;
  /** By name, then by bar. */
  readonly indicators: Map<string, Map<string, number>>;
  /** Their names one after another, by bar. */
  readonly signals: Map<string, string>;
  /** When the run was READY for the first time; undefined when it never was. */
  readyAt: string | undefined;
  lines: number;
}

interface TraceLine {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

/** Gathers the lines of a trace; lines of a kind it does not need are counted and passed over. */
export class TraceReader {
  readonly contents: TraceContents = {
    bars: new Map(),
    indicators: new Map(),
    signals: new Map(),
    readyAt: undefined,
    lines: 0,
  };
  readonly #name: string;
  readonly #barOfSeq = new Map<number, string>();

  /** @param name says where a bad line stands. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Takes the next line. Throws `not-a-trace`, and the first must be a header. */
  take(line: string): void {
    this.contents.lines += 1;
    const record = this.#parse(line);
    if (record.type === "bar") this.#bar(record);
    else if (record.type === "indicator") this.#indicator(record);
    else if (record.type === "signal") {
      const bar = this.#barOf(record);
      const before = this.contents.signals.get(bar);
      const name = String(record.name);
      this.contents.signals.set(bar, before === undefined ? name : `${before}, ${name}`);
    } else if (record.type === "state" && record.to === "READY") {
      this.contents.readyAt ??= String(record.at);
    } else if (record.type === "revision") this.#revision(record);
  }

  #parse(line: string): TraceLine {
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      parsed = undefined;
    }
    const type = (parsed as TraceLine | undefined | null)?.type;
    if (typeof type !== "string" || (this.contents.lines === 1 && type !== "run")) {
      fail("not-a-trace", "this is not a line of a Barline trace", {
        where: `${this.#name}:${this.contents.lines}`,
        cure: "compare files that --trace wrote",
      });
    }
    return parsed as TraceLine;
  }

  #bar(record: TraceLine): void {
    const { seq, origin: _origin, version: _version, type: _type, ...bar } = record;
    const key = addOnce(this.contents.bars, barKey(bar), bar as unknown as TracedBar);
    this.#barOfSeq.set(Number(seq), key);
  }

  #indicator(record: TraceLine): void {
    const name = String(record.name);
    const values = this.contents.indicators.get(name) ?? new Map<string, number>();
    this.contents.indicators.set(name, values);
    // JSON has no word for NaN: it is null there, which must not pass for 0.
    const value = typeof record.value === "number" ? record.value : Number.NaN;
    addOnce(values, this.#barOf(record), value);
  }

  #revision(record: TraceLine): void {
    const key = barKey(record);
    const known = this.contents.bars.get(key);
    if (known === undefined) return;
    this.contents.bars.set(key, { ...known, ...(record.after as Partial<TracedBar>) });
  }

  #barOf(record: TraceLine): string {
    return this.#barOfSeq.get(Number(record.seq)) ?? `a bar that is not there, ${record.seq}`;
  }
}

function barKey(record: TraceLine): string {
  return `${String(record.series)} ${String(record.openTime)}`;
}

/** Adds under a key, or where that is taken under the key with a number; gives the key. */
function addOnce<V>(map: Map<string, V>, key: string, value: V): string {
  let free = key;
  for (let time = 2; map.has(free); time += 1) free = `${key} (${time})`;
  map.set(free, value);
  return free;
}
