import {
  civilDate,
  DAY_MS,
  type DayNumber,
  dayNumber,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
} from "../../core/time/instant.ts";

const ZERO = 0x30;
const SPACE = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const UPPER_T = 0x54;
const UPPER_Z = 0x5a;

/**
 * A written date, time and offset, taken apart without making objects: `read` fills the fields. The
 * forms are those of `CsvTimeForm`. Digits beyond the millisecond are cut, as the core does.
 */
export class TimeText {
  day: DayNumber = 0;
  /** Milliseconds after midnight; NaN where the text is a date alone. */
  msOfDay = 0;
  /** Wall time minus UTC; NaN where the text states no offset. */
  offsetMs = 0;
  #text = "";
  #at = 0;
  // Consecutive rows mostly share their date, and its check is the dear part.
  #lastDate = -1;
  #lastDay: DayNumber = 0;

  /** Whether the text is a time; the fields hold it if so, and nothing of use if not. */
  read(text: string): boolean {
    this.#text = text;
    this.#at = 0;
    this.msOfDay = Number.NaN;
    this.offsetMs = Number.NaN;
    const isCompact = this.#readDate();
    if (isCompact === undefined) return false;
    if (this.#at === text.length) return true;
    if (!this.#readSeparator(isCompact) || !this.#readTimeOfDay()) return false;
    return this.#at === text.length || this.#readOffset();
  }

  /** True for `yyyymmdd`, false for one with separators, undefined for none. */
  #readDate(): boolean | undefined {
    const year = this.#digits(4);
    const separator = this.#text.charCodeAt(4);
    const isCompact = !(separator === MINUS || separator === SLASH || separator === POINT);
    if (!isCompact) this.#at += 1;
    const month = this.#digits(2);
    if (!isCompact) {
      if (this.#text.charCodeAt(this.#at) !== separator) return undefined;
      this.#at += 1;
    }
    const date = year * 10_000 + month * 100 + this.#digits(2);
    if (date !== this.#lastDate) {
      const day = dayOfDate(date);
      if (day === undefined) return undefined;
      this.#lastDate = date;
      this.#lastDay = day;
    }
    this.day = this.#lastDay;
    return isCompact;
  }

  #readSeparator(isCompact: boolean): boolean {
    const code = this.#text.charCodeAt(this.#at);
    if (code === UPPER_T || (code === MINUS && isCompact)) {
      this.#at += 1;
      return true;
    }
    while (this.#text.charCodeAt(this.#at) === SPACE) this.#at += 1;
    // Digits in one: date and time of day without anything between them.
    const { length } = this.#text;
    return code === SPACE || (isCompact && (length === 14 || length === 12));
  }

  #readTimeOfDay(): boolean {
    const hours = this.#digits(2);
    const hasColons = this.#skip(COLON);
    const minutes = this.#digits(2);
    let ms = hours * HOUR_MS + minutes * MINUTE_MS;
    if (hasColons ? this.#skip(COLON) : this.#hasDigit()) {
      const seconds = this.#digits(2);
      if (!(seconds < 60)) return false;
      ms += seconds * SECOND_MS;
      if (this.#skip(POINT)) ms += this.#readFraction();
    }
    this.msOfDay = ms;
    return hours < 24 && minutes < 60 && ms < DAY_MS;
  }

  /** One digit or more after the point, as milliseconds; NaN for none. */
  #readFraction(): number {
    let unit = 100;
    let ms = this.#hasDigit() ? 0 : Number.NaN;
    while (this.#hasDigit()) {
      ms += Math.floor(unit) * this.#digits(1);
      unit /= 10;
    }
    return ms;
  }

  #readOffset(): boolean {
    if (this.#skip(UPPER_Z)) this.offsetMs = 0;
    else {
      const sign = this.#text.charCodeAt(this.#at);
      if (sign !== PLUS && sign !== MINUS) return false;
      this.#at += 1;
      const hours = this.#digits(2);
      this.#skip(COLON);
      const minutes = this.#at === this.#text.length ? 0 : this.#digits(2);
      if (!(hours < 24 && minutes < 60)) return false;
      this.offsetMs = (hours * HOUR_MS + minutes * MINUTE_MS) * (sign === MINUS ? -1 : 1);
    }
    return this.#at === this.#text.length;
  }

  #hasDigit(): boolean {
    const digit = this.#text.charCodeAt(this.#at) - ZERO;
    return digit >= 0 && digit <= 9;
  }

  #skip(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  /** The next digits as a number; NaN, which every comparison refuses, when one is missing. */
  #digits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      const digit = this.#text.charCodeAt(this.#at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) return Number.NaN;
      value = value * 10 + digit;
      this.#at += 1;
    }
    return value;
  }
}

/** The day of yyyymmdd as a number; undefined where no such date exists, for NaN too. */
function dayOfDate(date: number): DayNumber | undefined {
  const year = Math.floor(date / 10_000);
  const month = Math.floor(date / 100) % 100;
  const dayOfMonth = date % 100;
  if (!(month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= 31)) return undefined;
  const day = dayNumber(year, month, dayOfMonth);
  // The 31st of a short month comes back as a day of the next one.
  return civilDate(day).day === dayOfMonth ? day : undefined;
}
