import { CsvBarSource } from "../../../adapters/csv/csv-bar-source.ts";
import type { CsvOptions } from "../../../adapters/csv/csv-options.ts";
import type { BarQuery, FeedOutcome } from "../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../core/feed/feed-event.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { DAY_MS, dayNumber, formatInstant, instant } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { calendarOfSessions } from "../../../core/time/trading-calendar.ts";
import { UTC } from "../../../core/time/zone.ts";
import { HEADER, writeFile } from "./csv-files.ts";

export const SERIES = series(instrument("TEST"), barSize("15m"));
export const DAY = dayNumber(2024, 1, 2);
export const at = (time: string, day = DAY): number =>
  day * DAY_MS + instant(`1970-01-01T${time}:00Z`);
/** Two days of 10:00 to 11:30 and 13:00 to 14:00: ten bars a day. */
export const GRID = new BarGrid(
  calendarOfSessions(
    "TWO DAYS",
    UTC,
    [DAY, DAY + 1].map((day) => ({
      day,
      segments: [
        { from: at("10:00", day), to: at("11:30", day) },
        { from: at("13:00", day), to: at("14:00", day) },
      ],
    })),
  ),
  SERIES.size,
);

/** What a source said, in order. */
type Word =
  | { readonly type: "bar"; readonly openTime: number; readonly closeTime: number }
  | { readonly type: "coverage"; readonly range: TimeRange }
  | FeedEvent;

export interface Heard {
  readonly words: readonly Word[];
  readonly outcome: FeedOutcome;
}

/** Reads rows under the policy skip, from a file that is written for it. */
export function hear(
  file: string,
  rows: readonly string[],
  query: Partial<BarQuery> = {},
  settings: Partial<CsvOptions> = {},
): Promise<Heard> {
  writeFile(file, `${[HEADER, ...rows].join("\n")}\n`);
  const source = new CsvBarSource(file, { series: SERIES, onFault: "skip", ...settings });
  return new Promise((resolve) => {
    const words: Word[] = [];
    source.open(
      { series: SERIES, ...query },
      {
        bars: ({ bars }) => {
          for (const { openTime, closeTime } of bars) {
            words.push({ type: "bar", openTime, closeTime });
          }
        },
        coverage: (range) => words.push({ type: "coverage", range }),
        event: (event) => words.push(event),
        end: (outcome) => resolve({ words, outcome }),
      },
    );
  });
}

type WordOf<T extends Word["type"]> = Extract<Word, { readonly type: T }>;
/** The words of one type, in order. */
export const of = <T extends Word["type"]>({ words }: Heard, type: T): WordOf<T>[] =>
  words.filter((word): word is WordOf<T> => word.type === type);

export const sound = (openTime: number): string => `${formatInstant(openTime)},2,3,1,2,10`;
/** A row of which the time can be read and the rest makes no sense. */
export const broken = (openTime: number): string => `${formatInstant(openTime)},2,1,3,2,10`;
/** One of which nothing can be read. */
export const NOISE = "-,-,-,-,-,-";
