import type { TimerClock } from "../../../core/time/clock.ts";
import { assert } from "../../../core/time/failure.ts";
import { SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";
import { LatencyModel } from "../pacing/latency-model.ts";
import { Pacer } from "../pacing/pacer.ts";
import type { PacingLimits } from "../pacing/pacing-limits.ts";
import type { IbClient } from "../port/ib-client.ts";
import type { IbEvent } from "../port/ib-event.ts";
import type { Skew } from "./clock-skew.ts";
import { ConnectionKeeper } from "./connection-keeper.ts";
import { Farms } from "./farms.ts";
import { GatewayClock } from "./gateway-clock.ts";
import type {
  IbAnswer,
  IbAsked,
  IbFault,
  IbLink,
  IbQuestion,
  LinkEvent,
  LinkState,
} from "./ib-link.ts";
import { LinkProbe } from "./link-probe.ts";
import { type NoticeEffects, NoticeHandler } from "./notice-handler.ts";
import { QuestionBook } from "./question-book.ts";
import type { SessionClock } from "./session-clock.ts";
import {
  type GivenSessionOptions,
  type IbSessionOptions,
  sessionOptions,
} from "./session-options.ts";
import { Watchers } from "./watchers.ts";

const CLOSED: IbFault = { code: "closed", message: "the session was closed", retry: "never" };
/** The code of warnings that come from the session itself and not from the gateway. */
const OWN_WARNING = 0;

/**
 * The link to a gateway that keeps itself: it connects and connects again for ever, notices a peer
 * that is gone without a word, sets the market's clock, paces all questions, and knows what every
 * code means. All its own deadlines and pauses run on the clock it is given; only `clock` follows
 * the gateway's.
 */
export class IbSession implements IbLink {
  readonly #clock: TimerClock;
  readonly #options: IbSessionOptions;
  readonly #gatewayClock: GatewayClock;
  /** The limits that requests are held to, with their defaults filled in. */
  readonly limits: PacingLimits;
  /** What was learned of how long the gateway takes to answer. */
  readonly latency = new LatencyModel();
  readonly #pacer: Pacer;
  readonly #keeper: ConnectionKeeper;
  readonly #questions: QuestionBook;
  readonly #notices: NoticeHandler;
  readonly #watchers = new Watchers();
  readonly #farms = new Farms(this.#watchers);
  #state: LinkState = "connecting";
  #reason = "not started yet";
  #probe: LinkProbe | undefined;
  /** Why the gateway has no data, also while the link is not up yet; empty when it has. */
  #suspension = "";
  #serverVersion: number | undefined;
  #accounts: readonly string[] = [];

  constructor(client: IbClient, clock: SessionClock, options: GivenSessionOptions) {
    this.#clock = clock;
    this.#options = sessionOptions(options);
    this.limits = this.#options.pacing;
    this.#gatewayClock = this.#clockOf(clock);
    this.#pacer = new Pacer(clock, this.limits);
    this.#keeper = new ConnectionKeeper(client, clock, this.#options, {
      connecting: (clientId, attempt) => {
        this.#reason = `connecting to the gateway as client ${clientId}, attempt ${attempt}`;
      },
      event: (event) => this.#hear(event),
      lost: (reason, retryMs) => this.#lost(reason, retryMs),
    });
    this.#questions = new QuestionBook({
      clock,
      pacer: this.#pacer,
      latency: this.latency,
      maxWaiting: this.#options.maxWaiting,
      send: (request) => this.#keeper.send(request),
    });
    this.#notices = new NoticeHandler(this.#questions, this.#noticeEffects());
  }

  get state(): LinkState {
    return this.#state;
  }

  get reason(): string {
    return this.#reason;
  }

  get clock(): TimerClock {
    return this.#gatewayClock.market;
  }

  get brokenFarms(): ReadonlySet<string> {
    return this.#farms.broken;
  }

  /** How far the gateway's clock is from ours; undefined while it has not told its time. */
  get skew(): Skew | undefined {
    return this.#gatewayClock.skew;
  }

  /** The client id of the connection, or of the next one. */
  get clientId(): number {
    return this.#keeper.clientId;
  }

  /** The version that was agreed on last; undefined before the first connection. */
  get serverVersion(): number | undefined {
    return this.#serverVersion;
  }

  /** The accounts that the gateway named last. */
  get accounts(): readonly string[] {
    return this.#accounts;
  }

  /** Begins to connect. Questions may be asked before; they wait. */
  start(): void {
    assert(this.#state === "connecting" && !this.#keeper.isStarted, "a session starts once");
    this.#keeper.connect();
  }

  /** Ends it for good: every question fails, `stopped` is the last event. Safe to call twice. */
  close(): void {
    this.#stop(CLOSED);
  }

  watch(listener: (event: LinkEvent) => void): () => void {
    return this.#watchers.add(listener);
  }

  ask(question: IbQuestion, answer: IbAnswer): IbAsked {
    if (this.#state !== "stopped") return this.#questions.ask(question, answer);
    const fault: IbFault = { code: "stopped", message: this.#reason, retry: "never" };
    return this.#questions.refuseLater(answer, fault);
  }

  sync(heard: (toldAt: UnixMs | undefined) => void): void {
    if (this.skew !== undefined) this.#probe?.ask(heard);
    else this.#clock.schedule(this.#clock.now(), () => heard(undefined));
  }

  #clockOf(clock: SessionClock): GatewayClock {
    const { skewWarningMs, probeDeadlineMs, clockDeadlineMs } = this.#options;
    return new GatewayClock(clock, skewWarningMs, {
      doubted: (reason) => {
        if (this.#state === "connecting") return;
        this.#halt(reason);
        this.#probe?.askAnew();
        // A gateway that is dead is found out before it is taken for one that tells no time.
        this.#gatewayClock.expect(probeDeadlineMs + clockDeadlineMs);
      },
      trusted: (complaint) => {
        if (this.#state === "connecting") this.#up();
        else if (this.#suspension === "") this.#resume(false, "");
        if (complaint !== undefined) this.#warn(OWN_WARNING, complaint);
      },
    });
  }

  #hear(event: IbEvent): void {
    this.#gatewayClock.look();
    this.#probe?.heard();
    switch (event.kind) {
      case "connected":
        this.#serverVersion = event.serverVersion;
        break;
      case "accounts":
        this.#accounts = event.accounts;
        break;
      case "ready":
        this.#ready();
        break;
      case "current-time":
        this.#probe?.answered(event.at);
        break;
      case "notice":
        this.#notices.hear(event, this.#suspension !== "");
        break;
      default:
        if ("requestId" in event) this.#notices.answered(event);
    }
  }

  /** Requests are welcome; the link is up as soon as the gateway's clock is known. */
  #ready(): void {
    if (this.#probe !== undefined) return;
    this.#reason = "waiting for the gateway's clock";
    const probe = new LinkProbe(this.#clock, this.#options, {
      ask: (sent) => {
        this.#pacer.submit({ kind: "current-time" }, () => {
          this.#keeper.send({ kind: "current-time" });
          sent();
        });
      },
      measured: (sentAt, answer) => this.#measured(sentAt, answer),
      dead: (reason) => this.#keeper.drop(reason, "broken"),
    });
    this.#probe = probe;
    this.#pacer.hold();
    this.#gatewayClock.expect(this.#options.clockDeadlineMs);
    probe.start();
  }

  #measured(sentAt: UnixMs, answer: UnixMs): void {
    this.latency.learn("current-time", 0, this.#clock.now() - sentAt);
    const warning = this.#gatewayClock.measured(sentAt, answer);
    if (warning !== undefined) this.#warn(OWN_WARNING, warning);
  }

  #up(): void {
    this.#state = "up";
    this.#reason = "";
    if (this.#suspension === "") this.#pacer.open();
    this.#watchers.tell({ kind: "up" });
    if (this.#suspension !== "") this.#suspend(this.#suspension);
  }

  #suspend(reason: string): void {
    this.#suspension = reason;
    this.#halt(reason);
  }

  #halt(reason: string): void {
    if (this.#state !== "up") return;
    this.#state = "suspended";
    this.#reason = reason;
    this.#pacer.hold();
    this.#watchers.tell({ kind: "suspended", reason });
  }

  #resume(isDataLost: boolean, reason: string): void {
    this.#suspension = "";
    if (this.#state !== "up" && this.#state !== "suspended") return;
    const message = `what was open at the gateway is lost: ${reason}`;
    if (isDataLost) this.#questions.failSent({ code: "data-lost", message, retry: "later" });
    if (this.#gatewayClock.isExpecting) return;
    this.#state = "up";
    this.#reason = "";
    this.#pacer.open();
    // Whoever hears of something may close the session; then nobody listens any more.
    this.#watchers.tell({ kind: "resumed", isDataLost });
  }

  #lost(why: string, retryMs: number): void {
    const seconds = (retryMs / SECOND_MS).toFixed(1);
    this.#leave();
    this.#state = "connecting";
    this.#reason = `${why}; the next attempt follows in ${seconds} s`;
    const message = `the connection to the gateway is gone: ${why}; it is being made anew`;
    this.#questions.failSent({ code: "disconnected", message, retry: "later" });
    this.#watchers.tell({ kind: "down", reason: this.#reason });
  }

  #stop(fault: IbFault): void {
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#reason = fault.message;
    this.#keeper.close();
    this.#leave();
    this.#gatewayClock.close();
    this.#questions.failEverything(fault);
    this.#watchers.tell({ kind: "stopped", fault });
    this.#watchers.clear();
  }

  /** Lets go of all that belongs to one connection. */
  #leave(): void {
    this.#probe?.stop();
    this.#probe = undefined;
    this.#gatewayClock.leave();
    this.#suspension = "";
    this.#farms.forget();
    this.#pacer.close();
  }

  #warn(code: number, message: string): void {
    this.#watchers.tell({ kind: "warning", code, message });
  }

  #noticeEffects(): NoticeEffects {
    return {
      warn: (code, message) => this.#warn(code, message),
      slowDown: () => this.#pacer.slowDown(),
      suspend: (reason) => this.#suspend(reason),
      resume: (isDataLost, reason) => this.#resume(isDataLost, reason),
      farmDown: (farm, reason) => this.#farms.down(farm, reason),
      farmUp: (farm) => this.#farms.up(farm),
      drop: (reason, cause) => this.#keeper.drop(reason, cause),
      stop: (fault) => this.#stop(fault),
    };
  }
}
