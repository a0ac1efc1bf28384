import {
  civilDate,
  DAY_MS,
  type DayNumber,
  HOUR_MS,
  MINUTE_MS,
  parseDay,
  SECOND_MS,
  type UnixMs,
  utcDay,
} from "../../../core/time/instant.ts";
import { wallTime, type Zone } from "../../../core/time/zone.ts";

/** What a time of the gateway says: an instant, or only a day. */
export type IbTime =
  | { readonly kind: "instant"; readonly at: UnixMs }
  | { readonly kind: "day"; readonly day: DayNumber };

const EPOCH = /^\d{9,11}$/;
const DAY = /^(\d{4})(\d\d)(\d\d)$/;
const DAY_LENGTH = 8;
const WALL = /^(\d{8})(?:-| {1,2})(\d\d):(\d\d):(\d\d)(?: (\S.*))?$/;

/**
 * Reads every form in which a gateway writes a time: epoch seconds, `yyyymmdd`, and
 * `yyyymmdd hh:mm:ss` with one space or two, with or without a zone; with a hyphen and no zone it
 * is UTC. Undefined for anything else, an unknown zone included.
 *
 * @param zoneOf finds a zone by the gateway's name for it; with an empty name, the zone of times
 *   that name none.
 */
export function parseIbTime(
  text: string,
  zoneOf: (name: string) => Zone | undefined,
): IbTime | undefined {
  if (EPOCH.test(text)) return { kind: "instant", at: Number(text) * SECOND_MS };
  const only = text.length === DAY_LENGTH ? dayOf(text) : undefined;
  if (only !== undefined) return { kind: "day", day: only };
  const match = WALL.exec(text);
  const day = match === null ? undefined : dayOf(match[1]!);
  if (match === null || day === undefined) return undefined;
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4])];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const msOfDay = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
  const zoneName = match[5] ?? "";
  if (zoneName === "" && text[8] === "-") return { kind: "instant", at: day * DAY_MS + msOfDay };
  const zone = zoneOf(zoneName);
  return zone === undefined ? undefined : { kind: "instant", at: wallTime(zone, day, msOfDay) };
}

/** A day written `20240305`; undefined for anything else. */
export function dayOf(text: string): DayNumber | undefined {
  const match = DAY.exec(text);
  return match === null ? undefined : parseDay(`${match[1]}-${match[2]}-${match[3]}`);
}

/** An instant in UTC as requests give it, `20240305-02:15:00`; fractions of a second are cut. */
export function ibUtcTime(at: UnixMs): string {
  const day = utcDay(at);
  const seconds = Math.floor((at - day * DAY_MS) / SECOND_MS);
  const clock = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${ibDay(day)}-${clock.map(twoDigits).join(":")}`;
}

/** A day as the gateway writes it, `20240305`. */
export function ibDay(of: DayNumber): string {
  const { year, month, day } = civilDate(of);
  return `${String(year).padStart(4, "0")}${twoDigits(month)}${twoDigits(day)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
