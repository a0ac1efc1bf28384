import type { Command } from "commander";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { calendarByName, calendarNames } from "../../../core/time/calendars/catalog.ts";
import { fail } from "../../../core/time/failure.ts";
import { formatDay, formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import {
  examples,
  instantOption,
  namingOption,
  wholeNumberOption,
} from "../terminal/option-values.ts";
import { tableText } from "../terminal/talk.ts";

interface CalendarsFlags {
  readonly from?: UnixMs;
  readonly sessions: number;
}

/** `barline calendars [NAME]`. */
export function addCalendars(program: Command): void {
  program
    .command("calendars")
    .description("list the exchange calendars, or the sessions of one")
    .argument("[name]", "a calendar")
    .option(
      "--from <instant>",
      "show sessions that end after it (default: the first one known)",
      instantOption,
    )
    .option("--sessions <count>", "how many sessions to show", wholeNumberOption(1), 10)
    .addHelpText("after", examples("barline calendars XNYS --from 2024-11-28T00:00:00Z"))
    .action((name: string | undefined, flags: CalendarsFlags) => {
      const text = name === undefined ? listText() : sessionsText(name, flags);
      process.stdout.write(`${text}\n`);
    });
}

function listText(): string {
  const rows = calendarNames.map((name) => {
    const { zone, firstDay, lastDay } = calendarByName(name);
    return [name, zone.name, formatDay(firstDay), formatDay(lastDay)];
  });
  return tableText([["calendar", "time zone", "first day", "last day"], ...rows]);
}

function sessionsText(name: string, flags: CalendarsFlags): string {
  const calendar = namingOption("calendars", () => calendarByName(name));
  const days = new BarGrid(calendar, barSize("1d"));
  const first = calendar.segmentAtOrAfter(flags.from ?? Number.NEGATIVE_INFINITY);
  if (first === undefined) {
    const known = `${formatDay(calendar.firstDay)} to ${formatDay(calendar.lastDay)}`;
    fail("outside-calendar", `${calendar.name} knows no session then`, {
      where: "--from",
      cure: `it knows ${known}`,
    });
  }
  const rows: string[][] = [["day", "hours in UTC"]];
  let slot = days.slotAt(first.from);
  while (slot !== undefined && rows.length <= flags.sessions) {
    const segment = calendar.segmentAtOrAfter(slot.openTime)!;
    const { segments } = calendar.sessionOn(segment.day)!;
    const hours = segments.map(({ from, to }) => `${formatInstant(from)} to ${formatInstant(to)}`);
    rows.push([formatDay(segment.day), hours.join(", ")]);
    slot = days.slotAtOrAfter(slot.closeTime);
  }
  return tableText(rows);
}
