import { countText } from "../../kept/count-text.ts";
import type { RepairItem, RepairPlan } from "../../store/fetch/repair-plan.ts";
import { oneLine } from "../terminal/report.ts";
import { tableText } from "../terminal/talk.ts";
import { shortInstant } from "./instant-text.ts";

/** So many rows of one series are shown; of the others only the number. */
const MOST_ROWS = 40;

/** What is wrong with a series, as a table. */
export function planText(seriesKey: string, plan: RepairPlan): string {
  if (plan.kind === "beyond-repair") return `${seriesKey}\n  cannot be read: ${plan.problem}`;
  const { items } = plan;
  if (items.length === 0) return `${seriesKey}\n  nothing is wrong`;
  const rows = items
    .slice(0, MOST_ROWS)
    .map(({ kind, range, slots, problem }) => [
      `  ${kind}`,
      shortInstant(range.from),
      shortInstant(range.to),
      countText(slots),
      oneLine(problem),
    ]);
  const heading = ["  what", "from", "to", "slots", "why"];
  const left = items.length - rows.length;
  const more = left === 0 ? [] : [`  and ${countText(left)} more`];
  return [seriesKey, tableText([heading, ...rows]), ...more].join("\n");
}

/** The same for a program. */
export function planJson(seriesKey: string, plan: RepairPlan): object {
  if (plan.kind === "beyond-repair") return { series: seriesKey, damaged: plan.problem };
  return { series: seriesKey, wrong: plan.items.map(itemJson) };
}

function itemJson({ kind, range, slots, problem }: RepairItem): object {
  const { from, to } = range;
  return { kind, from: shortInstant(from), to: shortInstant(to), slots, problem };
}
