import { calendarByName } from "../../core/time/calendars/catalog.ts";
import type { Known } from "./known.ts";
import type { Seen } from "./seen.ts";

/** Situations that must have come about in a fleet: what never happened was never tested. */
export const PROBES = [
  "a bar was revised after its release",
  "a run was resumed",
  "a run was resumed with orders behind it",
  "a run began anew",
  "a process was killed at a write",
  "a process was killed in its warm-up",
  "a disk was full",
  "a write failed and nobody knows how far",
  "a flipped bit was found and refused",
  "a flipped bit did not matter",
  "the link was lost in a backfill",
  "the link was lost while READY",
  "a gap was repaired",
  "a slot was confirmed to be empty",
  "a bar was lost and declared",
  "a bar was rejected",
  "a bar came out of a repair",
  "the clocks changed within a run and its history",
  "a day was short or missing during the run",
  "an order was refused while not READY",
  "a fill came",
  "the stream was stale",
  "a larger bar was made",
  "nothing went wrong",
] as const;

export type Probe = (typeof PROBES)[number];

/** What came about in one run. */
export function probesOf(
  seen: readonly Seen[],
  known: Known,
  halted: string | undefined,
  hasFlipped: boolean,
): ReadonlySet<Probe> {
  const met = new Set<Probe>();
  let state = "";
  let orders = 0;
  for (const each of seen) {
    switch (each.kind) {
      case "state":
        state = each.to;
        break;
      case "revision":
        if (each.before !== null) met.add("a bar was revised after its release");
        break;
      case "taken":
        if (each.how === "resumed") met.add("a run was resumed");
        if (each.how === "resumed" && orders > 0) {
          met.add("a run was resumed with orders behind it");
        }
        if (each.how !== "resumed" && each.run > 1) met.add("a run began anew");
        break;
      case "ended":
        if (each.how === "killed at a write") met.add("a process was killed at a write");
        if (each.how === "disk-full") met.add("a disk was full");
        if (each.how === "write-failed") met.add("a write failed and nobody knows how far");
        if (each.how === "killed" && state === "WARMING_UP") {
          met.add("a process was killed in its warm-up");
        }
        state = "";
        break;
      case "link":
        if (/^(?:down|suspended)/.test(each.text) && (state === "" || state === "WARMING_UP")) {
          met.add("the link was lost in a backfill");
        }
        if (/^(?:down|suspended)/.test(each.text) && state === "READY") {
          met.add("the link was lost while READY");
        }
        break;
      case "gap":
        if (each.outcome === "repaired") met.add("a gap was repaired");
        if (each.outcome === "empty") met.add("a slot was confirmed to be empty");
        if (each.outcome === "lost") met.add("a bar was lost and declared");
        break;
      case "rejection":
        met.add("a bar was rejected");
        break;
      case "bar":
        if (each.origin === "repair") met.add("a bar came out of a repair");
        if (each.size !== known.knobs.size) met.add("a larger bar was made");
        break;
      case "order":
        orders += 1;
        if (each.status === "rejected") met.add("an order was refused while not READY");
        break;
      case "fill":
        met.add("a fill came");
        break;
      case "status":
        if (each.state === "stale") met.add("the stream was stale");
        break;
      default:
    }
  }
  for (const probe of calendarProbes(known)) met.add(probe);
  if (known.knobs.troubles.length === 0) met.add("nothing went wrong");
  if (halted !== undefined) met.add("a flipped bit was found and refused");
  if (hasFlipped && halted === undefined) met.add("a flipped bit did not matter");
  return met;
}

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
  if (zone.offsetMsAt(from) !== zone.offsetMsAt(end)) {
    yield "the clocks changed within a run and its history";
  }
  if (between || (firsts.size === 1 && lasts.size > 1)) {
    yield "a day was short or missing during the run";
  }
}
