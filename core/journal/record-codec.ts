import { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { choice, readChoice, writeChoice } from "../codec/choice.ts";
import { readWord, writeWord } from "../feed/words/word-codec.ts";
import type { Series } from "../market/series.ts";
import type { Fill, Order, OrderStatus, Side } from "../trading/order.ts";
import type { RunState } from "../trading/readiness.ts";
import { readBorderRecord, writeBorderRecord } from "./border-record.ts";
import type { JournalRecord } from "./journal-record.ts";
import { readKnownCalendar, writeKnownCalendar } from "./known-calendar.ts";

const KINDS = choice(
  ...(["begin", "word", "filled", "refused", "stop"] as const),
  ...(["state", "signal", "order", "fill", "mark", "calendar", "border"] as const),
);
const SIDES = choice<Side>("buy", "sell");
const STATUSES = choice<OrderStatus>("submitted", "filled", "rejected", "canceled");
const STATES = choice<RunState>("INITIALIZING", "WARMING_UP", "READY", "SUSPENDED", "STOPPED");

/** Writes a record of a run on `main`; all of its orders are for that instrument. */
export function writeRecord(to: ByteWriter, record: JournalRecord, main: Series): void {
  if (record.kind === "opened" || record.kind === "heard" || record.kind === "due") {
    writeBorderRecord(writeChoice(to, KINDS, "border"), record, main);
    return;
  }
  writeChoice(to, KINDS, record.kind);
  switch (record.kind) {
    case "begin":
      to.float64(record.at);
      break;
    case "calendar":
      writeKnownCalendar(to.float64(record.at), record.known);
      break;
    case "word":
      writeWord(to.float64(record.at), record.word, main);
      break;
    case "filled":
      writeFill(to.float64(record.at), record.fill);
      break;
    case "refused":
      to.float64(record.at).float64(record.orderId).text(record.reason);
      break;
    case "stop":
      to.float64(record.at).text(record.reason);
      break;
    case "state": {
      const { at, from, to: next, reason, bars, required } = record.change;
      writeChoice(writeChoice(to.float64(at), STATES, from), STATES, next);
      to.text(reason).float64(bars).float64(required);
      break;
    }
    case "signal":
      to.float64(record.at).float64(record.seq).text(record.name);
      break;
    case "order": {
      const { order, status, at, reason } = record.event;
      writeOrder(to, order);
      writeChoice(to, STATUSES, status).float64(at).text(reason);
      break;
    }
    case "fill":
      writeFill(to, record.fill);
      break;
    case "mark":
      to.float64(record.seq).text(record.digest);
  }
}

/** Reads what `writeRecord` wrote; throws `damaged-bytes`. */
function readRecord(from: ByteReader, main: Series): JournalRecord {
  const kind = readChoice(from, KINDS);
  switch (kind) {
    case "begin":
      return { kind, at: from.float64() };
    case "calendar":
      return { kind, at: from.float64(), known: readKnownCalendar(from) };
    case "word":
      return { kind, at: from.float64(), word: readWord(from, main) };
    case "filled":
      return { kind, at: from.float64(), fill: readFill(from, main) };
    case "refused":
      return { kind, at: from.float64(), orderId: from.float64(), reason: from.text() };
    case "stop":
      return { kind, at: from.float64(), reason: from.text() };
    case "state": {
      const at = from.float64();
      const before = readChoice(from, STATES);
      const to = readChoice(from, STATES);
      const reason = from.text();
      const bars = from.float64();
      return { kind, change: { at, from: before, to, reason, bars, required: from.float64() } };
    }
    case "signal":
      return { kind, at: from.float64(), seq: from.float64(), name: from.text() };
    case "order": {
      const order = readOrder(from, main);
      const status = readChoice(from, STATUSES);
      return { kind, event: { order, status, at: from.float64(), reason: from.text() } };
    }
    case "fill":
      return { kind, fill: readFill(from, main) };
    case "border":
      return readBorderRecord(from, main);
    case "mark":
      return { kind, seq: from.float64(), digest: from.text() };
  }
}

/** All records of some bytes, which must hold nothing else. */
export function readRecords(bytes: Uint8Array, main: Series): JournalRecord[] {
  const from = new ByteReader(bytes);
  const records: JournalRecord[] = [];
  while (from.left > 0) records.push(readRecord(from, main));
  return records;
}

/** Writes an order of a run, all of whose orders are for one instrument. */
export function writeOrder(to: ByteWriter, { id, side, quantity, submittedAt }: Order): void {
  writeChoice(to.float64(id), SIDES, side).float64(quantity).float64(submittedAt);
}

/** Reads what `writeOrder` wrote; throws `damaged-bytes`. */
export function readOrder(from: ByteReader, { instrument }: Series): Order {
  const id = from.float64();
  const side = readChoice(from, SIDES);
  return { id, instrument, side, quantity: from.float64(), submittedAt: from.float64() };
}

function writeFill(to: ByteWriter, fill: Fill): void {
  const { orderId, side, quantity, price, fee, at } = fill;
  writeChoice(to.float64(orderId), SIDES, side);
  to.float64(quantity).float64(price).float64(fee).float64(at);
}

function readFill(from: ByteReader, { instrument }: Series): Fill {
  const orderId = from.float64();
  const side = readChoice(from, SIDES);
  const quantity = from.float64();
  const price = from.float64();
  return { orderId, instrument, side, quantity, price, fee: from.float64(), at: from.float64() };
}
