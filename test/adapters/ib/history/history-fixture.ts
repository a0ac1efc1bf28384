import type { HistoryOptions } from "../../../../adapters/ib/history/history-options.ts";
import { IbHistoricalSource } from "../../../../adapters/ib/history/ib-historical-source.ts";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import type { IbBar } from "../../../../adapters/ib/port/ib-event.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { type PriceType, type Series, series } from "../../../../core/market/series.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { instant, type UnixMs } from "../../../../core/time/instant.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { RecordingSink } from "../../../contracts/recording-sink.ts";
import { ScriptedIbLink } from "../../../support/scripted-ib-link.ts";
import { type GatewayHabits, HistoryGateway, type HistoryQuestion } from "./history-gateway.ts";

export interface StageOptions {
  /** Default `XNYS`. */
  readonly calendar?: string;
  /** Default `15m`. */
  readonly size?: string;
  /** Default Tuesday 2024-03-05 at 10:20 in New York. */
  readonly now?: string;
  readonly priceType?: PriceType;
  /** Default `STK`. */
  readonly secType?: string;
  readonly options?: Partial<HistoryOptions>;
  readonly habits?: GatewayHabits;
  /** Slots back from the present at which history begins; default 600. */
  readonly slots?: number;
}

/** A source of history before a gateway that knows the truth and answers by script. */
export class Stage {
  readonly time: VirtualTime;
  readonly link: ScriptedIbLink;
  readonly grid: BarGrid;
  readonly series: Series;
  readonly truth: Bar[];
  readonly source: IbHistoricalSource;
  readonly gateway: HistoryGateway;

  constructor(stage: StageOptions = {}) {
    this.time = new VirtualTime(instant(stage.now ?? "2024-03-05T15:20:00Z"));
    this.link = new ScriptedIbLink(this.time);
    this.grid = new BarGrid(calendarByName(stage.calendar ?? "XNYS"), barSize(stage.size ?? "15m"));
    this.series = series(instrument("TEST"), this.grid.size, stage.priceType);
    const now = this.time.now();
    const from = this.grid.nthBack(now, stage.slots ?? 600)!.openTime;
    const to = this.grid.nthForward(now, 2)!.closeTime;
    this.truth = [...this.grid.slots({ from, to })].map(({ openTime, closeTime }, index) => {
      const close = 100 + (index % 50);
      const volume = 10 + (index % 9);
      return { openTime, closeTime, open: close, high: close + 1, low: close - 1, close, volume };
    });
    this.gateway = new HistoryGateway(this.grid, this.truth, stage.habits);
    const { secType = "STK" } = stage;
    this.source = new IbHistoricalSource({
      link: this.link,
      contract: ibContract({ conId: 42, symbol: "TEST", secType, exchange: "SMART" }),
      grid: () => this.grid,
      options: stage.options ?? {},
    });
    this.link.script = (asked) => this.gateway.reply(asked, this.time.now());
  }

  /** What an honest gateway answers at present. */
  rowsFor(question: HistoryQuestion): IbBar[] {
    return this.gateway.answer(question, this.time.now());
  }

  /** Every question for bars so far. */
  get questions(): readonly HistoryQuestion[] {
    return this.link.asked.flatMap(({ question }) => (question.kind === "history" ? question : []));
  }

  /** How often it was asked when history begins. */
  get beginningsAsked(): number {
    return this.link.asked.length - this.questions.length;
  }

  /** From the open of the n-th slot back to the close of the last one that closed. */
  lastSlots(slots: number, skipped = 0): { from: UnixMs; to: UnixMs } {
    const now = this.time.now();
    const to = this.grid.nthBack(now, 1 + skipped)!.closeTime;
    return { from: this.grid.nthBack(to, slots)!.openTime, to };
  }

  barsIn({ from, to }: { from: UnixMs; to: UnixMs }): Bar[] {
    return this.truth.filter(({ openTime }) => openTime >= from && openTime < to);
  }

  open(range: { from?: UnixMs; to?: UnixMs }): RecordingSink {
    const sink = new RecordingSink();
    this.source.open({ series: this.series, ...range }, sink);
    return sink;
  }

  /** Opens, and lets time pass until it has ended. */
  hear(range: { from?: UnixMs; to?: UnixMs }): RecordingSink {
    const sink = this.open(range);
    while (sink.outcomes.length === 0 && this.time.step());
    return sink;
  }
}
