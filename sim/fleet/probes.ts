import { calendarByName } from "../../core/time/calendars/catalog.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { FAULTS } from "./faults.ts";
import type { Known } from "./known.ts";
import type { Seen, SeenOf } from "./seen.ts";
import { PHASES } from "./stage.ts";
import { isCondition, passesAt } from "./trouble.ts";
import { CALENDARS, SIZES } from "./whereabouts.ts";

/** Situations that must have come about in a fleet: what never happened was never tested. */
export const PROBES = [
  "a bar was revised after its release",
  "a bar was revised while history was asked",
  "a run was resumed",
  "a run was resumed with orders behind it",
  "a run began anew",
  "a process was killed at a write",
  "a process was killed in its warm-up",
  "a process was stopped in order",
  "a process ended in an open gap",
  "a process ended as a bar closed",
  "a disk was full",
  "a write failed and nobody knows how far",
  "a flipped bit was found and refused",
  "a flipped bit did not matter",
  "the link was lost in a backfill",
  "the link was lost while READY",
  "a request for history was cut off",
  "a gap was repaired",
  "a slot was confirmed to be empty",
  "a bar was lost and declared",
  "a bar was rejected",
  "a bar came out of a repair",
  "the clocks went forward in a run or its history",
  "the clocks went back in a run or its history",
  "a day was short or missing during the run",
  "an order was refused while not READY",
  "a fill came",
  "the stream was stale",
  "a larger bar was made",
  "two things were wrong at once",
  "nothing went wrong",
] as const;

type Probe = (typeof PROBES)[number];

/** What of the kinds of runs must have come about too, by their names. */
export const KINDS: readonly string[] = [
  ...CALENDARS.map((calendar) => `calendar ${calendar}`),
  ...[...new Set(SIZES)].map((size) => `bars of ${size}`),
  ...["keep-up-to-date", "real-time-bars"].map((mode) => `mode ${mode}`),
  ...PHASES.map((phase) => `phase ${phase}`),
  ...FAULTS.map(({ name }) => `fault ${name}`),
];

/** What came about in one run: situations, and the kinds that it is of. */
export function probesOf(
  seen: readonly Seen[],
  known: Known,
  halted: string | undefined,
  hasFlipped: boolean,
): readonly string[] {
  const watch = new ProbeWatch(known);
  for (const each of seen) watch.see(each);
  const { met } = watch;
  for (const probe of calendarProbes(known)) met.add(probe);
  const { troubles, calendar, size, mode, phase } = known.knobs;
  if (troubles.length === 0) met.add("nothing went wrong");
  if (halted !== undefined) met.add("a flipped bit was found and refused");
  if (hasFlipped && halted === undefined) met.add("a flipped bit did not matter");
  const kinds = [`calendar ${calendar}`, `bars of ${size}`, `mode ${mode}`];
  if (phase !== undefined) kinds.push(`phase ${phase}`);
  const faults = new Set(troubles.map(({ name }) => `fault ${name}`));
  return [...met, ...kinds, ...faults];
}

/** Watches a run for what comes about in it. */
class ProbeWatch {
  readonly met = new Set<Probe>();
  readonly #known: Known;
  readonly #closeTimes: ReadonlySet<UnixMs>;
  #state = "";
  #orders = 0;
  /** Gaps that are looked for, by their beginnings. */
  readonly #gaps = new Map<UnixMs, UnixMs>();
  #wrongUntil: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(known: Known) {
    this.#known = known;
    this.#closeTimes = new Set([...known.slots.values()].map(({ closeTime }) => closeTime));
  }

  see(seen: Seen): void {
    const { met } = this;
    switch (seen.kind) {
      case "state":
        this.#state = seen.to;
        break;
      case "revision":
        if (seen.before !== null) met.add("a bar was revised after its release");
        break;
      case "taken":
        this.#taken(seen);
        break;
      case "ended":
        this.#ended(seen);
        break;
      case "link":
        this.#link(seen);
        break;
      case "gap":
        this.#gap(seen);
        break;
      case "rejection":
        met.add("a bar was rejected");
        break;
      case "bar":
        if (seen.origin === "repair") met.add("a bar came out of a repair");
        if (seen.size !== this.#known.knobs.size) met.add("a larger bar was made");
        break;
      case "order":
        this.#orders += 1;
        if (seen.status === "rejected") met.add("an order was refused while not READY");
        break;
      case "fill":
        met.add("a fill came");
        break;
      case "status":
        if (seen.state === "stale") met.add("the stream was stale");
        break;
      case "trouble":
        this.#trouble(seen);
        break;
      default:
    }
  }

  #taken({ how, run }: SeenOf<"taken">): void {
    const { met } = this;
    if (how === "resumed") {
      met.add("a run was resumed");
      if (this.#orders > 0) met.add("a run was resumed with orders behind it");
    } else if (run > 1) met.add("a run began anew");
  }

  #ended({ at, how }: SeenOf<"ended">): void {
    const { met } = this;
    if (how === "killed at a write") met.add("a process was killed at a write");
    if (how === "disk-full") met.add("a disk was full");
    if (how === "write-failed") met.add("a write failed and nobody knows how far");
    if (how === "killed" && this.#state === "WARMING_UP") {
      met.add("a process was killed in its warm-up");
    }
    // Every run is stopped at its end.
    if (at < this.#known.knobs.end) {
      if (how === "stopped") met.add("a process was stopped in order");
      if (this.#gaps.size > 0) met.add("a process ended in an open gap");
      if (this.#closeTimes.has(at)) met.add("a process ended as a bar closed");
    }
    this.#state = "";
    this.#gaps.clear();
  }

  #link({ text }: SeenOf<"link">): void {
    if (!/^(?:down|suspended)/.test(text)) return;
    if (this.#state === "" || this.#state === "WARMING_UP") {
      this.met.add("the link was lost in a backfill");
    }
    if (this.#state === "READY") this.met.add("the link was lost while READY");
  }

  #gap({ from, to, outcome }: SeenOf<"gap">): void {
    const { met } = this;
    if (outcome === "suspected") this.#gaps.set(from, to);
    else {
      for (const [begin, end] of this.#gaps) {
        if (begin >= from && end <= to) this.#gaps.delete(begin);
      }
    }
    if (outcome === "repaired") met.add("a gap was repaired");
    if (outcome === "empty") met.add("a slot was confirmed to be empty");
    if (outcome === "lost") met.add("a bar was lost and declared");
  }

  #trouble({ at, name, text, state, pages }: SeenOf<"trouble">): void {
    const { met } = this;
    const isAsking = pages > 0 || state === "WARMING_UP";
    if (name === "revision" && isAsking) met.add("a bar was revised while history was asked");
    if (pages > 0 && CUTTING.test(text)) met.add("a request for history was cut off");
    const trouble = this.#known.knobs.troubles.find(
      (each) => each.name === name && JSON.stringify(each.harm) === text,
    );
    if (trouble === undefined || isCondition(trouble)) return;
    if (at < this.#wrongUntil) met.add("two things were wrong at once");
    this.#wrongUntil = Math.max(this.#wrongUntil, at + passesAt(trouble) - trouble.at);
  }
}

/** What ends a request for history that is under way. */
const CUTTING = /"kind":"(?:down|link|farm|half-open|port)"/;

function* calendarProbes({ knobs, slots }: Known): Generator<Probe> {
  const { start, end, calendar } = knobs;
  if (calendar === "24/7") return;
  const days = new Map<number, { first: number; last: number }>();
  for (const { openTime, closeTime } of slots.values()) {
    if (openTime < start - 86_400_000 || closeTime > end) continue;
    const day = Math.floor(openTime / 86_400_000);
    const known = days.get(day);
    days.set(day, { first: known?.first ?? openTime % 86_400_000, last: closeTime % 86_400_000 });
  }
  const firsts = new Set([...days.values()].map(({ first }) => first));
  const lasts = new Set([...days.values()].map(({ last }) => last));
  const weekdays = [...days.keys()];
  const between = weekdays.some((day, index) => index > 0 && day - weekdays[index - 1]! > 3);
  const { zone } = calendarByName(calendar);
  const { openTime: from } = slots.values().next().value!;
  const before = zone.offsetMsAt(from);
  const after = zone.offsetMsAt(end);
  if (after > before) yield "the clocks went forward in a run or its history";
  if (after < before) yield "the clocks went back in a run or its history";
  if (between || (firsts.size === 1 && lasts.size > 1)) {
    yield "a day was short or missing during the run";
  }
}
