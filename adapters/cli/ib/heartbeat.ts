import type { Logger } from "pino";
import type { Clock, Timer, TimerClock } from "../../../core/time/clock.ts";
import { formatInstant, MINUTE_MS, SECOND_MS } from "../../../core/time/instant.ts";
import { countedText } from "../../kept/count-text.ts";
import type { Talk } from "../terminal/talk.ts";
import type { LiveFigures } from "./live-figures.ts";

/** Lines that are not redrawn are said this rarely. */
const SAID_MS = 5 * MINUTE_MS;

/** What a heartbeat is made of. */
export interface HeartbeatParts {
  readonly talk: Talk;
  readonly log: Logger | undefined;
  readonly figures: LiveFigures;
  /** The market's time. */
  readonly market: Clock;
  /** The machine's time, which says when a heartbeat is due. */
  readonly machine: TimerClock;
  /** By how much the gateway's clock is ahead of ours, in milliseconds, where it is known. */
  readonly skewMs: () => number | undefined;
  /**
   * Whether there is nothing to tell yet, when the market's time may not be known, or something
   * else is being drawn on the last line.
   */
  readonly isBusy: () => boolean;
}

/**
 * Shows that a run is alive while nothing happens: on a terminal one line that is redrawn every
 * second, elsewhere a line every five minutes; in the log a record a minute and a record a bar.
 */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  #timer: Timer | undefined;
  #seconds = 0;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#sleep();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#parts.talk.clearLine();
  }

  /** A bar came, and is worth a record. */
  bar(): void {
    this.#record();
  }

  #sleep(): void {
    const { machine } = this.#parts;
    this.#timer = machine.schedule(machine.now() + SECOND_MS, () => {
      this.#seconds += 1;
      this.#beat();
      this.#sleep();
    });
  }

  #beat(): void {
    const { talk, isBusy } = this.#parts;
    const ms = this.#seconds * SECOND_MS;
    if (isBusy()) return;
    if (ms % MINUTE_MS === 0) this.#record();
    if (talk.isTerminal) talk.replaceLine(this.text());
    else if (ms % SAID_MS === 0) talk.say(this.text());
  }

  /** `2024-03-05T02:15:03Z  READY  272 bars, the last to 02:15:00, 0.3 s later  41 requests`. */
  text(): string {
    const { figures, market } = this.#parts;
    const { state, bars, lastClose, lagMs, requests } = figures;
    const lag = figures.liveBars === 0 ? "" : `, ${seconds(lagMs)} later`;
    const last = lastClose === undefined ? "" : `, the last to ${formatInstant(lastClose)}${lag}`;
    const present = Math.floor(market.now() / SECOND_MS) * SECOND_MS;
    return [
      formatInstant(present),
      state,
      `${countedText(bars, "bar")}${last}`,
      countedText(requests, "request"),
      ...this.#skewText(),
    ].join("  ");
  }

  #skewText(): readonly string[] {
    const skew = this.#parts.skewMs();
    return skew === undefined ? [] : [`skew ${seconds(skew)}`];
  }

  #record(): void {
    const { log, figures, market, skewMs } = this.#parts;
    const { state, bars, liveBars, lastClose, lagMs, requests, pages } = figures;
    log?.info({
      event: "heartbeat",
      at: formatInstant(market.now()),
      state,
      bars,
      liveBars,
      lastClose: lastClose === undefined ? null : formatInstant(lastClose),
      lagMs,
      requests,
      pages,
      skewMs: skewMs() ?? null,
    });
  }
}

function seconds(ms: number): string {
  return `${(ms / SECOND_MS).toFixed(1)} s`;
}
