import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { type Instrument, instrument } from "../../../core/market/instrument.ts";
import {
  type PriceType,
  type Series,
  type SessionScope,
  series,
} from "../../../core/market/series.ts";
import { barSizeOfMs } from "../../../core/time/bar-size.ts";
import { fail } from "../../../core/time/failure.ts";
import { ENTRY, entryKey } from "../keys.ts";
import { seal, unseal } from "../sealed.ts";
import { refuse } from "./block/number-column.ts";
import { readCalendar, type StoredCalendar, writeCalendar } from "./stored-calendar.ts";

/** What a series of a store is. */
export interface SeriesAbout {
  readonly series: Series;
  readonly calendar: StoredCalendar;
}

/** The key of the entry that says what a series is, by its number. */
export function aboutKey(number: number): Uint8Array {
  return entryKey(ENTRY.series, number);
}

/** The entry of a series. */
export function encodeAbout(key: Uint8Array, { series: of, calendar }: SeriesAbout): Uint8Array {
  const { symbol, exchange, currency, ...numbers } = of.instrument;
  const writer = new ByteWriter().text(symbol).text(exchange).text(currency);
  writer.float64(numbers.multiplier).float64(numbers.priceIncrement);
  writer.bool(numbers.allowsNegativePrice);
  writer.float64(of.size.ms).text(of.priceType).text(of.scope);
  writeCalendar(writer, calendar);
  return seal(key, writer.view);
}

/** Reads the entry that must be of this series; throws `damaged-bytes`. */
export function decodeAbout(key: Uint8Array, bytes: Uint8Array, seriesKey: string): SeriesAbout {
  const reader = new ByteReader(unseal(key, bytes));
  const symbol = reader.text();
  const details = {
    exchange: reader.text(),
    currency: reader.text(),
    multiplier: reader.float64(),
    priceIncrement: reader.float64(),
    allowsNegativePrice: reader.bool(),
  };
  const size = barSizeOfMs(reader.float64());
  const priceType = reader.text() as PriceType;
  const scope = reader.text() as SessionScope;
  const of = series(instrument(symbol, details), size, priceType, scope);
  if (of.key !== seriesKey) refuse(`it describes ${of.key}`);
  const calendar = readCalendar(reader);
  reader.end();
  return { series: of, calendar };
}

/**
 * One description of an instrument made of two. Throws `other-instrument` where they contradict
 * each other; a price step that one of them does not know is the other's.
 */
export function joinedInstrument(key: string, before: Instrument, told: Instrument): Instrument {
  const priceIncrement = told.priceIncrement === 0 ? before.priceIncrement : told.priceIncrement;
  const known = before.priceIncrement === 0 ? { ...before, priceIncrement } : before;
  const joined = { ...told, priceIncrement };
  for (const name of [
    "currency",
    "multiplier",
    "priceIncrement",
    "allowsNegativePrice",
    "symbol",
    "exchange",
  ] as const) {
    if (known[name] === joined[name]) continue;
    fail("other-instrument", `it is stored with ${name} ${known[name]}, not ${joined[name]}`, {
      where: key,
      cure: "name one of the two instruments differently, or remove the stored series",
    });
  }
  return joined;
}
