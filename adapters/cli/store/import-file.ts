import type { BarColumns } from "../../../core/market/bar-columns.ts";
import { series } from "../../../core/market/series.ts";
import { BarlineError, fail } from "../../../core/time/failure.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import { RangeSet, type TimeRange } from "../../../core/time/range.ts";
import { calendarToStore } from "../../kept/calendar-to-store.ts";
import { countText } from "../../kept/count-text.ts";
import type { SeriesAbout } from "../../store/bars/series-about.ts";
import { SeriesBook } from "../../store/bars/series-book.ts";
import type { StoreReader } from "../../store/port/ordered-store.ts";
import { THIS_MACHINE } from "../../system/machine-time.ts";
import { systemZone } from "../../system/zone.ts";
import type { BarFile } from "../bars/bar-file.ts";
import { type ComparedBars, compareBars } from "./compare-bars.ts";
import { type FilePortion, type FileRest, readPortions } from "./file-portions.ts";
import { calendarWith, gridOn, PlaceCheck } from "./import-calendar.ts";
import type { OpenBars } from "./open-store.ts";

const FIELDS = ["open", "high", "low", "close", "volume"] as const;

/** How a file is taken into a store. */
export interface ImportManner {
  /** Whether its bars go before stored ones that have other values. */
  readonly replaces: boolean;
  /** What is said of its instrument; what is not is that of the stored one. */
  readonly isStated: (field: "currency" | "multiplier" | "priceIncrement") => boolean;
  /** Told of so many more bars, twice of each: when it is looked at, and when it is stored. */
  readonly onBars: (what: "reading" | "storing", bars: number) => void;
}

/** What became of the bars of a file. */
export interface ImportedFile extends FileRest {
  readonly about: SeriesAbout;
  readonly fresh: number;
  readonly corrected: number;
  readonly same: number;
  /** From the opening of its first bar to the close of its last. */
  readonly span: TimeRange;
}

/**
 * Takes a file into a store: looks at all of it, and if nothing is wrong puts it in, some thousand
 * bars in one transaction. Stopped anywhere, the same again ends it; what is there is left alone.
 * Throws what is wrong with the file, `stored-otherwise`, `other-calendar` or `other-instrument`.
 */
export async function importFile(
  open: OpenBars,
  file: BarFile,
  manner: ImportManner,
): Promise<ImportedFile> {
  const seen = await look(open, file, manner);
  const about = aboutOf(open, file, manner, seen.span);
  const lostToo = new RangeSet();
  for (const { range } of seen.rest.lost) lostToo.add(range);
  const counts = { fresh: 0, corrected: 0, same: 0 };
  const source = { source: file.format, receivedAt: THIS_MACHINE.wallMs() };
  const { key } = file.series;
  const put = ({ bars, covered }: FilePortion): void => {
    const compared = open.store.write((writer) => {
      open.bars.declare(writer, about);
      const found = compareWith(writer, key, bars);
      // Somebody else may have stored something since all of it was looked at.
      if (found.changedCount > 0 && !manner.replaces) {
        throw otherwise(file, found.changedCount, found);
      }
      const whole = covered.flatMap((range) => lostToo.missing(range));
      open.bars.update(writer, key, { ...source, bars: found.fresh, covered: whole });
      for (const [version, changed] of found.changed) {
        open.bars.update(writer, key, { ...source, bars: changed, version: version + 1 });
      }
      return found;
    });
    counts.fresh += compared.fresh.length;
    counts.corrected += compared.changedCount;
    counts.same += compared.same;
    manner.onBars("storing", bars.length);
  };
  const rest = await readPortions(file.source, file.series, put);
  loseWhatIsMissing(open, key, rest, source);
  open.bars.consolidate(key);
  return { ...rest, ...counts, about, span: seen.span };
}

/** Looks at all of a file and changes nothing. */
async function look(
  open: OpenBars,
  file: BarFile,
  manner: ImportManner,
): Promise<{ readonly span: TimeRange; readonly rest: FileRest }> {
  const { key, size } = file.series;
  const stored = open.bars.find(key);
  const told = calendarToStore(file.calendar, file.grid(file.series).alignment);
  const grid = stored && gridOn(calendarWith(stored.calendar, told, { from: 0, to: 0 }), size);
  const place = grid && new PlaceCheck(grid, file.file);
  let span: TimeRange | undefined;
  let changed = 0;
  let first: ComparedBars | undefined;
  const rest = await readPortions(file.source, file.series, ({ bars }) => {
    if (bars.length === 0) return;
    const to = bars.closeTime[bars.length - 1]!;
    span = { from: span?.from ?? bars.openTime[0]!, to };
    manner.onBars("reading", bars.length);
    if (place !== undefined) {
      for (const bar of bars) place.require(bar.openTime, bar.closeTime);
    }
    if (stored === undefined || manner.replaces) return;
    const found = open.store.read((reader) => compareWith(reader, key, bars));
    if (found.changedCount > 0) first ??= found;
    changed += found.changedCount;
  });
  if (first !== undefined) throw otherwise(file, changed, first);
  span ??= fail("no-bars", "there is no bar in it", { where: file.file, cure: "see --size" });
  return { span, rest };
}

/** What the series is from now on. */
function aboutOf(
  open: OpenBars,
  file: BarFile,
  { isStated }: ImportManner,
  span: TimeRange,
): SeriesAbout {
  const { series: of } = file;
  const stored = open.bars.find(of.key);
  const { alignment } = file.grid(of);
  const told = calendarToStore(file.calendar, alignment);
  if (stored === undefined) return { series: of, calendar: told };
  const before = stored.series.instrument;
  const { currency, multiplier, priceIncrement } = of.instrument;
  const instrument = {
    ...of.instrument,
    allowsNegativePrice: before.allowsNegativePrice,
    currency: isStated("currency") ? currency : before.currency,
    multiplier: isStated("multiplier") ? multiplier : before.multiplier,
    priceIncrement: isStated("priceIncrement") ? priceIncrement : before.priceIncrement,
  };
  const { size, priceType, scope } = of;
  const calendar = calendarWith(stored.calendar, told, span);
  return { series: series(instrument, size, priceType, scope), calendar };
}

/**
 * Notes what the file lacks, as far as nobody else had it: a slot that is a stored bar, or is known
 * to have none, is not lost because a row of a file was left out.
 */
function loseWhatIsMissing(
  open: OpenBars,
  key: string,
  { lost }: FileRest,
  source: { readonly source: string; readonly receivedAt: number },
): void {
  if (lost.length === 0) return;
  open.store.write((writer) => {
    const book = new SeriesBook(systemZone);
    const { index, blocks, about } = book.open(writer, key, book.number(writer, key));
    const known = new RangeSet();
    for (const range of index.coverage.complete) known.add(range);
    for (const { range } of lost) {
      for (const { openTime, closeTime } of blocks.bars(range)) {
        known.add({ from: openTime, to: closeTime });
      }
    }
    const grid = book.grid(about);
    const missing = lost.flatMap(({ range, reason }) =>
      known
        .missing(range)
        .filter((part) => grid.count(part) > 0)
        .map((part) => ({ range: part, reason })),
    );
    open.bars.update(writer, key, { ...source, lost: missing });
  });
}

function compareWith(reader: StoreReader, key: string, bars: BarColumns): ComparedBars {
  const book = new SeriesBook(systemZone);
  return compareBars(book.open(reader, key, book.number(reader, key)), bars);
}

function otherwise(file: BarFile, count: number, { firstChange }: ComparedBars): BarlineError {
  const { told, stored } = firstChange!;
  const field = FIELDS.find((name) => !Object.is(told[name], stored[name])) ?? "closeTime";
  const bars = count === 1 ? "1 of its bars is" : `${countText(count)} of its bars are`;
  const values = `whose ${field} is ${told[field]} here and ${stored[field]} there`;
  const when = formatInstant(told.openTime);
  return new BarlineError(
    "stored-otherwise",
    `${bars} stored with other values, first that of ${when}, ${values}`,
    {
      where: file.file,
      cure: "nothing was changed; take the file's word with --replace, or give it another --symbol",
    },
  );
}
