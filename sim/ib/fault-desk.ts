import type { Timer } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import { localDay, wallTime } from "../../core/time/zone.ts";
import type { Condition } from "./conditions.ts";
import type { GatewayConnection } from "./connection.ts";
import type { IbGatewayFault } from "./gateway-fault.ts";
import type { GatewayState } from "./gateway-state.ts";
import type { NightlyRestart } from "./ib-gateway-options.ts";
import {
  FARM_BACK,
  FARM_LOST,
  LINK_NOTICES,
  type Refusal,
  refusal,
  SERVICE_LOST,
} from "./notices.ts";

type Fault<Kind extends IbGatewayFault["kind"]> = Extract<IbGatewayFault, { readonly kind: Kind }>;

const NEVER_MS = Number.POSITIVE_INFINITY;

/** Lets things go wrong, and mends what is wrong for a while only. */
export class FaultDesk {
  readonly #state: GatewayState;
  readonly #timers = new Set<Timer>();

  constructor(state: GatewayState) {
    this.#state = state;
  }

  /** @param at on the gateway's clock; default: now. */
  inflict(fault: IbGatewayFault, at?: UnixMs): void {
    if (at === undefined || at <= this.#state.clock.now()) this.#happen(fault);
    else this.#plan(at, () => this.#happen(fault));
  }

  restartNightly(restart: NightlyRestart): void {
    const { zone, atMs, forMs } = restart;
    const now = this.#state.clock.now();
    let day = localDay(zone, now);
    while (wallTime(zone, day, atMs) <= now) day += 1;
    this.#plan(wallTime(zone, day, atMs), () => {
      this.#happen({ kind: "down", forMs });
      this.restartNightly(restart);
    });
  }

  /** Forgets everything that is planned. */
  close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #happen(fault: IbGatewayFault): void {
    const { conditions, markets, talk, clock } = this.#state;
    talk({ kind: "fault", fault });
    switch (fault.kind) {
      case "down":
        this.#goDown(fault.forMs);
        break;
      case "link":
        this.#loseLink(fault);
        break;
      case "farm":
        this.#loseFarm(fault);
        break;
      case "half-open":
        for (const each of this.#all()) this.#cut(each, clock.now() + fault.forMs);
        break;
      case "silent-streams":
        for (const each of this.#all()) each.killStreams();
        break;
      case "client-id":
        this.#during("client-id-taken", fault.forMs, () => {});
        break;
      case "history":
        conditions.spoilHistory(fault.what, fault.count, clock.now() + (fault.forMs ?? NEVER_MS));
        break;
      case "revise":
        for (const { tape } of markets) tape.correct(fault.back, clock.now());
        break;
      case "competing":
        for (const each of this.#all()) each.notifyStreams(refusal(10197));
        this.#during("competing", fault.forMs, () => {});
        break;
      case "bust":
        for (const each of this.#all()) each.killStreams(refusal(10225));
        break;
      case "deny":
        for (const kind of fault.of) conditions.denied.set(kind, fault.code);
        break;
      case "version":
        conditions.serverVersion = fault.serverVersion;
        break;
      case "port":
        this.#notifyAll([refusal(1300)]);
        for (const each of this.#all()) each.end("the port was changed");
    }
  }

  #goDown(forMs: number): void {
    const { conditions, talk } = this.#state;
    const wasDown = conditions.has("down");
    this.#during("down", forMs, () => {
      if (!conditions.has("down")) talk({ kind: "up" });
    });
    for (const each of this.#all()) each.end("the gateway went down");
    // Whoever hears of it finds it down already, and may act on it at once.
    if (!wasDown) talk({ kind: "down" });
  }

  /** The reset is planned here, where the end of the gateway forgets it. */
  #cut(connection: GatewayConnection, resetAt: UnixMs): void {
    const isReset = resetAt < Number.POSITIVE_INFINITY;
    connection.cut(isReset ? this.#plan(resetAt, () => connection.reset()) : undefined);
  }

  #loseLink({ forMs, ending }: Fault<"link">): void {
    this.#notifyAll([LINK_NOTICES.lost]);
    for (const each of this.#all()) {
      each.failHistory(SERVICE_LOST);
      if (ending !== "1102") each.killStreams();
    }
    this.#during("link-lost", forMs, () => {
      if (ending !== "1102") for (const each of this.#all()) each.killStreams();
      this.#notifyAll([ending === "1101" ? LINK_NOTICES.dataLost : LINK_NOTICES.dataKept]);
    });
  }

  #loseFarm({ forMs, kills }: Fault<"farm">): void {
    this.#notifyAll(FARM_LOST);
    for (const each of this.#all()) {
      each.failHistory(SERVICE_LOST);
      if (kills) each.killStreams(refusal(10182));
    }
    this.#during("farm-lost", forMs, () => this.#notifyAll(FARM_BACK));
  }

  #notifyAll(notices: readonly Refusal[]): void {
    for (const each of this.#all()) for (const notice of notices) each.notify(notice);
  }

  /** Those there are now: ending one takes it out of the set. */
  #all(): readonly GatewayConnection[] {
    return [...this.#state.connections];
  }

  #during(condition: Condition, forMs: number, after: () => void): void {
    const { conditions, clock } = this.#state;
    conditions.enter(condition);
    if (forMs === Number.POSITIVE_INFINITY) return;
    this.#plan(clock.now() + forMs, () => {
      conditions.leave(condition);
      after();
    });
  }

  #plan(at: UnixMs, action: () => void): Timer {
    const timer = this.#state.clock.schedule(at, () => {
      this.#timers.delete(timer);
      action();
    });
    this.#timers.add(timer);
    return timer;
  }
}
