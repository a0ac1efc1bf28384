import type { BarQuery, BarSink, FeedFault, Subscription } from "../../../core/feed/bar-source.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import type { BarGrid } from "../../../core/time/bar-grid.ts";
import type { Timer } from "../../../core/time/clock.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { PatientAsk } from "../contracts/patient-ask.ts";
import type { Pending } from "../contracts/resolve-contract.ts";
import { ibBarSize } from "../port/bar-sizes.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbBar } from "../port/ib-event.ts";
import type { IbFault, IbLink } from "../session/ib-link.ts";
import { DENIAL_PAUSE_MS, Denials } from "./denials.ts";
import { type Emptiness, EmptinessInquiry } from "./emptiness-inquiry.ts";
import {
  badRows,
  contradicted,
  noDataYet,
  notYet,
  outcomeOf,
  outOfReach,
  saysIllegalDuration,
} from "./history-faults.ts";
import type { HistoryMemory } from "./history-memory.ts";
import { type HistoryOptions, MOST_BARS } from "./history-options.ts";
import { historyQuestion } from "./history-question.ts";
import { type PageAnswer, proofOf, readAnswer } from "./page-answer.ts";
import { type Page, type PageRules, pageOf, pageRules } from "./page-plan.ts";
import { Rejections } from "./rejections.ts";
import { RowReader } from "./row-reader.ts";
import { WantedSlots } from "./wanted-slots.ts";

interface StreamParts {
  readonly link: IbLink;
  readonly contract: IbContract;
  readonly grid: BarGrid;
  readonly options: HistoryOptions;
  readonly memory: HistoryMemory;
}

/** One query, page after page until all of it is told, or cannot be had for now. */
export class HistoryStream implements Subscription {
  readonly #query: BarQuery;
  readonly #sink: BarSink;
  readonly #parts: StreamParts;
  readonly #reader: RowReader;
  readonly #wanted: WantedSlots;
  readonly #faults: FeedFault[] = [];
  readonly #doubtedBefore = new Set<UnixMs>();
  readonly #rejections: Rejections;
  readonly #denials = new Denials();
  #asking: Pending | undefined;
  #timer: Timer | undefined;
  #isAnyDelivered = false;
  #isClosed = false;

  constructor(query: BarQuery, sink: BarSink, parts: StreamParts) {
    this.#query = query;
    this.#sink = sink;
    this.#rejections = new Rejections(query);
    this.#parts = parts;
    this.#reader = new RowReader(query.series, parts.grid, parts.contract.secType);
    this.#wanted = new WantedSlots(query, parts.grid, parts.link.clock.now());
  }

  start(): void {
    const { link, options } = this.#parts;
    const freshUntil = (this.#wanted.range?.to ?? 0) + options.freshMs;
    this.#pause(Math.max(0, freshUntil - link.clock.now()), () => this.#begin());
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#asking?.close();
  }

  /** A page that was asked for comes when it comes. */
  pause(): void {}

  resume(): void {}

  #begin(): void {
    try {
      ibBarSize(this.#query.series.size);
    } catch (error) {
      if (!(error instanceof BarlineError)) throw error;
      this.#faults.push({ code: error.code, message: error.message, retry: "never" });
      this.#finish();
      return;
    }
    const { from, to } = this.#query;
    if (this.#wanted.range === undefined && to !== undefined) {
      if (this.#wanted.isEarly) this.#faults.push(notYet({ from: from ?? to, to }));
      else this.#cover({ from: from ?? to, to });
    }
    this.#askNext();
  }

  get #rules(): PageRules {
    const { grid, options, memory } = this.#parts;
    const { size, priceType } = this.#query.series;
    const table = memory.strictSizes.has(size.label) ? "strict" : "current";
    return pageRules(grid, { pageBars: options.pageBars, priceType, table });
  }

  #askNext(): void {
    if (this.#isClosed) return;
    const missing = this.#wanted.newestMissing;
    if (missing === undefined) {
      this.#finish();
      return;
    }
    const isNewest = missing.to === this.#wanted.range?.to;
    const page = pageOf(this.#rules, missing, this.#parts.link.clock.now(), isNewest);
    if (page === undefined) this.#giveUp(missing, outOfReach(missing));
    else this.#ask(page, false);
    if (page === undefined) this.#askNext();
  }

  /** @param isSecond whether the gateway has said before that there is nothing in the page. */
  #ask(page: Page, isSecond: boolean): void {
    const { link, options } = this.#parts;
    const patience = { ...options, pauseMs: Math.max(options.confirmMs, 1) };
    let askedAt = link.clock.now();
    let rows: readonly IbBar[] = [];
    const question = historyQuestion(this.#parts.contract, this.#query.series, page);
    this.#asking = new PatientAsk(link, question, patience, {
      asked: () => {
        askedAt = link.clock.now();
      },
      event: (event) => {
        if (event.kind === "history") rows = event.bars;
        return event.kind === "history";
      },
      done: () => this.#answered(page, rows, askedAt, isSecond),
      failed: (fault) => this.#failed(fault),
    });
  }

  #failed(fault: IbFault): void {
    const { strictSizes } = this.#parts.memory;
    const { label } = this.#query.series.size;
    if (saysIllegalDuration(fault) && !strictSizes.has(label)) {
      strictSizes.add(label);
      this.#askNext();
      return;
    }
    this.#faults.push(fault);
    this.#finish();
  }

  #answered(page: Page, rows: readonly IbBar[], askedAt: UnixMs, isSecond: boolean): void {
    const { grid, memory, options } = this.#parts;
    const answer = readAnswer(rows, this.#reader);
    for (const row of answer.rejected) {
      const event = this.#rejections.of(row);
      if (event !== undefined && !this.#isClosed) this.#sink.event(event);
    }
    if (this.#isClosed) return;
    memory.show(this.#query.series, answer);
    const isNothing = answer.first === undefined || answer.first >= page.range.to;
    if (isNothing && !answer.isGarbled) {
      this.#denials.add(askedAt);
      if (!isSecond) this.#askAgain(page, options.confirmMs);
      else this.#weighDenial(page, askedAt - options.settleMs);
      return;
    }
    this.#denials.forget();
    // Durations reach further back than was wanted, as often as not: all that came is used.
    const told = { from: this.#wanted.range!.from, to: page.range.to };
    const proof = proofOf(answer, grid, told, askedAt - options.settleMs);
    this.#deliver(answer, proof.covered);
    const garbled = isNothing ? this.#wanted.missingOf(page.range) : [];
    const doubted = this.#doubt([...proof.doubted, ...garbled]);
    for (const range of proof.unsettled.flatMap((each) => this.#wanted.missingOf(each))) {
      this.#giveUp(range, notYet(range));
    }
    if (doubted) this.#pause(options.confirmMs, () => this.#askNext());
    else this.#askNext();
  }

  /**
   * Nothing came of a page. A gateway that says so can be wrong: it is asked once more, after a
   * pause and for as much as one answer holds, so that older bars can prove that the page is empty.
   */
  #askAgain({ range }: Page, pauseMs: number): void {
    this.#pause(pauseMs, () => {
      const rules = { ...this.#rules, pageBars: MOST_BARS };
      const wider = { from: Number.NEGATIVE_INFINITY, to: range.to };
      const page = pageOf(rules, wider, this.#parts.link.clock.now(), false);
      if (page !== undefined) this.#ask(page, true);
      else this.#giveUp(range, outOfReach(range));
      if (page === undefined) this.#askNext();
    });
  }

  /** Older bars would have been shown, and were not: that is believed only with evidence. */
  #weighDenial(page: Page, settledBy: UnixMs): void {
    const { series } = this.#query;
    if (this.#parts.memory.hasShown(series, page.range)) {
      for (const rest of this.#wanted.missingOf(page.range)) {
        this.#giveUp(rest, contradicted(page.range));
      }
      this.#askNext();
      return;
    }
    const inquiry = new EmptinessInquiry(this.#parts, series, page, (found) => {
      this.#judge(found, page, settledBy);
    });
    this.#asking = inquiry;
    inquiry.start();
  }

  #judge(found: Emptiness, page: Page, settledBy: UnixMs): void {
    if (found.kind === "failed") {
      this.#failed(found.fault);
    } else if (found.kind === "untrue") {
      const [rest = page.range] = this.#wanted.missingOf(page.range);
      this.#faults.push(noDataYet({ from: rest.from, to: page.range.to }, found.because));
      this.#finish();
    } else if (found.kind === "true") {
      this.#believeNothing({ from: found.from, to: page.range.to }, settledBy);
    } else if (this.#denials.areEnough(this.#parts.link.clock.now())) {
      const from = this.#denials.believe(page);
      this.#believeNothing({ from, to: page.range.to }, settledBy);
    } else {
      this.#askAgain(page, DENIAL_PAUSE_MS);
    }
  }

  /** Nothing lies in a range; what closed after `settledBy` may still appear. */
  #believeNothing(range: TimeRange, settledBy: UnixMs): void {
    for (const rest of this.#wanted.missingOf(range)) {
      const settled = this.#parts.grid.slotClosedBy(settledBy)?.closeTime ?? rest.from;
      const at = Math.min(Math.max(settled, rest.from), rest.to);
      if (at < rest.to) this.#giveUp({ from: at, to: rest.to }, notYet(rest));
      // Where the query has no beginning, history has one, and that is no gap.
      this.#cover({ from: rest.from, to: at }, this.#query.from !== undefined);
    }
    this.#askNext();
  }

  /** Hands over what was not told before, and claims what is proven. */
  #deliver({ bars }: PageAnswer, covered: readonly TimeRange[]): void {
    const fresh = covered.flatMap((range) => this.#wanted.missingOf(range));
    const columns = new BarColumns();
    for (const bar of bars) {
      const isFresh = fresh.some(({ from, to }) => bar.openTime >= from && bar.openTime < to);
      if (isFresh) columns.push(bar);
    }
    const { series } = this.#query;
    if (columns.length > 0 && !this.#isClosed) {
      this.#isAnyDelivered = true;
      const [finality, origin] = ["final", "backfill"] as const;
      this.#sink.bars({ series, bars: columns, finality, origin, version: 1 });
    }
    for (const range of fresh) this.#cover(range);
  }

  #cover(range: TimeRange, isClaimed = true): void {
    if (range.from >= range.to) return;
    this.#wanted.settle(range);
    const claim = this.#wanted.claimOf(range);
    if (isClaimed && claim.from < claim.to && !this.#isClosed) this.#sink.coverage(claim);
  }

  /** Whether any of these slots deserves to be asked for once more; the others are given up. */
  #doubt(slots: readonly TimeRange[]): boolean {
    let isAny = false;
    for (const range of slots) {
      for (const missing of this.#wanted.missingOf(range)) {
        if (this.#doubtedBefore.has(missing.from)) this.#giveUp(missing, badRows(missing));
        else isAny = true;
        this.#doubtedBefore.add(missing.from);
      }
    }
    return isAny;
  }

  #giveUp(range: TimeRange, fault: FeedFault): void {
    this.#wanted.settle(range);
    this.#faults.push(fault);
  }

  #pause(ms: number, action: () => void): void {
    if (this.#isClosed) return;
    const { clock } = this.#parts.link;
    this.#timer = clock.schedule(clock.now() + ms, () => {
      if (!this.#isClosed) action();
    });
  }

  #finish(): void {
    if (this.#isClosed) return;
    this.close();
    this.#sink.end(outcomeOf(this.#isAnyDelivered, this.#faults));
  }
}
