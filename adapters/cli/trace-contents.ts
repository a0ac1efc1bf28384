import { fail } from "../../core/time/failure.ts";

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

/** What a comparison needs of a trace, by keys that do not depend on where the run began. */
export interface TraceContents {
  /** By series and open time. */
  readonly bars: Map<string, TracedBar>;
  /** By series, open time and name. */
  readonly indicators: Map<string, number>;
  /** By series, open time and name. */
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
  readonly #keyOfSeq = new Map<number, string>();

  /** @param name says where a bad line stands. */
  constructor(name: string) {
    this.#name = name;
  }

  take(line: string): void {
    const { contents } = this;
    contents.lines += 1;
    const record = this.#parse(line);
    if (record.type === "bar") this.#bar(record);
    else if (record.type === "indicator") {
      const key = `${this.#keyOfSeq.get(Number(record.seq))} ${String(record.name)}`;
      contents.indicators.set(key, Number(record.value));
    } else if (record.type === "signal") {
      const key = `${this.#keyOfSeq.get(Number(record.seq))} ${String(record.name)}`;
      contents.signals.set(key, String(record.at));
    } else if (record.type === "state" && record.to === "READY") {
      contents.readyAt ??= String(record.at);
    } else if (record.type === "revision") this.#revision(record);
  }

  #parse(line: string): TraceLine {
    const where = `${this.#name}:${this.contents.lines}`;
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      parsed = undefined;
    }
    const isFirst = this.contents.lines === 1;
    const type = (parsed as TraceLine | undefined | null)?.type;
    if (typeof type !== "string" || (isFirst && type !== "run")) {
      fail("not-a-trace", "this is not a line of a Barline trace", {
        where,
        cure: "compare files that --trace wrote",
      });
    }
    return parsed as TraceLine;
  }

  #bar(record: TraceLine): void {
    const { seq, origin: _origin, version: _version, type: _type, ...bar } = record;
    const key = `${String(bar.series)} ${String(bar.openTime)}`;
    this.#keyOfSeq.set(Number(seq), key);
    this.contents.bars.set(key, bar as unknown as TracedBar);
  }

  #revision(record: TraceLine): void {
    const key = `${String(record.series)} ${String(record.openTime)}`;
    const known = this.contents.bars.get(key);
    if (known === undefined) return;
    this.contents.bars.set(key, { ...known, ...(record.after as Partial<TracedBar>) });
  }
}
