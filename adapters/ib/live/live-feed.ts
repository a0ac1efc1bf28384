import type { UnixMs } from "../../../core/time/instant.ts";
import type { IbEvent } from "../port/ib-event.ts";
import type { IbQuestion } from "../session/ib-link.ts";

/** What was heard of a stream. */
export interface LiveWord {
  /** `seed`: what was known when it was asked for; `talk`: the stream itself. */
  readonly kind: "seed" | "talk";
  /** Whether it says more than what was heard before. */
  readonly isNews: boolean;
  /** The opening of the newest bar it speaks of; absent where it speaks of none. */
  readonly openTime?: UnixMs;
}

/** One way to ask for live bars, and what it makes of the answer. */
export interface LiveFeed {
  /** The same for every subscription. */
  readonly question: IbQuestion;
  /** Whether an answer begins with what is known already, so that it comes at any hour. */
  readonly hasSeed: boolean;
  /** The subscription is over; what it left unfinished is not to be finished by another. */
  leave(): void;
  /** Passes on what an event says; undefined for one that is no word of a stream. */
  hear(event: IbEvent, now: UnixMs): LiveWord | undefined;
}
