import { DAY_MS, type UnixMs } from "../../core/time/instant.ts";
import { UTC, type Zone } from "../../core/time/zone.ts";
import type { Stamp } from "../rows/bar-placement.ts";
import { LocalTime } from "../rows/local-time.ts";
import type { CsvTimeForm } from "./csv-options.ts";
import { parseEpoch } from "./time-form.ts";
import { TimeText } from "./time-text.ts";

/** Reads the times of one file: each text gives an instant, or for dates the day alone. */
export class StampReader implements Stamp {
  readonly #form: CsvTimeForm;
  readonly #local: LocalTime;
  readonly #text = new TimeText();
  #previous: UnixMs = Number.NEGATIVE_INFINITY;
  /** The civil day as written; NaN for epoch times. */
  day = Number.NaN;
  /** Milliseconds after midnight as written; NaN for dates and epoch times. */
  msOfDay = Number.NaN;
  /** The instant that the text names; for a date, midnight UTC. */
  at: UnixMs = Number.NaN;

  constructor(form: CsvTimeForm, zone: Zone | undefined) {
    this.#form = form;
    this.#local = new LocalTime(zone ?? UTC);
  }

  /** Fills the fields from a text; a fault leaves them without use. */
  read(text: string): "time-form" | "skipped-hour" | undefined {
    const form = this.#form;
    if (form === "epoch-seconds" || form === "epoch-milliseconds") {
      this.at = parseEpoch(text.trim(), form);
    } else {
      const time = this.#text;
      if (!time.read(text) && !time.read(text.trim())) return "time-form";
      const isDate = Number.isNaN(time.msOfDay);
      if (isDate !== (form === "date")) return "time-form";
      if (Number.isNaN(time.offsetMs) !== (form !== "iso")) return "time-form";
      this.day = time.day;
      this.msOfDay = time.msOfDay;
      if (isDate) this.at = time.day * DAY_MS;
      else if (form === "iso") this.at = time.day * DAY_MS + time.msOfDay - time.offsetMs;
      else {
        this.at = this.#local.resolve(time.day, time.msOfDay, this.#previous);
        if (Number.isNaN(this.at)) return "skipped-hour";
      }
    }
    if (!Number.isSafeInteger(this.at)) return "time-form";
    if (this.at > this.#previous) this.#previous = this.at;
    return undefined;
  }
}
