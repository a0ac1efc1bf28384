import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { type PlainValue, readPlain, writePlain } from "../../../core/codec/plain-value.ts";
import { instrument } from "../../../core/market/instrument.ts";
import {
  type PriceType,
  type Series,
  type SessionScope,
  series,
} from "../../../core/market/series.ts";
import type { GridAlignment } from "../../../core/time/bar-grid.ts";
import { barSizeOfMs } from "../../../core/time/bar-size.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { Parameters } from "../../../core/trading/strategy.ts";
import { seal, unseal } from "../sealed.ts";

/** What a run is: everything that it takes to play it again. Never changed once it was written. */
export interface RunAbout {
  /** The name of the journal. Runs of one name follow each other. */
  readonly name: string;
  /** The strategy's own name, and the file that it was loaded from. */
  readonly strategy: string;
  readonly strategyFile: string;
  /** The strategy as one program text, so that it can be played again whatever the file became. */
  readonly code: string;
  readonly parameters: Parameters;
  readonly series: Series;
  /** Of the grid: its calendar's name and zone, and where bars lie on it. */
  readonly calendar: string;
  readonly zone: string;
  readonly alignment: GridAlignment;
  /** The account, as it was given: cash as a decimal, models of costs as their texts. */
  readonly cash: string;
  readonly commission: string;
  readonly slippage: string;
  readonly lostBars: "rewarm" | "continue";
  /** The version of Barline that began it. */
  readonly barline: string;
  readonly beganAt: UnixMs;
  /** What its account begins with of the runs before it under this name; a `CarriedAccount`. */
  readonly carried: PlainValue;
}

/** The entry of what a run is. */
export function encodeRunAbout(key: Uint8Array, about: RunAbout): Uint8Array {
  const { series: of, ...rest } = about;
  const { instrument: traded, size, priceType, scope } = of;
  const writer = new ByteWriter(1 << 14);
  writePlain(writer, { ...rest, traded, sizeMs: size.ms, priceType, scope }, about.name);
  return seal(key, writer.view);
}

/** Reads what `encodeRunAbout` wrote; throws `damaged-bytes`. */
export function decodeRunAbout(key: Uint8Array, bytes: Uint8Array): RunAbout {
  const reader = new ByteReader(unseal(key, bytes));
  // Sealed: it is what was written, field by field.
  const { traded, sizeMs, priceType, scope, ...rest } = readPlain(reader) as unknown as Written;
  reader.end();
  const { symbol, ...details } = traded;
  const of = series(instrument(symbol, details), barSizeOfMs(sizeMs), priceType, scope);
  return { ...rest, series: of };
}

interface Written extends Omit<RunAbout, "series"> {
  readonly traded: Series["instrument"];
  readonly sizeMs: number;
  readonly priceType: PriceType;
  readonly scope: SessionScope;
}
