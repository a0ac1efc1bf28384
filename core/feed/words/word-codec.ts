import type { ByteReader } from "../../codec/byte-reader.ts";
import type { ByteWriter } from "../../codec/byte-writer.ts";
import { choice, readChoice, writeChoice } from "../../codec/choice.ts";
import { BarColumns } from "../../market/bar-columns.ts";
import type { Series } from "../../market/series.ts";
import type { BarBatch, BarOrigin, FeedOutcome } from "../bar-source.ts";
import type { FeedWord } from "../feed-word.ts";
import { readEvent, writeEvent } from "./event-codec.ts";
import {
  readBar,
  readRange,
  readSeries,
  writeBar,
  writeRange,
  writeSeries,
} from "./value-codec.ts";

const WORDS = choice("bars", "coverage", "event", "end");
/** Where a bar can come from, for `writeChoice`. */
export const ORIGINS = choice<BarOrigin>("backfill", "live", "repair", "replay");
const FINALITIES = choice("final", "forming");
const OUTCOMES = choice("complete", "empty", "partial", "failed");
const RETRIES = choice("soon", "later", "never");

/** Writes a word; series other than `main` are kept by their keys. */
export function writeWord(to: ByteWriter, word: FeedWord, main: Series): void {
  writeChoice(to, WORDS, word.kind);
  if (word.kind === "bars") writeBatch(to, word.batch, main);
  else if (word.kind === "coverage") writeRange(to, word.range);
  else if (word.kind === "event") writeEvent(to, word.event, main);
  else writeOutcome(to, word.outcome);
}

/** Reads what `writeWord` wrote; throws `damaged-bytes`. */
export function readWord(from: ByteReader, main: Series): FeedWord {
  const kind = readChoice(from, WORDS);
  if (kind === "bars") return { kind, batch: readBatch(from, main) };
  if (kind === "coverage") return { kind, range: readRange(from) };
  if (kind === "event") return { kind, event: readEvent(from, main) };
  return { kind, outcome: readOutcome(from) };
}

/** Writes a batch, its bars in full. */
export function writeBatch(to: ByteWriter, batch: BarBatch, main: Series): void {
  const { bars } = batch;
  writeSeries(to, batch.series, main);
  writeChoice(to, FINALITIES, batch.finality);
  writeChoice(to, ORIGINS, batch.origin);
  to.float64(batch.version).uint32(bars.length);
  for (const bar of bars) writeBar(to, bar);
}

/** Reads what `writeBatch` wrote; throws `damaged-bytes`. */
export function readBatch(from: ByteReader, main: Series): BarBatch {
  const series = readSeries(from, main);
  const finality = readChoice(from, FINALITIES);
  const origin = readChoice(from, ORIGINS);
  const version = from.float64();
  const length = from.uint32();
  const bars = new BarColumns(Math.min(length, from.left / BYTES_A_BAR));
  for (let index = 0; index < length; index += 1) bars.push(readBar(from));
  return { series, bars, finality, origin, version };
}

const BYTES_A_BAR = 56;

function writeOutcome(to: ByteWriter, outcome: FeedOutcome): void {
  writeChoice(to, OUTCOMES, outcome.kind);
  if (outcome.kind !== "partial" && outcome.kind !== "failed") return;
  const { code, message, retry } = outcome.fault;
  writeChoice(to.text(code).text(message), RETRIES, retry);
}

function readOutcome(from: ByteReader): FeedOutcome {
  const kind = readChoice(from, OUTCOMES);
  if (kind === "complete" || kind === "empty") return { kind };
  const fault = { code: from.text(), message: from.text(), retry: readChoice(from, RETRIES) };
  return { kind, fault };
}
