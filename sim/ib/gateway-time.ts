import { ibUtcTime } from "../../adapters/ib/port/ib-time.ts";
import { SECOND_MS, type UnixMs } from "../../core/time/instant.ts";
import { UTC, type Zone } from "../../core/time/zone.ts";

/** An instant on a zone's wall clock, `20240305-09:30:00`; the hyphen can be another sign. */
export function wallText(at: UnixMs, zone: Zone, between = "-"): string {
  const text = ibUtcTime(at + zone.offsetMsAt(at));
  return between === "-" ? text : text.replace("-", between);
}

/** The wall time to the minute, as hours of trading give it: `20240305:0930`. */
export function minuteText(at: UnixMs, zone: Zone): string {
  const text = wallText(at, zone, ":");
  return `${text.slice(0, 11)}${text.slice(12, 14)}`;
}

/** Epoch seconds. */
export function epochText(at: UnixMs): string {
  return String(Math.floor(at / SECOND_MS));
}

/** A time of form 1: UTC with a hyphen and no name, any other zone by its name. */
export function zonedText(at: UnixMs, zone: Zone, name: string): string {
  return zone === UTC ? wallText(at, UTC) : `${wallText(at, zone, " ")} ${name}`;
}

/** As in the handshake: `20250323 22:21:01 Greenwich Mean Time`. */
export function serverTimeText(at: UnixMs): string {
  return `${wallText(at, UTC, " ")} Greenwich Mean Time`;
}
