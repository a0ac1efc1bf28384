import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import type { Series } from "../../../core/market/series.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import { ibBarSize, whatToShow } from "../port/bar-sizes.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbBar, IbEvent } from "../port/ib-event.ts";
import type { IbQuestion } from "../session/ib-link.ts";
import type { Fence } from "./fence.ts";
import type { LiveBarReader } from "./live-bar-reader.ts";
import type { LiveFeed, LiveWord } from "./live-feed.ts";
import type { LiveOutput } from "./live-output.ts";
import { seedDuration } from "./seed-duration.ts";

/**
 * History that is kept up to date: begins with the last bars and then restates the bar in progress.
 * Nothing says that a bar is over; whoever listens decides that by time.
 */
export class KeepUpToDateFeed implements LiveFeed {
  readonly question: IbQuestion;
  readonly hasSeed = true;
  readonly #series: Series;
  readonly #reader: LiveBarReader;
  readonly #output: LiveOutput;
  readonly #fence: Fence;
  #newest = "";

  constructor(
    series: Series,
    contract: IbContract,
    reader: LiveBarReader,
    output: LiveOutput,
    fence: Fence,
  ) {
    this.#series = series;
    this.#fence = fence;
    this.#reader = reader;
    this.#output = output;
    this.question = {
      kind: "history",
      contract,
      end: "",
      duration: seedDuration(series.size),
      barSize: ibBarSize(series.size),
      whatToShow: whatToShow(series.priceType),
      useRegularHours: series.scope === "regular",
      formatDate: 2,
      keepUpToDate: true,
    };
  }

  leave(): void {
    this.#fence.leave();
  }

  hear(event: IbEvent, now: UnixMs): LiveWord | undefined {
    if (event.kind === "history") return this.#seed(event.bars, now);
    return event.kind === "update" ? this.#update(event.bar, now) : undefined;
  }

  /** Of the seed only what is still forming: history gives the rest, and gives it settled. */
  #seed(rows: readonly IbBar[], now: UnixMs): LiveWord {
    const last = rows[rows.length - 1];
    if (last === undefined) return { kind: "seed", isNews: false };
    const isNews = this.#isNews(last);
    const forming: Bar[] = [];
    for (let index = rows.length - 1; index >= 0; index -= 1) {
      const reading = this.#reader.read(rows[index]!);
      if (reading.bar.closeTime <= now) break;
      this.#output.judge(reading);
      if (reading.kind === "bar") forming.unshift(reading.bar);
    }
    this.#pass(forming);
    return { kind: "seed", isNews };
  }

  #update(row: IbBar, now: UnixMs): LiveWord {
    const isNews = this.#isNews(row);
    const reading = this.#reader.read(row);
    this.#output.judge(reading);
    // What was said before a close and is heard after it would look like the last word.
    const { closeTime } = reading.bar;
    const isTimely = closeTime > now || this.#fence.isPast(closeTime);
    if (reading.kind === "bar" && isTimely) this.#pass([reading.bar]);
    return { kind: "talk", isNews, openTime: reading.bar.openTime };
  }

  #pass(forming: readonly Bar[]): void {
    if (forming.length === 0) return;
    for (const { closeTime } of forming) this.#fence.await(closeTime);
    const bars = BarColumns.of(forming);
    const series = this.#series;
    this.#output.bars({ series, bars, finality: "forming", origin: "live", version: 1 });
  }

  #isNews({ time, open, high, low, close, volume, count }: IbBar): boolean {
    const newest = [time, open, high, low, close, volume, count].join();
    const isNews = newest !== this.#newest;
    this.#newest = newest;
    return isNews;
  }
}
