import { type Series, series as seriesOf } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { DAY_MS, SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";
import { wallTime } from "../../../core/time/zone.ts";
import { ibZone } from "../contracts/ib-zone.ts";
import { PatientAsk } from "../contracts/patient-ask.ts";
import type { Pending } from "../contracts/resolve-contract.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbBar, IbEvent } from "../port/ib-event.ts";
import { parseIbTime } from "../port/ib-time.ts";
import type { IbFault, IbLink, IbQuestion } from "../session/ib-link.ts";
import type { HistoryMemory } from "./history-memory.ts";
import { type HistoryOptions, MOST_BARS } from "./history-options.ts";
import { beginningQuestion, historyQuestion } from "./history-question.ts";
import { readAnswer } from "./page-answer.ts";
import { type Page, pageOf, pageRules } from "./page-plan.ts";
import { RowReader } from "./row-reader.ts";

/** What was found out about a page that the gateway calls empty. */
export type Emptiness =
  /** So it is, and all from `from` up to its end is empty; minus infinity: history begins later. */
  | { readonly kind: "true"; readonly from: UnixMs }
  /** It cannot be: `because` says why, as the end of a sentence. */
  | { readonly kind: "untrue"; readonly because: string }
  /** The gateway does not say when history begins, or nothing else shows what lies there. */
  | { readonly kind: "unknown" }
  /** There is no link to ask over. */
  | { readonly kind: "failed"; readonly fault: IbFault };

interface InquiryParts {
  readonly link: IbLink;
  readonly contract: IbContract;
  readonly grid: BarGrid;
  readonly options: HistoryOptions;
  readonly memory: HistoryMemory;
}

/** Bars of up to this size are kept for six months only; this is less than any six of them. */
const SMALL_BAR_MS = 30 * SECOND_MS;
const SMALL_BAR_REACH_MS = 180 * DAY_MS;

/** Larger bars, largest first, and how many of them a page must hold, in part at least. */
const LARGER_SIZES = ["1d", "4h", "1h", "5m"].map(barSize);
const LEAST_LARGER_BARS = 4;

/** So few slots can be without a bar by chance. */
const FEW_SLOTS = 20;

const BEGUN: Emptiness = { kind: "untrue", because: "history begins before that" };

/**
 * Finds evidence for or against the word of a gateway that a page holds no bar, other than asking
 * for the page again.
 *
 * Where history begins after the page, it is empty. Where it begins in the page, it is not. Where
 * it begins before, larger bars decide, of which one answer reaches much further back: one that
 * lies within the page proves that something traded there, and older ones alone that nothing did.
 * A gateway that denies those as well is wrong in any case.
 */
export class EmptinessInquiry implements Pending {
  readonly #parts: InquiryParts;
  readonly #series: Series;
  readonly #page: Page;
  readonly #done: (found: Emptiness) => void;
  #asking: PatientAsk | undefined;

  /** @param done is called once, perhaps before `start` has returned. */
  constructor(parts: InquiryParts, series: Series, page: Page, done: (found: Emptiness) => void) {
    this.#parts = parts;
    this.#series = series;
    this.#page = page;
    this.#done = done;
  }

  start(): void {
    const { memory } = this.#parts;
    const known = memory.beginningOf(this.#series);
    if (known === undefined) this.#askBeginning();
    else this.#weigh(known);
  }

  close(): void {
    this.#asking?.close();
  }

  #askBeginning(): void {
    const { link, contract, memory } = this.#parts;
    let begins: UnixMs | undefined;
    this.#ask(beginningQuestion(contract, this.#series), {
      event: (event) => {
        if (event.kind === "head-timestamp") begins = this.#instantOf(event.time);
        return event.kind === "head-timestamp";
      },
      done: () => {
        if (begins === undefined) {
          this.#done({ kind: "unknown" });
          return;
        }
        memory.noteBeginning(this.#series, begins);
        this.#weigh(begins);
      },
      refused: () => {
        const [farm] = link.brokenFarms;
        const because = `data farm ${farm} is broken`;
        this.#done(farm === undefined ? { kind: "unknown" } : { kind: "untrue", because });
      },
    });
  }

  #weigh(begins: UnixMs): void {
    const { size } = this.#series;
    const { from, to } = this.#page.range;
    const { link } = this.#parts;
    const reachMs = size.ms <= SMALL_BAR_MS ? SMALL_BAR_REACH_MS : Number.POSITIVE_INFINITY;
    if (Math.max(begins, link.clock.now() - reachMs) >= to) {
      this.#done({ kind: "true", from: Number.NEGATIVE_INFINITY });
      return;
    }
    const larger = begins < from ? this.#largerGrid() : undefined;
    if (larger !== undefined) this.#askLarger(larger, begins);
    else if (begins >= from || size.ms === DAY_MS) this.#done(BEGUN);
    else this.#done(this.#withoutEvidence());
  }

  /**
   * Where no request reaches further back, as behind a weekend in the smallest bars: a few slots
   * without a bar are nothing unusual.
   */
  #withoutEvidence(): Emptiness {
    const { range, slots } = this.#page;
    return slots <= FEW_SLOTS ? { kind: "true", from: range.from } : { kind: "unknown" };
  }

  /** The largest bars of which the page holds several; undefined when there are none. */
  #largerGrid(): BarGrid | undefined {
    const { grid } = this.#parts;
    const { range, slots } = this.#page;
    for (const size of LARGER_SIZES) {
      const larger = new BarGrid(grid.calendar, size, "clock");
      // The first and the last may reach beyond the page.
      const count = larger.count(range);
      if (count >= LEAST_LARGER_BARS && count < slots) return larger;
    }
    return undefined;
  }

  /** Asks for larger bars, up to the end of the page and as far back as they reach. */
  #askLarger(larger: BarGrid, begins: UnixMs): void {
    const { contract, memory, link } = this.#parts;
    const { instrument, priceType, scope } = this.#series;
    const { size } = larger;
    const table = memory.strictSizes.has(size.label) ? "strict" : "current";
    const rules = pageRules(larger, { pageBars: MOST_BARS, priceType, table });
    const range = { from: begins - DAY_MS, to: this.#page.range.to };
    const page = pageOf(rules, range, link.clock.now(), false);
    if (page === undefined || page.range.from >= this.#page.range.from) {
      this.#done(this.#withoutEvidence());
      return;
    }
    const series = seriesOf(instrument, size, priceType, scope);
    let rows: readonly IbBar[] = [];
    this.#ask(historyQuestion(contract, series, page), {
      event: (event) => {
        if (event.kind === "history") rows = event.bars;
        return event.kind === "history";
      },
      done: () => {
        const reader = new RowReader(series, larger, contract.secType);
        const { bars, first, isGarbled } = readAnswer(rows, reader);
        const { from, to } = this.#page.range;
        if (bars.some(({ openTime, closeTime }) => openTime >= from && closeTime <= to)) {
          this.#done({ kind: "untrue", because: `it has ${size.label} bars there` });
        } else if (first !== undefined && first < from && !isGarbled) {
          this.#done({ kind: "true", from });
        } else {
          this.#done(BEGUN);
        }
      },
      refused: () => this.#done(BEGUN),
    });
  }

  #ask(
    question: IbQuestion,
    hear: {
      readonly event: (event: IbEvent) => boolean;
      readonly done: () => void;
      /** The gateway refused, or was silent. */
      readonly refused: () => void;
    },
  ): void {
    const { link, options } = this.#parts;
    const { deadlineMs, linkDownMs, confirmMs } = options;
    const patience = { deadlineMs, attempts: 1, linkDownMs, pauseMs: Math.max(confirmMs, 1) };
    this.#asking = new PatientAsk(link, question, patience, {
      asked: () => {},
      event: hear.event,
      done: hear.done,
      failed: (fault) => {
        const isLinkGone = fault.ibCode === undefined && fault.retry === "later";
        if (isLinkGone) this.#done({ kind: "failed", fault });
        else hear.refused();
      },
    });
  }

  #instantOf(text: string): UnixMs | undefined {
    const { zone } = this.#parts.grid.calendar;
    const time = parseIbTime(text, (name) => (name === "" ? zone : ibZone(name)));
    return time?.kind === "day" ? wallTime(zone, time.day, 0) : time?.at;
  }
}
