import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { Zone } from "../../../core/time/zone.ts";

/** `yyyy-mm-ddThh:mm:ss.fff` on the wall clock of a zone. */
const wall = (zone: Zone, at: UnixMs): string =>
  formatInstant(at + zone.offsetMsAt(at)).slice(0, -1);

/** One way to write the time of a bar. */
export interface TimeWriter {
  readonly name: string;
  /** The header's names for the time; the rows' fields are joined with the delimiter. */
  readonly columns: readonly string[];
  readonly fields: (at: UnixMs, zone: Zone) => readonly string[];
  readonly needsZone: boolean;
  /** Whether it can say milliseconds; else times are cut to whole seconds. */
  readonly isExact: boolean;
}

const compact = (text: string): string => text.slice(0, 10).replaceAll("-", "");

/** Every form of time that a reader must understand. */
export const TIME_WRITERS: readonly TimeWriter[] = [
  {
    name: "ISO 8601 in UTC",
    columns: ["open_time"],
    fields: (at) => [formatInstant(at)],
    needsZone: false,
    isExact: true,
  },
  {
    name: "ISO 8601 with the zone's offset",
    columns: ["Timestamp"],
    fields: (at, zone) => {
      const minutes = zone.offsetMsAt(at) / 60_000;
      const size = Math.abs(minutes);
      const hour = String(Math.floor(size / 60)).padStart(2, "0");
      const minute = String(size % 60).padStart(2, "0");
      return [`${wall(zone, at).replace("T", " ")}${minutes < 0 ? "-" : "+"}${hour}:${minute}`];
    },
    needsZone: false,
    isExact: true,
  },
  {
    name: "epoch seconds",
    columns: ["time"],
    fields: (at) => [String(at / 1_000)],
    needsZone: false,
    isExact: true,
  },
  {
    name: "epoch milliseconds",
    columns: ["t"],
    fields: (at) => [String(at)],
    needsZone: false,
    isExact: true,
  },
  {
    name: "ISO 8601 without an offset",
    columns: ["DateTime"],
    fields: (at, zone) => [wall(zone, at)],
    needsZone: true,
    isExact: true,
  },
  {
    name: "yyyymmdd hh:mm:ss",
    columns: ["date"],
    fields: (at, zone) => {
      const text = wall(zone, at);
      return [`${compact(text)} ${text.slice(11, 19)}`];
    },
    needsZone: true,
    isExact: false,
  },
  {
    name: "yyyymmdd-hh:mm:ss",
    columns: ["date"],
    fields: (at, zone) => {
      const text = wall(zone, at);
      return [`${compact(text)}-${text.slice(11, 19)}`];
    },
    needsZone: true,
    isExact: false,
  },
  {
    name: "yyyymmddhhmmss",
    columns: ["date"],
    fields: (at, zone) => [wall(zone, at).slice(0, 19).replace(/[-T:]/g, "")],
    needsZone: true,
    isExact: false,
  },
  {
    name: "date and time in two columns",
    columns: ["<DATE>", "<TIME>"],
    fields: (at, zone) => {
      const text = wall(zone, at);
      return [text.slice(0, 10).replaceAll("-", "."), text.slice(11, 19)];
    },
    needsZone: true,
    isExact: false,
  },
];
