import { BarGrid, type GridAlignment } from "../../../core/time/bar-grid.ts";
import type { BarSize } from "../../../core/time/bar-size.ts";
import { fail } from "../../../core/time/failure.ts";
import { DAY_MS, formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TradingCalendar } from "../../../core/time/trading-calendar.ts";
import { countText } from "../../kept/count-text.ts";
import {
  type CalendarFit,
  calendarOfBars,
  fitCalendar,
  nearlyFitting,
  openOn,
} from "./fit-calendar.ts";

/** The times of a file's bars, and what they are. */
export interface TimesOfBars {
  readonly file: string;
  readonly size: BarSize;
  readonly label: "open" | "close";
  /** Whether the user says so; if not, another label is thought of. */
  readonly isLabelStated: boolean;
  /** The times as the file labels them, ascending: those of the first bars, at least one. */
  readonly sample: readonly UnixMs[];
  /** The times of all bars. */
  readonly all: () => Promise<readonly UnixMs[]>;
}

/** A calendar for the bars of a file, and how it was come by. */
export interface FoundCalendar {
  readonly calendar: TradingCalendar;
  readonly alignment: GridAlignment;
  /** The opening of the first bar. */
  readonly startsAt: UnixMs;
  /** How it was come by, in words. */
  readonly note: string;
}

/** Below this share of filled slots, that the other label fits does not say much. */
const CLEARLY_FILLED = 0.9;

/**
 * A calendar that was stated, with the alignment that more of the bars have. Throws where none of
 * them lies on it.
 */
export function statedCalendar(times: TimesOfBars, calendar: TradingCalendar): FoundCalendar {
  const { file, sample, size, label } = times;
  const onGrid = (alignment: GridAlignment): readonly UnixMs[] => {
    const grid = new BarGrid(calendar, size, alignment);
    return sample.map((at) => openOn(grid, at, label)).filter((at) => !Number.isNaN(at));
  };
  const bySession = onGrid("session");
  const byClock = onGrid("clock");
  const alignment = byClock.length > bySession.length ? "clock" : "session";
  const startsAt = (alignment === "clock" ? byClock : bySession)[0];
  if (startsAt === undefined) {
    const bars = `none of its first ${countText(sample.length)} bars`;
    return fail("calendar-mismatch", `${bars} lies on ${calendar.name}`, {
      where: file,
      cure: "check --calendar, --zone and --label",
    });
  }
  return { calendar, alignment, startsAt, note: "as stated" };
}

/** A calendar with trading hours where the bars are. */
export async function madeCalendar(times: TimesOfBars, note: string): Promise<FoundCalendar> {
  const { size, label, all } = times;
  const lengthMs = label === "close" && size.ms < DAY_MS ? size.ms : 0;
  const openTimes = (await all()).map((at) => at - lengthMs);
  const calendar = calendarOfBars(openTimes, size);
  return { calendar, alignment: "session", startsAt: openTimes[0]!, note };
}

/**
 * The known calendar that the bars fit, else one made of them. Where a mistake is likelier than an
 * unknown market it throws: `label-needed` where the bars fit only by their closes, and
 * `few-off-calendar` where all but a few fit.
 */
export async function findCalendar(times: TimesOfBars): Promise<FoundCalendar> {
  const { file, sample, size, label, isLabelStated } = times;
  const fit = fitCalendar(sample, size, label);
  if (fit !== undefined) return { ...fit, note: noteOf(fit) };
  if (!isLabelStated && label === "open") {
    const byClose = fitCalendar(sample, size, "close");
    if (byClose !== undefined && byClose.filled >= CLEARLY_FILLED) {
      fail("label-needed", `its times fit ${byClose.calendar.name}, but as the ends of the bars`, {
        where: file,
        cure: "say --label close, or --label open where they are the beginnings all the same",
      });
    }
  }
  const nearly = nearlyFitting(sample, size, label);
  if (nearly !== undefined) failOnFew(file, sample, nearly.calendar, nearly.off);
  return madeCalendar(times, "made of the bars: no known calendar fits them");
}

function noteOf({ filled, others }: CalendarFit): string {
  const share = Math.floor(filled * 1_000) / 10;
  const also = others.length === 0 ? "" : `; ${others.join(" and ")} fit as well`;
  return `found: the bars fill ${share} % of its slots${also}`;
}

function failOnFew(
  file: string,
  sample: readonly UnixMs[],
  { name }: TradingCalendar,
  off: readonly UnixMs[],
): never {
  const bars = `${countText(off.length)} of the first ${countText(sample.length)} bars`;
  const first = formatInstant(off[0]!);
  return fail("few-off-calendar", `${bars} do not fit ${name}, all others do; see ${first}`, {
    where: file,
    cure:
      `mend them, leave them out with --calendar ${name} --on-fault skip, ` +
      "or say --calendar bars where they are right",
  });
}
