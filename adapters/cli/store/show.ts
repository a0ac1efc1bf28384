import type { Command } from "commander";
import type { Bar } from "../../../core/market/bar.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { countedText, countText } from "../../kept/count-text.ts";
import type { StoredSeries } from "../../store/bars/bar-store.ts";
import { examples } from "../terminal/option-values.ts";
import { type CoveragePicture, coveragePicture } from "./coverage-picture.ts";
import { findSeries } from "./find-series.ts";
import { bytesText, shortInstant } from "./instant-text.ts";
import { type OpenBars, type StoreFlags, withBars, withStore } from "./open-store.ts";
import { type SeriesOrigins, seriesOrigins } from "./series-origins.ts";
import { gridOf, type MissingSlots, missingSlots, spanOf } from "./series-slots.ts";

interface ShowFlags extends StoreFlags {
  readonly json?: boolean;
}

/** Ranges of a kind that are listed; of the others only the number. */
const RANGES_LISTED = 10;

/** `barline bars show SERIES`. */
export function addShow(bars: Command): void {
  const command = bars
    .command("show")
    .description("show all that a store knows of one series")
    .argument("<series>", "its key as ls prints it, or a part that no other has");
  withStore(command)
    .option("--json", "print it as one JSON object, and nothing else")
    .addHelpText("after", examples('barline bars show "IF.CFFEX 15m" --store data'))
    .action((series: string, flags: ShowFlags) =>
      withBars(flags.store, "read", (open) => {
        const shown = look(open, series);
        const text = flags.json ? JSON.stringify(jsonOf(shown)) : textOf(shown);
        process.stdout.write(`${text}\n`);
      }),
    );
}

/** All that there is to be said of a series. */
interface ShownSeries {
  readonly stored: StoredSeries;
  readonly grid: BarGrid;
  readonly missing: MissingSlots;
  readonly origins: SeriesOrigins;
  readonly picture: CoveragePicture | undefined;
}

function look(open: OpenBars, text: string): ShownSeries {
  const stored = findSeries(open, text, "SERIES");
  const grid = gridOf(stored);
  const missing = missingSlots(open.bars, stored, grid);
  const span = spanOf(stored, grid);
  const holes = [...missing.unknown, ...stored.lost.map(({ range }) => range)];
  const picture = span && coveragePicture(grid, span, holes);
  return { stored, grid, missing, origins: seriesOrigins(open.bars, stored.key), picture };
}

function textOf({ stored, grid, missing, origins, picture }: ShownSeries): string {
  const { key, count, bytes, series, complete, lost } = stored;
  const { currency, multiplier, priceIncrement } = series.instrument;
  const tick = priceIncrement === 0 ? "price step unknown" : `price step ${priceIncrement}`;
  const { sources, corrected, highestVersion, first, last } = origins;
  const lines: [string, string][] = [
    ["series", key],
    ["instrument", `${currency}, multiplier ${multiplier}, ${tick}`],
    ["calendar", calendarText(stored)],
    ["bars", `${countText(count)}, ${bytesText(bytes)}`],
  ];
  if (first !== undefined && last !== undefined) {
    lines.push(["first", barText(first)], ["last", barText(last)]);
  }
  if (picture !== undefined) {
    const { signs, unit, from, to } = picture;
    lines.push(["over time", `${from} ${signs} ${to}  (a ${unit} each)`.replace("(a 1", "(1")]);
  }
  const slots = (range: TimeRange): string =>
    `${rangeText(range)}, ${countedText(grid.count(range), "slot")}`;
  lines.push(...listed("complete", complete.map(rangeText)));
  lines.push(["gaps", countText(missing.gaps)], ...listed("", missing.unknown.map(slots)));
  const reasons = lost.map(({ range, reason }) => `${slots(range)}: ${reason}`);
  lines.push(["lost", countText(missing.lost)], ...listed("", reasons));
  for (const [index, each] of sources.entries()) {
    const when = `${shortInstant(each.firstReceived)} to ${shortInstant(each.lastReceived)}`;
    const what = `${each.source}: ${countedText(each.bars, "bar")}, received ${when}`;
    lines.push([index === 0 ? "sources" : "", what]);
  }
  const versions =
    corrected === 0 ? "none" : `${countedText(corrected, "bar")}, up to version ${highestVersion}`;
  lines.push(["corrected", versions]);
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`.trimEnd()).join("\n");
}

function calendarText({ calendar }: StoredSeries): string {
  const { name, zone, alignment, sessions } = calendar;
  const aligned = alignment === "clock" ? ", bars on the clock" : "";
  const known =
    sessions === undefined ? "" : `, ${countedText(sessions.length, "session")} of its own`;
  return `${name} (${zone})${aligned}${known}`;
}

function barText({ openTime, open, high, low, close, volume }: Bar): string {
  const prices = `open ${open} high ${high} low ${low} close ${close}`;
  return `${shortInstant(openTime)}  ${prices} volume ${volume}`;
}

function rangeText({ from, to }: TimeRange): string {
  return `${shortInstant(from)} to ${shortInstant(to)}`;
}

/** A line for each, the name before the first; of too many only how many there are. */
function listed(name: string, texts: readonly string[]): [string, string][] {
  const shown = texts.slice(0, RANGES_LISTED);
  const more = texts.length - shown.length;
  if (more > 0) shown.push(`and ${countText(more)} more`);
  return shown.map((text, index) => [index === 0 ? name : "", text]);
}

function jsonOf({ stored, missing, origins, picture, grid }: ShownSeries): object {
  const { key, count, bytes, series, calendar, complete, lost } = stored;
  const range = ({ from, to }: TimeRange) => ({ from: shortInstant(from), to: shortInstant(to) });
  const bar = (of: Bar | undefined) =>
    of === undefined
      ? null
      : {
          openTime: shortInstant(of.openTime),
          closeTime: shortInstant(of.closeTime),
          ...{ open: of.open, high: of.high, low: of.low, close: of.close, volume: of.volume },
        };
  return {
    series: key,
    instrument: series.instrument,
    size: series.size.label,
    priceType: series.priceType,
    scope: series.scope,
    calendar: {
      name: calendar.name,
      zone: calendar.zone,
      alignment: calendar.alignment,
      sessions: calendar.sessions?.length ?? null,
    },
    bars: count,
    bytes,
    first: bar(origins.first),
    last: bar(origins.last),
    overTime: picture ?? null,
    complete: complete.map(range),
    gaps: { slots: missing.gaps, ranges: missing.unknown.map(range) },
    lost: {
      slots: missing.lost,
      ranges: lost.map((each) => ({
        ...range(each.range),
        slots: grid.count(each.range),
        reason: each.reason,
      })),
    },
    sources: origins.sources.map((each) => ({
      source: each.source,
      bars: each.bars,
      firstReceived: shortInstant(each.firstReceived),
      lastReceived: shortInstant(each.lastReceived),
    })),
    corrected: { bars: origins.corrected, highestVersion: origins.highestVersion },
  };
}
