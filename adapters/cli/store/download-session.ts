import type { FeedFault } from "../../../core/feed/bar-source.ts";
import type { IbFeed, IbFeedRequest } from "../../ib/ib-feed.ts";
import type { IbFeedSettings } from "../../ib/ib-feed-settings.ts";
import type { BarStore } from "../../store/bars/bar-store.ts";
import type { OrderedStore } from "../../store/port/ordered-store.ts";
import { type GatewaySession, gatewaySession, placeNotes } from "../ib/gateway-session.ts";
import { GatewayTeller } from "../ib/gateway-teller.ts";
import { feedSettings } from "../ib/ib-feed-config.ts";
import type { LiveConfig } from "../ib/live-schema.ts";
import { gatewayAddress } from "../ib/live-settings.ts";
import { AccountMask } from "../ib/masked.ts";
import { forecastText, type WarmUpForecast } from "../ib/warm-up-forecast.ts";
import { Interruption } from "../run/interruption.ts";
import { oneLine } from "../terminal/report.ts";
import { Talk } from "../terminal/talk.ts";
import { Download, type DownloadEnd, type WantedHistory } from "./download.ts";
import type { DownloadFlags } from "./download-options.ts";
import { DownloadProgress } from "./download-progress.ts";
import { type DownloadSummary, downloadSummary } from "./download-summary.ts";
import type { OpenBars } from "./open-store.ts";
import { PageCounter } from "./page-counter.ts";

/** What came of one series. */
export interface Downloaded {
  readonly summary: DownloadSummary;
  /** Why not all of it came; undefined where it did, or was interrupted. */
  readonly fault: FeedFault | undefined;
}

/** A store, a gateway, and somebody who is told: what one or several downloads need. */
export class DownloadSession {
  readonly store: OrderedStore;
  readonly bars: BarStore;
  readonly talk: Talk;
  /** Where the gateway is. */
  readonly place: string;
  readonly #config: LiveConfig;
  readonly #speed: number;
  readonly #gateway: GatewaySession;
  readonly #settings: Partial<IbFeedSettings>;
  readonly #counter = new PageCounter();
  #download: Download | undefined;
  #interruption: Interruption | undefined;

  /** Throws `invalid-option` for a configuration that cannot be. */
  constructor(
    { store, bars }: OpenBars,
    { speed, quiet, json }: DownloadFlags,
    config: LiveConfig,
  ) {
    const mask = new AccountMask();
    const address = gatewayAddress(config);
    this.#config = config;
    this.#speed = speed;
    this.talk = new Talk(quiet === true || json === true, mask.hide);
    const teller = new GatewayTeller({ talk: this.talk, log: undefined, mask, address });
    this.#settings = feedSettings(config, speed);
    this.#gateway = gatewaySession(address, config, speed, [teller.tap, this.#counter.tap]);
    this.#gateway.session.watch(teller.link);
    this.place = this.#gateway.place;
    this.store = store;
    this.bars = bars;
  }

  /** Answers to requests for history so far. */
  get pages(): number {
    return this.#counter.pages;
  }

  /** The exit code of a command that was interrupted; undefined where it was not. */
  get exitCode(): number | undefined {
    return this.#interruption?.exitCode;
  }

  /** Connects; once, however often it is called. */
  start(): void {
    if (this.#interruption !== undefined) return;
    const word = "what came is kept; begun anew it goes on from there";
    this.#interruption = new Interruption(() => this.#download?.stop(), word);
    const notes = placeNotes(gatewayAddress(this.#config), this.#speed);
    for (const note of notes) this.talk.say(note);
    this.#gateway.session.start();
  }

  /**
   * Fetches one series; undefined where it was interrupted before it began.
   *
   * @param wanted says what is to be fetched of it; what it throws is thrown.
   */
  async fetch(
    request: IbFeedRequest,
    wanted: (feed: IbFeed) => WantedHistory,
  ): Promise<Downloaded | undefined> {
    const { bars, pages } = this;
    let countBefore = 0;
    const end = await this.#downloaded(request, (feed) => {
      countBefore = bars.find(feed.series.key)?.count ?? 0;
      return wanted(feed);
    });
    if (end === undefined) return undefined;
    const stored = bars.find(end.feed.series.key);
    const summary = downloadSummary(end, stored, countBefore, this.pages - pages);
    return { summary, fault: end.fault };
  }

  #downloaded(
    request: IbFeedRequest,
    wanted: (feed: IbFeed) => WantedHistory,
  ): Promise<DownloadEnd | undefined> {
    const { store, bars, talk } = this;
    const progress = new DownloadProgress(talk, () => this.pages);
    const parts = {
      session: this.#gateway.session,
      settings: this.#settings,
      speed: this.#speed,
      store,
      bars,
      listener: {
        begins: (feed: IbFeed, forecast: WarmUpForecast) => this.#begins(feed, forecast),
        stored: progress.show,
        waits: (reason: string) => progress.say(`  ${oneLine(reason)}; trying again`),
      },
    };
    return new Promise<DownloadEnd | undefined>((resolve, reject) => {
      this.#download = new Download(parts, resolve, reject);
      this.#download.start(request, wanted);
      if (this.exitCode !== undefined) this.#download.stop();
    }).finally(() => progress.end());
  }

  /** Lets go of everything but the store. */
  close(): void {
    this.#interruption?.done();
    this.#gateway.session.close();
    this.talk.clearLine();
  }

  #begins(feed: IbFeed, forecast: WarmUpForecast): void {
    const { series, details, calendar, calendarNote } = feed;
    this.talk.say(`${series.key}, conId ${details.contract.conId}`);
    this.talk.say(`  hours of ${calendar.zone.name}: ${calendarNote}`);
    if (forecast.bars === 0) this.talk.say("  nothing is missing");
    else this.talk.say(`  to fetch: ${forecastText(forecast)}`);
  }
}
