import type { ByteReader } from "../../codec/byte-reader.ts";
import type { ByteWriter } from "../../codec/byte-writer.ts";
import { choice, readChoice, writeChoice } from "../../codec/choice.ts";
import type { Series } from "../../market/series.ts";
import type { FeedEvent, RejectionEvent } from "../feed-event.ts";
import {
  readBar,
  readRange,
  readSeries,
  writeBar,
  writeRange,
  writeSeries,
} from "./value-codec.ts";

const EVENTS = choice("status", "progress", "gap", "revision", "rejection", "continuity");
const STATES = choice("backfilling", "live", "interrupted", "recovering", "stale");
const GAPS = choice("suspected", "repaired", "empty", "lost");

/** Writes an event of a feed; series other than `main` are kept by their keys. */
export function writeEvent(to: ByteWriter, event: FeedEvent, main: Series): void {
  writeSeries(writeChoice(to, EVENTS, event.type), event.series, main);
  switch (event.type) {
    case "status":
      writeChoice(to, STATES, event.state).text(event.reason);
      break;
    case "progress":
      to.float64(event.bars).float64(event.expected);
      break;
    case "gap":
      writeRange(to, event.range);
      writeChoice(to, GAPS, event.outcome).text(event.reason);
      break;
    case "revision":
      to.float64(event.version).bool(event.before !== null);
      if (event.before !== null) writeBar(to, event.before);
      writeBar(to, event.after);
      break;
    case "rejection":
      writeBar(to.text(event.fault).text(event.reason), event.bar);
      break;
    case "continuity":
      to.float64(event.count).float64(event.first).float64(event.last).text(event.hash);
  }
}

/** Reads what `writeEvent` wrote; throws `damaged-bytes`. */
export function readEvent(from: ByteReader, main: Series): FeedEvent {
  const type = readChoice(from, EVENTS);
  const series = readSeries(from, main);
  switch (type) {
    case "status":
      return { type, series, state: readChoice(from, STATES), reason: from.text() };
    case "progress":
      return { type, series, bars: from.float64(), expected: from.float64() };
    case "gap": {
      const range = readRange(from);
      return { type, series, range, outcome: readChoice(from, GAPS), reason: from.text() };
    }
    case "revision": {
      const version = from.float64();
      const before = from.bool() ? readBar(from) : null;
      return { type, series, version, before, after: readBar(from) };
    }
    case "rejection": {
      const fault = from.text() as RejectionEvent["fault"];
      const reason = from.text();
      return { type, series, fault, reason, bar: readBar(from) };
    }
    case "continuity": {
      const count = from.float64();
      const first = from.float64();
      return { type, series, count, first, last: from.float64(), hash: from.text() };
    }
  }
}
