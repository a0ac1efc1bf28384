import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";

/** An instant without its milliseconds, of which most bars have none. */
export function shortInstant(at: UnixMs): string {
  const text = formatInstant(at);
  return text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text;
}

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** `512 B`, `1.4 MB`: bytes by thousands. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
