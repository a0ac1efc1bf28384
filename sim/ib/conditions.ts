import type { DeniedRequest, HistoryFault } from "./gateway-fault.ts";

/** A state of affairs that lasts for a while; several causes of one can overlap. */
export type Condition = "down" | "link-lost" | "farm-lost" | "client-id-taken" | "competing";

/** What is wrong with a gateway at present. */
export class Conditions {
  serverVersion: number;
  /** What the next requests for history are answered with. */
  readonly historyFaults: HistoryFault[] = [];
  /** Codes with which requests are refused for good. */
  readonly denied = new Map<DeniedRequest, number>();
  readonly #causes = new Map<Condition, number>();

  constructor(serverVersion: number) {
    this.serverVersion = serverVersion;
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
