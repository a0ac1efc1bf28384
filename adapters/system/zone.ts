import { tzOffset } from "@date-fns/tz";
import { BarlineError, fail } from "../../core/time/failure.ts";
import { DAY_MS, MINUTE_MS, type UnixMs, utcDay } from "../../core/time/instant.ts";
import { pinnedZone, type Zone } from "../../core/time/zone.ts";

/** How a UTC day stands to the zone's changes: one offset, or two with the instant between them. */
interface DayOffsets {
  readonly firstMs: number;
  /** The first instant of `lastMs`; the day's end where nothing changes within it. */
  readonly changeAt: UnixMs;
  readonly lastMs: number;
}

/** A file of 40 years needs about 15,000 days; beyond that the memory begins anew. */
const DAYS_KEPT = 16_384;

/** A zone by the rules that the machine carries, each UTC day worked out once. */
class MachineZone implements Zone {
  readonly name: string;
  readonly #days = new Map<number, DayOffsets>();
  #day = Number.NaN;
  #offsets: DayOffsets = { firstMs: 0, changeAt: 0, lastMs: 0 };

  constructor(name: string) {
    this.name = name;
  }

  offsetMsAt(at: UnixMs): number {
    const day = utcDay(at);
    if (day !== this.#day) this.#enter(day);
    return at < this.#offsets.changeAt ? this.#offsets.firstMs : this.#offsets.lastMs;
  }

  #enter(day: number): void {
    let offsets = this.#days.get(day);
    if (offsets === undefined) {
      offsets = this.#workOut(day);
      if (this.#days.size >= DAYS_KEPT) this.#days.clear();
      this.#days.set(day, offsets);
    }
    this.#day = day;
    this.#offsets = offsets;
  }

  /** No zone changes twice within one UTC day, so the ends of the day tell all of it. */
  #workOut(day: number): DayOffsets {
    let before = day * DAY_MS;
    let changeAt = before + DAY_MS;
    const firstMs = this.#ask(before);
    const lastMs = this.#ask(changeAt);
    if (firstMs === lastMs) return { firstMs, changeAt, lastMs };
    while (changeAt - before > 1) {
      const middle = Math.floor((before + changeAt) / 2);
      if (this.#ask(middle) === firstMs) before = middle;
      else changeAt = middle;
    }
    return { firstMs, changeAt, lastMs };
  }

  #ask(at: UnixMs): number {
    return Math.round(tzOffset(this.name, new Date(at)) * MINUTE_MS);
  }
}

const opened = new Map<string, Zone>();

function isPinned(name: string): boolean {
  try {
    return pinnedZone(name).name === name;
  } catch (error) {
    if (error instanceof BarlineError) return false;
    throw error;
  }
}

function isKnownToMachine(name: string): boolean {
  // A bare offset is no zone: it knows nothing of daylight saving, and machines differ on it.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Any IANA time zone by its name, such as `Europe/London`. The four that the core carries rules for
 * come from there, so that they are the same on every machine; the others follow the time-zone data
 * of the running Node. Equal names give the same object. Throws `unknown-zone` for any other name.
 */
export function systemZone(name: string): Zone {
  let zone = opened.get(name);
  if (zone === undefined) {
    if (isPinned(name)) zone = pinnedZone(name);
    else if (isKnownToMachine(name)) zone = new MachineZone(name);
    else {
      return fail("unknown-zone", `"${name}" is not a time zone`, {
        cure: "write an IANA name such as Europe/London, Asia/Tokyo or UTC",
      });
    }
    opened.set(name, zone);
  }
  return zone;
}
