import type { Timer, TimerClock } from "../../../core/time/clock.ts";
import { assert } from "../../../core/time/failure.ts";
import { SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { IbClient, IbConnection } from "../port/ib-client.ts";
import type { IbEvent } from "../port/ib-event.ts";
import type { IbRequest } from "../port/ib-request.ts";
import { Backoff } from "./backoff.ts";
import type { IbSessionOptions } from "./session-options.ts";

/** Hears of the connections that are made one after the other. */
export interface KeeperListener {
  /** An attempt begins. */
  connecting(clientId: number, attempt: number): void;
  /** Anything the connection says, `closed` apart. */
  event(event: IbEvent): void;
  /** An attempt failed or a connection is gone; the next attempt comes after `retryMs`. */
  lost(reason: string, retryMs: number): void;
}

/** Why a connection was dropped by us. */
export type DropCause = "broken" | "client-id-in-use";

/**
 * Keeps a connection: makes it, gives up on one that does not become ready in time, and makes the
 * next one after a pause, for ever.
 */
export class ConnectionKeeper {
  readonly #client: IbClient;
  readonly #clock: TimerClock;
  readonly #options: IbSessionOptions;
  readonly #listener: KeeperListener;
  readonly #clientIds: readonly number[];
  readonly #backoff: Backoff;
  readonly #inUseBackoff: Backoff;
  #connection: IbConnection | undefined;
  /** What is heard of any other connection than the last one is of no interest. */
  #generation = 0;
  /** Attempts since the last connection that was steady. */
  #attempts = 0;
  #clientIndex = 0;
  #readyAt: UnixMs | undefined;
  #timer: Timer | undefined;

  constructor(
    client: IbClient,
    clock: TimerClock,
    options: IbSessionOptions,
    listener: KeeperListener,
  ) {
    this.#client = client;
    this.#clock = clock;
    this.#options = options;
    this.#listener = listener;
    this.#clientIds = [options.clientId, ...options.spareClientIds];
    this.#backoff = new Backoff(options.firstRetryMs, options.longestRetryMs, options.random);
    this.#inUseBackoff = new Backoff(
      options.firstInUseRetryMs,
      options.longestInUseRetryMs,
      options.random,
    );
  }

  get clientId(): number {
    return this.#clientIds[this.#clientIndex]!;
  }

  get isStarted(): boolean {
    return this.#generation > 0;
  }

  connect(): void {
    const generation = ++this.#generation;
    this.#attempts += 1;
    this.#readyAt = undefined;
    this.#setDeadline(this.#options.connectDeadlineMs, "agree on a version");
    this.#connection = this.#client.connect(this.clientId, (event) => {
      if (generation === this.#generation) this.#hear(event);
    });
    this.#listener.connecting(this.clientId, this.#attempts);
  }

  send(request: IbRequest): void {
    this.#connection?.send(request);
  }

  /** Breaks the connection off, to make it anew after a pause. */
  drop(reason: string, cause: DropCause): void {
    assert(this.#connection !== undefined, "only a connection that was made is dropped");
    this.close();
    const retryMs = this.#pauseMs(cause);
    this.#timer = this.#clock.schedule(this.#clock.now() + retryMs, () => this.connect());
    this.#listener.lost(reason, retryMs);
  }

  /** Breaks the connection off for good. Safe to call twice. */
  close(): void {
    this.#generation += 1;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#connection?.close();
    this.#connection = undefined;
  }

  #hear(event: IbEvent): void {
    if (event.kind === "closed") {
      this.drop(event.reason, "broken");
      return;
    }
    if (event.kind === "connected") {
      this.#setDeadline(this.#options.readyDeadlineMs, "let requests in");
    } else if (event.kind === "ready") {
      this.#timer?.cancel();
      this.#timer = undefined;
      this.#readyAt = this.#clock.now();
    }
    this.#listener.event(event);
  }

  #setDeadline(deadlineMs: number, what: string): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(this.#clock.now() + deadlineMs, () => {
      const seconds = deadlineMs / SECOND_MS;
      this.drop(`the gateway did not ${what} within ${seconds} s`, "broken");
    });
  }

  #pauseMs(cause: DropCause): number {
    const { steadyMs } = this.#options;
    if (this.#readyAt !== undefined && this.#clock.now() - this.#readyAt >= steadyMs) {
      this.#attempts = 0;
      this.#backoff.reset();
      this.#inUseBackoff.reset();
    }
    if (cause === "broken") return this.#backoff.next();
    this.#clientIndex = (this.#clientIndex + 1) % this.#clientIds.length;
    // Spare ids are gone through without much ado; once all are in use, only waiting helps.
    return this.#clientIndex === 0 ? this.#inUseBackoff.next() : this.#options.firstRetryMs;
  }
}
