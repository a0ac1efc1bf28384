import { ByteReader } from "../../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import { barSizeOfMs } from "../../../../core/time/bar-size.ts";
import { calendarToStore } from "../../../kept/calendar-to-store.ts";
import {
  readCalendar,
  tradingCalendar,
  writeCalendar,
} from "../../../store/bars/stored-calendar.ts";
import { systemZone } from "../../../system/zone.ts";
import type { UnderstoodFile } from "../bar-file.ts";

/** What was found out about a file when it was read. */
export interface RecordedFile {
  readonly understood: UnderstoodFile;
  /** The names of its header. */
  readonly header: readonly string[];
}

/** What was found out, as bytes. */
export function encodeFile({ understood, header }: RecordedFile): Uint8Array {
  const { size, calendar, alignment, startsAt, note } = understood;
  const writer = new ByteWriter().float64(size.ms).float64(startsAt).text(note);
  writeCalendar(writer, calendarToStore(calendar, alignment));
  writer.uint32(header.length);
  for (const name of header) writer.text(name);
  return writer.bytes;
}

/** Reads what `encodeFile` wrote. */
export function decodeFile(bytes: Uint8Array): RecordedFile {
  const reader = new ByteReader(bytes);
  const size = barSizeOfMs(reader.float64());
  const startsAt = reader.float64();
  const note = reader.text();
  const stored = readCalendar(reader);
  const header = Array.from({ length: reader.uint32() }, () => reader.text());
  reader.end();
  const calendar = tradingCalendar(stored, systemZone);
  const { alignment } = stored;
  return { understood: { size, calendar, alignment, startsAt, note, isSizeFound: true }, header };
}
