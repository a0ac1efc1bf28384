import type {
  BarQuery,
  BarSink,
  FeedFault,
  FeedOutcome,
  Subscription,
} from "../core/feed/bar-source.ts";
import { BarColumns } from "../core/market/bar-columns.ts";
import type { UnixMs } from "../core/time/instant.ts";
import type { SimGateway } from "./gateway.ts";
import type { HistoryFault } from "./gateway-options.ts";
import type { Random } from "./random.ts";

const FAULTS: Readonly<Record<Exclude<HistoryFault, "silent" | "empty">, FeedFault>> = {
  failed: { code: "failed", message: "the request for history failed", retry: "soon" },
  denied: { code: "no-permission", message: "no permission for this history", retry: "never" },
  partial: { code: "truncated", message: "history broke off", retry: "soon" },
  pacing: { code: "pacing-violation", message: "too many requests for history", retry: "soon" },
};
const DOWN: FeedFault = { code: "disconnected", message: "the gateway is down", retry: "later" };
const NOT_YET: FeedFault = {
  code: "not-yet",
  message: "history does not show the last bars yet",
  retry: "later",
};

/** One request for history: pages from the newest to the oldest, then an outcome. */
export class HistoryStream implements Subscription {
  readonly #gateway: SimGateway;
  readonly #query: BarQuery;
  readonly #sink: BarSink;
  readonly #fault: HistoryFault | undefined;
  readonly #random: Random;
  readonly #askedAt: UnixMs;
  #closed = false;
  #pages = 0;
  #bars = 0;
  /** Where the pages still to come end. */
  #to: UnixMs;

  constructor(gateway: SimGateway, query: BarQuery, sink: BarSink, request: number) {
    this.#gateway = gateway;
    this.#query = query;
    this.#sink = sink;
    this.#fault = gateway.settings.historyFaults[request - 1];
    this.#random = gateway.random.stream(`history/${request}`);
    this.#askedAt = gateway.clock.now();
    this.#to = query.to ?? Number.POSITIVE_INFINITY;
  }

  start(): void {
    if (this.#fault !== "silent") this.#later(() => this.#answer());
  }

  close(): void {
    this.#closed = true;
  }

  pause(): void {}

  resume(): void {}

  #later(action: () => void): void {
    const { clock, settings } = this.#gateway;
    const delay = settings.historyDelayMs + this.#random.integer(0, settings.jitterMs);
    clock.schedule(clock.now() + delay, () => {
      if (this.#closed) return;
      if (this.#gateway.isUnbroken(this.#askedAt, clock.now())) action();
      else if (!settings.hidesOutages) this.#end(this.#broken(DOWN));
    });
  }

  #answer(): void {
    const fault = this.#fault;
    if (fault === "empty") this.#end({ kind: "empty" });
    else if (fault === "failed" || fault === "denied" || fault === "pacing") {
      this.#end({ kind: "failed", fault: FAULTS[fault] });
    } else this.#page();
  }

  #page(): void {
    const { truth, clock, settings } = this.#gateway;
    const known = clock.now() - settings.historyLagMs;
    const settled = truth.grid.slotClosedBy(known)?.closeTime ?? Number.NEGATIVE_INFINITY;
    const queryFrom = this.#query.from ?? truth.bars.openTime[0]!;
    const wholeTo = this.#to;
    const to = Math.min(wholeTo, settled);
    const end = truth.indexFrom(to);
    const first = truth.indexFrom(Math.max(queryFrom, settings.historyFrom));
    const start = Math.max(first, end - settings.pageBars);
    const isLast = start <= first;
    const page = new BarColumns();
    for (let index = start; index < end; index += 1) page.push(truth.asOf(index, known).bar);
    if (this.#pages === 0 && settings.historyShowsForming) this.#showForming(page, to);
    this.#send(page);
    this.#pages += 1;
    const from = isLast ? queryFrom : truth.bars.openTime[start]!;
    if (to > from && !this.#closed) this.#sink.coverage({ from, to });
    if (this.#closed) return;
    if (this.#fault === "partial" && this.#pages === 1) {
      this.#end(this.#broken(FAULTS.partial));
    } else if (!isLast) {
      this.#to = from;
      this.#later(() => this.#page());
    } else if (this.#pages === 1 && wholeTo > settled && this.#owes(settled, wholeTo)) {
      this.#end(this.#broken(NOT_YET));
    } else {
      this.#end({ kind: this.#bars > 0 ? "complete" : "empty" });
    }
  }

  /** Whether slots that closed already are not known to history yet. */
  #owes(settled: UnixMs, to: UnixMs): boolean {
    const slot = this.#gateway.truth.grid.slotAtOrAfter(settled);
    const now = this.#gateway.clock.now();
    return slot !== undefined && slot.openTime < to && slot.closeTime <= now;
  }

  #showForming(page: BarColumns, to: UnixMs): void {
    const { truth, clock } = this.#gateway;
    const index = truth.indexFrom(to);
    const now = clock.now();
    if (index >= truth.bars.length || truth.bars.openTime[index]! > now) return;
    const { openTime, closeTime } = truth.bars.at(index);
    page.push(truth.forming(index, Math.min(0.98, (now - openTime) / (closeTime - openTime))));
  }

  #send(page: BarColumns): void {
    if (page.length === 0) return;
    this.#bars += page.length;
    const { series } = this.#gateway.truth;
    const times = this.#random.chance(this.#gateway.settings.duplicateShare) ? 2 : 1;
    for (let sent = 0; sent < times && !this.#closed; sent += 1) {
      const bars = BarColumns.of(page);
      this.#sink.bars({ series, bars, finality: "final", origin: "backfill", version: 1 });
    }
  }

  #broken(fault: FeedFault): FeedOutcome {
    return this.#bars > 0 ? { kind: "partial", fault } : { kind: "failed", fault };
  }

  #end(outcome: FeedOutcome): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sink.end(outcome);
  }
}
