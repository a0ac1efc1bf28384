import { BarGrid } from "../../core/time/bar-grid.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { calendarByName } from "../../core/time/calendars/catalog.ts";
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, type UnixMs } from "../../core/time/instant.ts";
import { Random } from "../random.ts";
import { FAULTS, oneOf } from "./faults.ts";
import { type Condition, passesAt, type Trouble } from "./trouble.ts";

/** Which strategy runs, and what it remembers. */
export type StrategyKind = "cross" | "forgetful-cross" | "mood" | "secret-mood" | "larger";

/** Everything that differs from one run to another. All of it is drawn from the seed. */
export interface Knobs {
  readonly seed: number;
  readonly calendar: string;
  readonly size: string;
  /** First bar of the market that counts: the run starts in the middle of things after it. */
  readonly near: UnixMs;
  readonly start: UnixMs;
  /** The world ends; the market goes on for a while. */
  readonly end: UnixMs;
  readonly mode: "keep-up-to-date" | "real-time-bars";
  readonly strategy: StrategyKind;
  readonly fast: number;
  readonly slow: number;
  readonly latencyMs: number;
  readonly historyDelayMs: number;
  readonly historyLagMs: number;
  readonly pageBars: number;
  readonly snapshotBars: number;
  readonly price: number;
  readonly troubles: readonly Trouble[];
}

const CALENDARS = ["XNYS", "CFFEX", "CMES", "24/7"];
const SIZES = ["1m", "1m", "5m", "5m", "15m", "1h"];
/** Days of the calendars on which something is special; the first of each is a change of clocks. */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  XNYS: ["2024-03-10", "2024-11-03", "2024-07-03", "2024-11-29", "2024-12-24", "2024-03-29"],
  CFFEX: ["2024-03-10", "2024-04-04", "2024-05-01", "2024-02-09", "2024-06-10", "2024-09-16"],
  CMES: ["2024-03-10", "2024-11-03", "2024-07-04", "2024-11-28", "2024-12-24", "2024-03-29"],
  "24/7": ["2024-03-10", "2024-11-03", "2024-02-29", "2024-12-31"],
};
/** Healing may take this long on the market's open hours, and so many bars. */
const HEALING_MS = 50 * MINUTE_MS;
const HEALING_BARS = 6;

/** What may be fixed beforehand. */
export interface DrawOptions {
  /** Exactly this fault, by its name, and no other; `none` for none. */
  readonly fault?: string;
}

/** Draws a run. Each knob has a stream of its own: one more knob changes nothing of the others. */
export function drawKnobs(seed: number, options: DrawOptions = {}): Knobs {
  const knob = (name: string): Random => new Random(seed, `fleet/${name}`);
  const calendar = oneOf(knob("calendar"), CALENDARS);
  const size = oneOf(knob("size"), SIZES);
  const slow = knob("slow").integer(4, 30);
  const conditions = drawFaults(seed, options);
  const grid = new BarGrid(calendarByName(calendar), barSize(size), "clock");
  const near = drawNear(knob("near"), calendar, conditions);
  // In the middle of a bar, or about its edge.
  const first = grid.slotAtOrAfter(near)!;
  const start = within(knob("start"), first.openTime, first.closeTime);
  const lifeBars = knob("bars").integer(12, size === "1m" ? 50 : 40);
  const slots = slotsAfter(grid, start, lifeBars);
  const troubles = conditions.map((number, place): Trouble => {
    const { name, draw } = FAULTS[number - 1]!;
    const random = knob(`trouble/${place}`);
    const harm = draw(random);
    const isInBackfill = number >= 10 && number <= 13 && random.chance(0.7);
    const slot = oneOf(random, slots);
    const at = isInBackfill
      ? start + random.integer(0, 500)
      : within(random, slot.openTime, slot.closeTime);
    return { fault: number, name, at: harm.kind === "condition" ? start : at, harm };
  });
  const healed = troubles.reduce((latest, each) => Math.max(latest, passesAt(each)), start);
  return {
    seed,
    calendar,
    size,
    near,
    start,
    end: endAfter(grid, Math.max(healed, slots.at(-1)!.closeTime)),
    mode: knob("mode").chance(0.6) ? "keep-up-to-date" : "real-time-bars",
    strategy: oneOf(knob("strategy"), [
      "cross",
      "forgetful-cross",
      "mood",
      "secret-mood",
      "larger",
    ]),
    fast: knob("fast").integer(1, 3),
    slow,
    latencyMs: oneOf(knob("latency"), [0, 1, 5, 40, 250]),
    historyDelayMs: oneOf(knob("history-delay"), [1, 40, 900, 4_000]),
    historyLagMs: oneOf(knob("history-lag"), [0, 500, 500, 2_500]),
    pageBars: oneOf(knob("page"), [5, 12, 40, 2_000]),
    snapshotBars: oneOf(knob("snapshot"), [3, 8, 4_096]),
    price: oneOf(knob("price"), [1, 100, 100, 4_000]),
    troubles: [...troubles].sort((a, b) => a.at - b.at),
  };
}

/** Half of all runs have one fault at the most: many at a time hide what one does. */
function drawFaults(seed: number, { fault }: DrawOptions): readonly number[] {
  if (fault === "none") return [];
  const fixed = FAULTS.find(({ name }) => name === fault);
  if (fixed !== undefined) return [fixed.number];
  const random = new Random(seed, "fleet/faults");
  const few = random.chance(0.5);
  const count = few ? (random.integer(0, 5) === 0 ? 0 : 1) : random.integer(2, 6);
  const drawn: number[] = [];
  for (let index = 0; index < count; index += 1) drawn.push(random.integer(1, FAULTS.length));
  // A condition holds or not; twice is once.
  return drawn.filter((each, index) => drawn.indexOf(each) === index || !isCondition(each));
}

function isCondition(number: number): boolean {
  return FAULTS[number - 1]!.draw(new Random(1, "kind")).kind === "condition";
}

function drawNear(random: Random, calendar: string, faults: readonly number[]): UnixMs {
  const days = SPECIAL[calendar]!;
  const any = instant("2024-01-08T00:00:00Z") + random.integer(0, 330) * DAY_MS;
  const index = random.integer(0, days.length - 1);
  const wants = (number: number): boolean => faults.includes(number);
  const isSpecial = wants(22) || random.chance(0.3);
  const day = wants(19) ? days[index % 2]! : days[index]!;
  const base = isSpecial || wants(19) ? instant(`${day}T00:00:00Z`) - DAY_MS : any;
  return base + random.integer(0, DAY_MS - 1);
}

/** An instant of a bar: mostly anywhere in it, sometimes within a second of an edge. */
function within(random: Random, from: UnixMs, to: UnixMs): UnixMs {
  const edge = random.chance(0.5) ? from : to;
  const anywhere = from + Math.floor((to - from) * random.unit());
  return random.chance(0.25) ? edge + random.integer(-1_000, 1_000) : anywhere;
}

function slotsAfter(
  grid: BarGrid,
  from: UnixMs,
  count: number,
): readonly { readonly openTime: UnixMs; readonly closeTime: UnixMs }[] {
  const slots = [];
  for (let at = from; slots.length < count; ) {
    const slot = grid.slotAtOrAfter(at)!;
    slots.push(slot);
    at = slot.closeTime;
  }
  return slots;
}

function endAfter(grid: BarGrid, healed: UnixMs): UnixMs {
  let open = 0;
  let bars = 0;
  let at = healed;
  while (open < HEALING_MS || bars < HEALING_BARS) {
    const { openTime, closeTime } = grid.slotAtOrAfter(at)!;
    open += closeTime - openTime;
    bars += 1;
    at = closeTime;
  }
  // Not at an edge, where what is under way decides.
  return at + Math.min(30_000, HOUR_MS);
}

/** Whether something holds during the whole of a run. */
export function holds({ troubles }: Knobs, condition: Condition): boolean {
  return troubles.some(({ harm }) => harm.kind === "condition" && harm.condition === condition);
}
