import type { IbEvent } from "../../adapters/ib/port/ib-event.ts";
import type { Timer } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { GatewayState } from "./gateway-state.ts";

/** What a stream says, and when. */
export interface StreamScript {
  /** The next instant, later than `after`, at which it can speak; undefined past the end. */
  nextAfter(after: UnixMs): UnixMs | undefined;
  /** What it says at such an instant, if anything. Not asked while streams are silent. */
  eventAt(at: UnixMs): IbEvent | undefined;
}

/** An open stream: only its next word is on the clock. */
export class GatewayStream {
  readonly #state: GatewayState;
  readonly #script: StreamScript;
  readonly #tell: (event: IbEvent) => void;
  #timer: Timer | undefined;
  #isDead = false;

  constructor(state: GatewayState, script: StreamScript, tell: (event: IbEvent) => void) {
    this.#state = state;
    this.#script = script;
    this.#tell = tell;
  }

  start(): void {
    this.#waitAfter(this.#state.clock.now());
  }

  /** It says nothing any more. Safe to call twice. */
  stop(): void {
    this.#isDead = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Whether it was stopped; it can still be open as far as the client knows. */
  get isDead(): boolean {
    return this.#isDead;
  }

  #waitAfter(after: UnixMs): void {
    const at = this.#script.nextAfter(after);
    this.#timer =
      at === undefined ? undefined : this.#state.clock.schedule(at, () => this.#say(at));
  }

  #say(at: UnixMs): void {
    const event = this.#state.conditions.areStreamsSilent ? undefined : this.#script.eventAt(at);
    if (event !== undefined) this.#tell(event);
    this.#waitAfter(at);
  }
}
