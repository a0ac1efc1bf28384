import type { TimeRange } from "../../../core/time/range.ts";
import { countedText, countText } from "../../kept/count-text.ts";
import type { StoredSeries } from "../../store/bars/bar-store.ts";
import type { LostRange } from "../../store/bars/coverage.ts";
import { oneLine } from "../terminal/report.ts";
import type { DownloadEnd } from "./download.ts";
import { shortInstant } from "./instant-text.ts";

/** What came of a download, for a program. */
export interface DownloadSummary {
  readonly series: string;
  /** Slots that were to be fetched, and how many of them are settled now. */
  readonly slots: number;
  readonly settled: number;
  /** Bars that came, and how many of them the store did not have. */
  readonly receivedBars: number;
  readonly newBars: number;
  /** Rows that were no bars of the series, and were left out. */
  readonly leftOut: number;
  /** Answers of the gateway. */
  readonly pages: number;
  /** Slots that could not be had, and why. */
  readonly lost: readonly TextRange[];
  /** What the store has of the series now. */
  readonly stored: {
    readonly bars: number;
    readonly first?: string;
    readonly last?: string;
    readonly complete: readonly TextRange[];
  };
}

interface TextRange {
  readonly from: string;
  readonly to: string;
  readonly reason?: string;
}

/** @param stored the series after the download; undefined where nothing is stored of it. */
export function downloadSummary(
  { feed, figures }: DownloadEnd,
  stored: StoredSeries | undefined,
  countBefore: number,
  pages: number,
): DownloadSummary {
  const { slots, settled, bars, rejected, lost } = figures;
  const { count = 0, first, last, complete = [] } = stored ?? {};
  return {
    series: feed.series.key,
    slots,
    settled,
    receivedBars: bars,
    newBars: count - countBefore,
    leftOut: rejected,
    pages,
    lost: lost.map(lostText),
    stored: {
      bars: count,
      ...(first === undefined ? {} : { first: shortInstant(first) }),
      ...(last === undefined ? {} : { last: shortInstant(last) }),
      complete: complete.map(rangeText),
    },
  };
}

/** The same for a person. */
export function summaryLines(summary: DownloadSummary): string {
  const { series, slots, settled, newBars, receivedBars, leftOut, pages, lost, stored } = summary;
  const left = slots - settled;
  const received = `of ${countText(receivedBars)} received, in ${countedText(pages, "page")}`;
  const lines = [
    series,
    `  ${countedText(newBars, "new bar")} ${received}`,
    `  stored: ${countedText(stored.bars, "bar")}${spanText(stored.first, stored.last)}`,
    ...stored.complete.map(({ from, to }) => `  complete: ${from} to ${to}`),
    ...lost.map(({ from, to, reason = "" }) => `  lost: ${from} to ${to}: ${oneLine(reason)}`),
  ];
  if (leftOut > 0) lines.push(`  left out: ${countedText(leftOut, "row")} that cannot be`);
  if (left > 0) lines.push(`  not fetched: ${countedText(left, "slot")}; run it again to go on`);
  return lines.join("\n");
}

function spanText(first: string | undefined, last: string | undefined): string {
  return first === undefined ? "" : `, opening ${first} to ${last}`;
}

function rangeText({ from, to }: TimeRange): TextRange {
  return { from: shortInstant(from), to: shortInstant(to) };
}

function lostText({ range, reason }: LostRange): TextRange {
  return { ...rangeText(range), reason };
}
