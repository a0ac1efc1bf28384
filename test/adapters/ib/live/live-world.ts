import fc from "fast-check";
import { SECOND_MS, type UnixMs } from "../../../../core/time/instant.ts";
import type { FakeAsked, FakeLink } from "./fake-link.ts";

/** What goes wrong at a gateway. All of it passes, and most of it without a word. */
export type Trouble =
  /** Every stream dies and nobody says so. */
  | "death"
  /** Every stream dies with 10182. */
  | "failure"
  /** The connection is gone for a while. */
  | "down"
  /** The gateway is cut off for a while, and every stream dies of it, whatever it says then. */
  | "suspension"
  /** A data farm breaks for a while; every stream dies of it without a word. */
  | "farm-death"
  /** The same, and every stream dies with 10182. */
  | "farm-failure"
  /** The same, and the streams go on. */
  | "farm-blip"
  /** Nothing is sent for a while; the streams live. */
  | "silence"
  /** Questions are not answered for a while. */
  | "deafness"
  /** Questions are answered with 162, no data, for a while. */
  | "no-data";

export interface TroubleAt {
  readonly what: Trouble;
  /** 0 at the beginning, 1 at the end of what the world lives through. */
  readonly share: number;
  readonly lengthMs: number;
}

export const troubles: fc.Arbitrary<TroubleAt[]> = fc.array(
  fc.record({
    what: fc.constantFrom<Trouble>(
      "death",
      "failure",
      "down",
      "suspension",
      "farm-death",
      "farm-failure",
      "farm-blip",
      "silence",
      "deafness",
      "no-data",
    ),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    lengthMs: fc.oneof(
      fc.integer({ min: 1, max: 20 * SECOND_MS }),
      fc.integer({ min: 1, max: 3_600 * SECOND_MS }),
    ),
  }),
  { maxLength: 6 },
);

/** Milliseconds from a question to its answer. */
const ANSWER_MS = 50;

/** A gateway of random troubles on a fake link: knows which streams live, and lets them talk. */
export class LiveWorld {
  readonly #link: FakeLink;
  readonly #seed: (asked: FakeAsked) => void;
  readonly #living = new Set<FakeAsked>();
  /** How many troubles of a kind last right now. */
  readonly #lasting = new Map<Trouble, number>();

  /** @param seed says what a stream begins with. */
  constructor(link: FakeLink, seed: (asked: FakeAsked) => void) {
    this.#link = link;
    this.#seed = seed;
    link.onAsk = (asked) => {
      link.clock.schedule(link.clock.now() + ANSWER_MS, () => this.#answer(asked));
    };
  }

  /** Lets the streams that live talk, unless something keeps them from it. */
  talk(word: (asked: FakeAsked) => void): void {
    if (this.#lasts("silence") || this.#link.state !== "up") return;
    for (const asked of this.#living) word(asked);
  }

  /** Plans the troubles of a span of time. */
  plan(list: readonly TroubleAt[], from: UnixMs, to: UnixMs): void {
    const { clock } = this.#link;
    for (const { what, share, lengthMs } of list) {
      const at = Math.floor(from + (to - from) * share);
      clock.schedule(at, () => this.#begin(what));
      clock.schedule(at + lengthMs, () => this.#finish(what));
    }
  }

  #answer(asked: FakeAsked): void {
    if (!asked.isOpen || this.#link.state !== "up" || this.#lasts("deafness")) return;
    if (this.#lasts("no-data")) {
      asked.fail({ code: "no-data", ibCode: 162, retry: "later" });
      return;
    }
    this.#living.add(asked);
    this.#seed(asked);
  }

  #begin(what: Trouble): void {
    this.#lasting.set(what, (this.#lasting.get(what) ?? 0) + 1);
    const link = this.#link;
    if (what === "down" || what === "suspension" || what.endsWith("death")) this.#living.clear();
    if (what === "down" && link.state !== "connecting") link.down();
    if (what === "suspension" && link.state === "up") link.suspend();
    if (what.startsWith("farm") && link.state === "up") link.farmDown(what);
    if (what.endsWith("failure")) {
      for (const asked of [...this.#living]) asked.fail({ code: "stream-lost", ibCode: 10182 });
      this.#living.clear();
    }
  }

  #finish(what: Trouble): void {
    this.#lasting.set(what, this.#lasting.get(what)! - 1);
    const link = this.#link;
    const isCutOff = this.#lasts("down") || this.#lasts("suspension");
    if (what === "down" && !isCutOff && link.state === "connecting") link.up();
    if (what === "suspension" && !isCutOff && link.state === "suspended") link.resume(false);
    // Whichever of two ends last brings the link back.
    if (what === "down" && !isCutOff && link.state === "suspended") link.resume(true);
    if (what === "suspension" && !isCutOff && link.state === "connecting") link.up();
    if (what.startsWith("farm") && link.state === "up") link.farmUp(what);
  }

  #lasts(what: Trouble): boolean {
    return (this.#lasting.get(what) ?? 0) > 0;
  }
}
