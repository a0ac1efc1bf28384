import type { BarQuery, FeedFault, Subscription } from "../../../core/feed/bar-source.ts";
import type { TimerClock } from "../../../core/time/clock.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { SlidingWindow } from "../pacing/sliding-window.ts";
import { GrowingPause } from "../session/growing-pause.ts";
import type { IbFault, IbLink, LinkEvent } from "../session/ib-link.ts";
import { FarmSuspicion } from "./farm-suspicion.ts";
import { LiveAsk } from "./live-ask.ts";
import type { LiveFeed, LiveWord } from "./live-feed.ts";
import type { LiveOptions } from "./live-options.ts";
import type { LiveOutput } from "./live-output.ts";
import { SingleTimer } from "./single-timer.ts";
import type { StreamWatch } from "./stream-watch.ts";

/** What a live stream is made of. */
interface LiveStreamParts {
  readonly link: IbLink;
  readonly query: BarQuery;
  readonly feed: LiveFeed;
  readonly output: LiveOutput;
  readonly watch: StreamWatch;
  readonly options: LiveOptions;
  /** When nothing that the query asks for can come any more; absent where that is never. */
  readonly endsAt?: UnixMs;
  /** Subscriptions of all streams lately, where the gateway counts them; and how many may be. */
  readonly budget?: { readonly window: SlidingWindow; readonly limit: number };
}

/**
 * One live stream and its subscriptions, one after the other: asks, notices that a subscription has
 * died whether or not anybody says so, and asks anew. It says `live` when a subscription proves to
 * be one, and `interrupted` from its death until the next; in between bars may have been missed.
 */
export class LiveStream implements Subscription {
  readonly #parts: LiveStreamParts;
  readonly #clock: TimerClock;
  readonly #farms: FarmSuspicion;
  readonly #pause: GrowingPause;
  readonly #answerTime: GrowingPause;
  #unwatch: (() => void) | undefined;
  readonly #end: SingleTimer;
  /** The next try, or the next look at a stream that lives. */
  readonly #timer: SingleTimer;
  #phase: "waiting" | "asking" | "live" = "waiting";
  #ask: LiveAsk | undefined;
  #askedAt: UnixMs = 0;
  #interruption: string | undefined;
  /** Whether this subscription was made only because of silence. */
  #isProbe = false;

  constructor(parts: LiveStreamParts) {
    const { link, options, watch } = parts;
    this.#parts = parts;
    this.#clock = link.clock;
    this.#end = new SingleTimer(link.clock);
    this.#timer = new SingleTimer(link.clock);
    this.#pause = new GrowingPause(options.retryMs, options.longestRetryMs);
    this.#answerTime = new GrowingPause(options.answerMs, options.longestSilenceMs);
    this.#farms = new FarmSuspicion(link, options.farmMs, (reason) => {
      if (this.#phase === "live" && watch.isOpen(this.#clock.now())) this.#renew(reason);
    });
  }

  start(): void {
    const { link, endsAt, output } = this.#parts;
    if (endsAt !== undefined) {
      if (endsAt <= this.#clock.now()) {
        output.end({ kind: "empty" });
        return;
      }
      this.#end.set(endsAt, () => this.#complete());
    }
    this.#unwatch = link.watch((event) => this.#linkEvent(event));
    if (link.state === "up") this.#subscribe();
    else if (link.state === "stopped") this.#fail(stopped(link.reason));
    else this.#interrupt(link.reason || "the gateway is not connected yet");
  }

  close(): void {
    this.#parts.output.close();
    this.#leave();
    this.#end.clear();
    this.#farms.close();
    this.#unwatch?.();
  }

  /** A live stream goes on. */
  pause(): void {}

  resume(): void {}

  #linkEvent(event: LinkEvent): void {
    if (this.#parts.output.isOver) return;
    switch (event.kind) {
      case "up":
      case "resumed":
        // Even where streams are said to go on they are often dead, so all are asked for anew.
        this.#farms.reset();
        this.#renew("the connection is back");
        break;
      case "down":
      case "suspended":
        this.#leave();
        this.#interrupt(event.reason);
        break;
      case "farm-down":
        this.#farms.down(event.farm, event.reason);
        break;
      case "farm-up":
        if (this.#farms.up(event.farm)) this.#recheck(event.farm);
        break;
      case "stopped":
        this.#fail(event.fault);
        break;
      case "warning":
        break;
    }
  }

  /** A farm is back: a stream that has not spoken since it broke may be dead for good. */
  #recheck(farm: string): void {
    const isPausing = this.#phase === "waiting" && this.#parts.link.state === "up";
    const isMute = this.#phase === "live" && this.#farms.isSuspect;
    const reason = `data farm ${farm} was broken`;
    if (isPausing || isMute) this.#renew(reason);
    else this.#farms.suspect(reason);
  }

  #subscribe(isProbe = false): void {
    const { link, feed, budget } = this.#parts;
    this.#leave();
    const now = this.#clock.now();
    this.#phase = "asking";
    this.#isProbe = isProbe;
    this.#askedAt = now;
    budget?.window.add(now);
    this.#ask = new LiveAsk(link, feed.question, this.#answerMs(now), {
      event: (event) => {
        const word = feed.hear(event, this.#clock.now());
        if (word !== undefined && !this.#parts.output.isOver) this.#heard(word);
      },
      failed: (fault) => this.#failed(fault),
      unanswered: () => this.#unanswered(),
    });
  }

  #answerMs(now: UnixMs): number {
    const { feed, watch, options } = this.#parts;
    if (feed.hasSeed) return this.#answerTime.next();
    return watch.isOpen(now) ? options.realTimeSilenceMs : options.acceptanceMs;
  }

  /** Lets go of the subscription, at the gateway too, and of what waits for it. */
  #leave(): void {
    this.#parts.feed.leave();
    this.#ask?.cancel();
    this.#ask = undefined;
    this.#timer.clear();
    this.#phase = "waiting";
  }

  #heard(word: LiveWord): void {
    const { query, watch } = this.#parts;
    if (query.to !== undefined && word.openTime !== undefined && word.openTime >= query.to) {
      this.#complete();
      return;
    }
    const now = this.#clock.now();
    if (word.kind === "talk") this.#farms.talked();
    if (word.kind === "talk" || word.isNews || !this.#isProbe) watch.heard(now);
    else watch.quiet(now);
    this.#isProbe = false;
    this.#answerTime.reset();
    this.#ask?.answered();
    if (this.#phase !== "live") this.#prove("the live stream is under way");
    else this.#look();
  }

  /** Nobody answered in time. Real-time bars begin with no seed: unrefused, they may be quiet. */
  #unanswered(): void {
    const { feed, watch, link } = this.#parts;
    const isOpen = watch.isOpen(this.#clock.now());
    // Not to be refused says nothing while a farm is broken: it takes streams, and they are mute.
    if (feed.hasSeed || (isOpen && link.brokenFarms.size > 0)) {
      const message = `Interactive Brokers did not answer ${this.#parts.query.series.key} in time`;
      this.#failed({ code: "timeout", message, retry: "soon" });
      return;
    }
    const now = this.#clock.now();
    if (isOpen) watch.quiet(now);
    else watch.heard(now);
    this.#prove("the live stream was not refused, and is quiet");
  }

  #prove(reason: string): void {
    this.#phase = "live";
    this.#interruption = undefined;
    this.#parts.output.status("live", reason);
    if (!this.#parts.output.isOver) this.#look();
  }

  /** Looks after the stream at the next instant at which its silence becomes suspicious. */
  #look(): void {
    const at = this.#parts.watch.deadline;
    // A later deadline is found out about when the earlier one is reached.
    if (at === undefined) this.#timer.clear();
    else if (at < this.#timer.at) this.#timer.set(at, () => this.#examine());
  }

  #examine(): void {
    const { watch, budget } = this.#parts;
    const now = this.#clock.now();
    const due = watch.deadline;
    // The gateway counts subscriptions: one that may be needless waits until some are forgotten.
    const freeAt = budget === undefined ? now : budget.window.freeAt(now, budget.limit);
    if (due === undefined || due > now) this.#look();
    else if (freeAt > now) this.#timer.set(freeAt, () => this.#examine());
    else this.#renew("the live stream has gone silent", true);
  }

  #renew(reason: string, isProbe = false): void {
    this.#interrupt(reason);
    if (!this.#parts.output.isOver) this.#subscribe(isProbe);
  }

  #interrupt(reason: string): void {
    if (this.#interruption !== undefined) return;
    this.#interruption = reason;
    this.#parts.output.status("interrupted", reason);
  }

  #failed(fault: IbFault): void {
    const { watch, link, options, output } = this.#parts;
    const now = this.#clock.now();
    if (now - this.#askedAt >= options.longestRetryMs) this.#pause.reset();
    this.#leave();
    if (fault.code === "no-data") {
      // There is nothing to be cut off from yet: it is looked for again as if it were quiet.
      watch.quiet(now);
      this.#prove("there are no bars yet");
    } else if (fault.retry === "never") {
      this.#fail(fault);
    } else {
      this.#interrupt(fault.message);
      // While the link is down there is nothing to try: it tells when it is up.
      if (output.isOver || link.state !== "up") return;
      this.#timer.set(now + this.#pause.next(), () => {
        if (link.state === "up") this.#subscribe();
      });
    }
  }

  #complete(): void {
    const { output, query } = this.#parts;
    const reason = this.#interruption;
    if (reason !== undefined) {
      const message = `${query.series.key} was interrupted when its range ended: ${reason}`;
      this.#fail({ code: "interrupted", message, retry: "later" });
    } else {
      output.end({ kind: output.anyBars ? "complete" : "empty" });
      this.close();
    }
  }

  #fail(fault: FeedFault): void {
    this.#parts.output.fail(fault);
    this.close();
  }
}

function stopped(reason: string): FeedFault {
  return { code: "stopped", message: reason, retry: "never" };
}
