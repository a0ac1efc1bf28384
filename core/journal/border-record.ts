import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { choice, readChoice, writeChoice } from "../codec/choice.ts";
import { type PlainValue, readPlain, writePlain } from "../codec/plain-value.ts";
import type { FeedWord } from "../feed/feed-word.ts";
import { readWord, writeWord } from "../feed/words/word-codec.ts";
import type { Series } from "../market/series.ts";
import type { UnixMs } from "../time/instant.ts";

/**
 * What crosses the border into the seam: the raw words of history and live bars, in the order and
 * the present in which they were handled. A source that answers at once does so before its opening
 * is over: `sources` counts those that the seam has opened so far, `depth` those of them that were
 * being opened then.
 */
export type BorderRecord =
  /** A stream was opened over the seam, with the settings of the seam. */
  | {
      readonly kind: "opened";
      readonly at: UnixMs;
      readonly from: UnixMs | undefined;
      readonly to: UnixMs | undefined;
      readonly warmUpBars: number;
      /** How many bars the run said it has had. */
      readonly known: number;
      readonly settings: PlainValue;
    }
  /** The `stream`-th source that the seam opened since then said something. */
  | {
      readonly kind: "heard";
      readonly at: UnixMs;
      readonly stream: number;
      readonly sources: number;
      readonly depth: number;
      readonly word: FeedWord;
    }
  /** The `timer`-th action that the seam has scheduled since then was due. */
  | { readonly kind: "due"; readonly at: UnixMs; readonly timer: number };

const KINDS = choice("opened", "heard", "due");

/** Writes a record of the border of a run on `main`. */
export function writeBorderRecord(to: ByteWriter, record: BorderRecord, main: Series): void {
  writeChoice(to, KINDS, record.kind).float64(record.at);
  if (record.kind === "opened") {
    const { from, to: end, warmUpBars, known, settings } = record;
    to.float64(from ?? Number.NaN)
      .float64(end ?? Number.NaN)
      .float64(warmUpBars)
      .float64(known);
    writePlain(to, settings, "the settings of the seam");
  } else if (record.kind === "heard") {
    const { stream, sources, depth, word } = record;
    writeWord(to.uint32(stream).uint32(sources).uint8(depth), word, main);
  } else to.float64(record.timer);
}

/** Reads what `writeBorderRecord` wrote; throws `damaged-bytes`. */
export function readBorderRecord(from: ByteReader, main: Series): BorderRecord {
  const kind = readChoice(from, KINDS);
  const at = from.float64();
  if (kind === "opened") {
    const begin = from.float64();
    const end = from.float64();
    const warmUpBars = from.float64();
    const known = from.float64();
    return {
      kind,
      at,
      from: Number.isNaN(begin) ? undefined : begin,
      to: Number.isNaN(end) ? undefined : end,
      warmUpBars,
      known,
      settings: readPlain(from),
    };
  }
  if (kind === "due") return { kind, at, timer: from.float64() };
  const stream = from.uint32();
  const sources = from.uint32();
  return { kind, at, stream, sources, depth: from.uint8(), word: readWord(from, main) };
}
