import type { UnixMs } from "../../core/time/instant.ts";
import type { DeniedRequest, HistoryFault } from "./gateway-fault.ts";

/** A state of affairs that lasts for a while; several causes of one can overlap. */
export type Condition = "down" | "link-lost" | "farm-lost" | "client-id-taken" | "competing";

/** What is wrong with a gateway at present. */
export class Conditions {
  serverVersion: number;
  /** Codes with which requests are refused for good. */
  readonly denied = new Map<DeniedRequest, number>();
  readonly #causes = new Map<Condition, number>();
  #historyFaults: { readonly what: HistoryFault; readonly until: UnixMs }[] = [];

  constructor(serverVersion: number) {
    this.serverVersion = serverVersion;
  }

  /** The next `count` requests for history before an instant are answered with this. */
  spoilHistory(what: HistoryFault, count: number, until: UnixMs): void {
    for (let left = count; left > 0; left -= 1) this.#historyFaults.push({ what, until });
  }

  /** What the next request for history is answered with; undefined where nothing ails it. */
  takeHistoryFault(now: UnixMs): HistoryFault | undefined {
    this.#historyFaults = this.#historyFaults.filter(({ until }) => until > now);
    return this.#historyFaults.shift()?.what;
  }

  has(condition: Condition): boolean {
    return (this.#causes.get(condition) ?? 0) > 0;
  }

  /** Adds a cause. */
  enter(condition: Condition): void {
    this.#causes.set(condition, (this.#causes.get(condition) ?? 0) + 1);
  }

  /** Takes a cause away; the condition ends with the last one. */
  leave(condition: Condition): void {
    this.#causes.set(condition, this.#causes.get(condition)! - 1);
  }

  /** Whether no stream says anything. */
  get areStreamsSilent(): boolean {
    return this.isServiceLost || this.has("competing");
  }

  /** Whether history cannot be had. */
  get isServiceLost(): boolean {
    return this.has("link-lost") || this.has("farm-lost");
  }
}
