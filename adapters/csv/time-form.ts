import type { CsvTimeForm } from "./csv-options.ts";
import { TimeText } from "./time-text.ts";

const EPOCH_SECONDS = /^-?\d{1,12}(?:\.\d+)?$/;
const EPOCH_MILLISECONDS = /^-?\d{1,15}$/;
/** Twelve digits that could be a date with hours and minutes as well as milliseconds of 1976. */
const COMPACT_MINUTE = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/;

/** Milliseconds since 1970 of an epoch time, or NaN where the text is none of that form. */
export function parseEpoch(text: string, form: "epoch-seconds" | "epoch-milliseconds"): number {
  if (form === "epoch-milliseconds") {
    return EPOCH_MILLISECONDS.test(text) ? Number(text) : Number.NaN;
  }
  return EPOCH_SECONDS.test(text) ? Math.round(Number(text) * 1_000) : Number.NaN;
}

/**
 * The form of one time, or undefined where it has none. Digits alone are told apart by how many
 * they are: 8 are a date, 9 or 10 (with or without a fraction) seconds since 1973, 12 or 13
 * milliseconds, 14 a date with a time. Other epoch times are never guessed, nor is `yyyymmddhhmm`,
 * which could be milliseconds too: they need `timeForm`.
 */
function timeFormOf(text: string): CsvTimeForm | undefined {
  if (/^\d{9,10}(?:\.\d+)?$/.test(text)) return "epoch-seconds";
  if (COMPACT_MINUTE.test(text)) return undefined;
  if (/^\d{12,13}$/.test(text)) return "epoch-milliseconds";
  const time = new TimeText();
  if (!time.read(text)) return undefined;
  if (Number.isNaN(time.msOfDay)) return "date";
  return Number.isNaN(time.offsetMs) ? "local" : "iso";
}

/** The form that most of the texts have; undefined where none has any. */
export function commonTimeForm(texts: readonly string[]): CsvTimeForm | undefined {
  const counts = new Map<CsvTimeForm, number>();
  let common: CsvTimeForm | undefined;
  for (const text of texts) {
    const form = timeFormOf(text);
    if (form === undefined) continue;
    const count = (counts.get(form) ?? 0) + 1;
    counts.set(form, count);
    if (common === undefined || count > counts.get(common)!) common = form;
  }
  return common;
}
