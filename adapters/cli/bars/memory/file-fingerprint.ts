import { createHash } from "node:crypto";
import { createReadStream, type Stats, statSync } from "node:fs";
import { calendarNames } from "../../../../core/time/calendars/catalog.ts";
import { programVersion } from "../../program-version.ts";
import type { BarFileRequest } from "../bar-file.ts";

/** Counts up when what is kept of a file gets another form or another meaning. */
const RECORD_FORM = 1;

/** A file at one moment. */
export interface Fingerprint {
  /** 32 bytes, over its bytes and over everything else that what is made of them depends on. */
  readonly bytes: Uint8Array;
  /** Whether the file was touched since. */
  readonly isStill: () => boolean;
}

/**
 * The fingerprint of a file that is to be read in a certain way; undefined where it cannot be read,
 * or is read in a way that a fingerprint cannot tell. The name of the instrument does not count: it
 * changes nothing that is kept.
 */
export async function fingerprint(request: BarFileRequest): Promise<Fingerprint | undefined> {
  const { file, calendar, dialect, onFault, instrument } = request;
  if (typeof calendar === "object" && !calendarNames.some((name) => name === calendar.name)) {
    return undefined;
  }
  const before = stateOf(file);
  if (before === undefined) return undefined;
  const content = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      content.update(chunk as Buffer);
    }
  } catch {
    return undefined;
  }
  const { zone, columns, ...plain } = dialect;
  const said = {
    form: RECORD_FORM,
    version: programVersion(),
    // Zones are those of the machine.
    zones: process.versions.tz,
    calendar: typeof calendar === "object" ? calendar.name : (calendar ?? null),
    dialect: Object.entries(plain).toSorted(),
    columns: Object.entries(columns ?? {}).toSorted(),
    zone: zone?.name ?? null,
    onFault,
    allowsNegativePrice: instrument.allowsNegativePrice,
  };
  const bytes = createHash("sha256").update(content.digest()).update(JSON.stringify(said)).digest();
  return { bytes, isStill: () => stateOf(file) === before };
}

/** What changes when a file is written or replaced; undefined where it is no plain file. */
function stateOf(file: string): string | undefined {
  try {
    const stats: Stats = statSync(file);
    const { ino, dev, size, mtimeMs, ctimeMs } = stats;
    return stats.isFile() ? [dev, ino, size, mtimeMs, ctimeMs].join() : undefined;
  } catch {
    return undefined;
  }
}
