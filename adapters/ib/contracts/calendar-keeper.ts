import type { SessionScope } from "../../../core/market/series.ts";
import type { Timer } from "../../../core/time/clock.ts";
import { type DayNumber, HOUR_MS } from "../../../core/time/instant.ts";
import { requireAtLeast } from "../../../core/time/requirement.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbFault, IbLink } from "../session/ib-link.ts";
import { hoursOfDetails } from "./fetch-calendar.ts";
import type { ReportedCalendar } from "./reported-calendar.ts";
import { type ContractResult, type Pending, resolveContract } from "./resolve-contract.ts";

export interface KeeperOptions {
  readonly link: IbLink;
  /** The whole contract, its `conId` included. */
  readonly contract: IbContract;
  /** Learns what is told; the hours must be those of its scope. */
  readonly calendar: ReportedCalendar;
  readonly scope: SessionScope;
  /** How often it asks, in milliseconds; 1 or more; default 12 hours. */
  readonly everyMs?: number;
  /** Told after each time it asked. */
  readonly heard?: (outcome: KeeperOutcome) => void;
}

/** What came of asking again: how far the calendar now knows, or why it learned nothing. */
export type KeeperOutcome =
  | { readonly kind: "learned"; readonly knownTo: DayNumber }
  | { readonly kind: "failed"; readonly fault: IbFault };

/** Keeps a calendar up to date: asks for the hours of the next days again and again. */
export class CalendarKeeper {
  readonly #options: KeeperOptions;
  readonly #everyMs: number;
  readonly #unwatch: () => void;
  #timer: Timer | undefined;
  #pending: Pending | undefined;
  #isClosed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? 12 * HOUR_MS;
    requireAtLeast("everyMs", this.#everyMs, 1);
    this.#unwatch = options.link.watch((event) => {
      if (event.kind === "up") this.#ask();
    });
    this.#wait();
  }

  /** Asks no more, and lets go of its timer and of the link. Safe to call twice. */
  close(): void {
    this.#isClosed = true;
    this.#unwatch();
    this.#timer?.cancel();
    this.#pending?.close();
  }

  #wait(): void {
    const { clock } = this.#options.link;
    this.#timer?.cancel();
    this.#timer = clock.schedule(clock.now() + this.#everyMs, () => this.#ask());
  }

  #ask(): void {
    if (this.#isClosed) return;
    const { link, contract } = this.#options;
    const { conId, exchange } = contract;
    this.#wait();
    this.#pending?.close();
    this.#pending = resolveContract(link, { conId, exchange }, (result) => this.#told(result));
  }

  #told(result: ContractResult): void {
    this.#pending = undefined;
    // Learning must not depend on whether somebody listens.
    const outcome = this.#outcomeOf(result);
    this.#options.heard?.(outcome);
  }

  #outcomeOf(result: ContractResult): KeeperOutcome {
    const { calendar, scope, contract } = this.#options;
    if (result.kind === "failed") return result;
    if (result.kind === "resolved") {
      const hours = hoursOfDetails(result.details, scope);
      if (hours !== undefined && hours.sessions.length > 0) {
        calendar.learn(hours, "hours-text");
        return { kind: "learned", knownTo: calendar.knownTo };
      }
    }
    const message = `the gateway tells no hours of ${contract.symbol} any more`;
    return { kind: "failed", fault: { code: "no-sessions", message, retry: "later" } };
  }
}
