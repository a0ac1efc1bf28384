import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import type { BarSource } from "../feed/bar-source.ts";
import { type FeedWord, sayTo, sinkOfWords } from "../feed/feed-word.ts";
import type { BorderRecord } from "../journal/border-record.ts";
import type { JournalRecord, RunDecision, RunInput } from "../journal/journal-record.ts";
import { RunDigest } from "../journal/run-digest.ts";
import type { RunObserver } from "../journal/run-observer.ts";
import type { Clock } from "../time/clock.ts";
import type { UnixMs } from "../time/instant.ts";
import type { Broker } from "../trading/broker.ts";
import { isWorthKeeping } from "./worth-keeping.ts";

/** What becomes of what a run says: it waits to be durable, or it is a rehearsal. */
export interface RecorderOutput {
  /** Makes it durable; what it throws ends the run. */
  readonly commit: (records: readonly JournalRecord[]) => void;
  /** What is to be written down before anything that is heard at an instant; mostly nothing. */
  readonly before: (at: UnixMs) => RunInput | undefined;
  /**
   * What was said could not be made durable, and nobody has heard of it; or it could not be let out
   * although it is durable.
   */
  readonly failed: (error: unknown) => void;
}

/**
 * Stands between a run and the world. Inwards it holds the present still while one thing is
 * handled, so that the same inputs lead to the same decisions whenever they are handled again.
 * Outwards it keeps back what the run says and the orders that it gives until they are durable.
 */
export class Recorder {
  readonly digest = new RunDigest();
  /** The time that the run sees. */
  readonly clock: Clock = { now: () => (this.#isHandling ? this.#present : this.#worldTime()) };
  readonly #world: Clock;
  #output: RecorderOutput | undefined;
  #present: UnixMs = Number.NEGATIVE_INFINITY;
  #isHandling = false;
  #isReleasing = false;
  #isWorthIt = false;
  #seq = 0;
  #lastClose: UnixMs = Number.NEGATIVE_INFINITY;
  #records: JournalRecord[] = [];
  /** What is to happen outside, in order, once what led to it is durable. */
  #effects: (() => void)[] = [];

  /** @param world the time of the world; the run's never goes back behind what it has seen. */
  constructor(world: Clock) {
    this.#world = world;
  }

  /** How many bars of all series the run has shown. */
  get seq(): number {
    return this.#seq;
  }

  /** From now on what is heard is new: it is written down, and has effects. */
  record(output: RecorderOutput): void {
    this.#output = output;
  }

  /** Handles something that comes from outside, as one whole with all that follows from it. */
  hear(input: (at: UnixMs) => RunInput, handle: () => void): void {
    if (this.#isHandling) {
      this.#records.push(input(this.#present));
      handle();
      return;
    }
    const record = input(this.#worldTime());
    const first = this.#output?.before(record.at);
    if (first !== undefined) this.#records.push(first);
    this.#handle(record, handle);
    if (this.#output !== undefined) this.#settle();
  }

  /** Writes down what leads to something that is heard: durable with it, or not at all. */
  note(record: BorderRecord): void {
    if (this.#output === undefined) return;
    const first = this.#output.before(record.at);
    if (first !== undefined) this.#records.push(first);
    this.#records.push(record);
  }

  /** Handles what was heard before, in the present of then; gives what follows from it. */
  rehearse(input: RunInput, handle: () => void): readonly RunDecision[] {
    this.#handle(input, handle);
    const decisions = this.#records.slice(1) as RunDecision[];
    this.#records = [];
    this.#isWorthIt = false;
    return decisions;
  }

  /** Makes durable what was put off because nothing depended on it. */
  flush(): void {
    if (this.#records.length === 0 || this.#output === undefined) return;
    this.#isWorthIt = true;
    this.#settle();
  }

  source(source: BarSource): BarSource {
    return {
      open: (query, sink) =>
        source.open(
          query,
          sinkOfWords((word) => {
            this.hear(
              (at) => ({ kind: "word", at, word }),
              () => sayTo(sink, word),
            );
          }),
        ),
    };
  }

  /** A broker that is a part of the run is one; orders to any other wait until they are kept. */
  broker(broker: Broker): Broker {
    if (broker.state !== undefined) return broker;
    return {
      connect: (listener) =>
        broker.connect({
          filled: (fill) =>
            this.hear(
              (at) => ({ kind: "filled", at, fill }),
              () => listener.filled(fill),
            ),
          rejected: (order, reason, when) =>
            this.hear(
              (at) => ({ kind: "refused", at: Math.max(at, when), orderId: order.id, reason }),
              () => listener.rejected(order, reason, this.#present),
            ),
        }),
      submit: (order) => {
        if (this.#output !== undefined) this.#effects.push(() => broker.submit(order));
      },
      bar: (series, bars, index) => {
        if (this.#output !== undefined) broker.bar(series, bars, index);
      },
      resume: (orders) => {
        if (this.#output !== undefined) this.#effects.push(() => broker.resume!(orders));
        this.#release();
      },
    };
  }

  /** @param inner hears what was said once it is durable, or at once in a rehearsal. */
  observer(inner: RunObserver | undefined): RunObserver {
    const tell = (word: (to: RunObserver) => void): void => {
      if (inner === undefined) return;
      if (this.#output === undefined) word(inner);
      else this.#effects.push(() => word(inner));
    };
    const decide = (decision: RunDecision): void => void this.#records.push(decision);
    const { digest } = this;
    return {
      run: (description) => tell((to) => to.run(description)),
      bar: (...details) => {
        this.#seq += 1;
        digest.bar(...details);
        tell((to) => to.bar(...details));
      },
      indicator: (seq, name, value) => {
        digest.indicator(name, value);
        tell((to) => to.indicator(seq, name, value));
      },
      state: (change) => {
        digest.state(change);
        decide({ kind: "state", change });
        tell((to) => to.state(change));
      },
      signal: (at, seq, name) => {
        digest.signal(at, seq, name);
        decide({ kind: "signal", at, seq, name });
        tell((to) => to.signal(at, seq, name));
      },
      order: (event) => {
        digest.order(event);
        decide({ kind: "order", event });
        tell((to) => to.order(event));
      },
      fill: (fill) => {
        digest.fill(fill);
        decide({ kind: "fill", fill });
        tell((to) => to.fill(fill));
      },
      feed: (event) => tell((to) => to.feed(event)),
    };
  }

  save(to: ByteWriter): void {
    this.digest.save(to);
    to.float64(this.#present).float64(this.#seq).float64(this.#lastClose);
  }

  load(from: ByteReader): void {
    this.digest.load(from);
    this.#present = from.float64();
    this.#seq = from.float64();
    this.#lastClose = from.float64();
  }

  #worldTime(): UnixMs {
    return Math.max(this.#present, this.#world.now());
  }

  #handle(input: RunInput, handle: () => void): void {
    this.#present = input.at;
    this.#isHandling = true;
    this.#records.push(input);
    const before = this.#records.length;
    const seqBefore = this.#seq;
    try {
      handle();
    } finally {
      this.#isHandling = false;
    }
    const hasDecided = this.#records.length > before;
    const hasShown = this.#seq > seqBefore;
    if (hasDecided || hasShown || isWorthKeeping(input, this.#lastClose)) this.#isWorthIt = true;
    if (input.kind === "word") this.#noteClose(input.word);
  }

  #noteClose(word: FeedWord): void {
    if (word.kind !== "bars") return;
    const { bars } = word.batch;
    this.#lastClose = bars.closeTime[bars.length - 1]!;
  }

  /** Makes durable what was said where something depends on it, and then lets it out. */
  #settle(): void {
    if (this.#isWorthIt) {
      this.#isWorthIt = false;
      const mark = { kind: "mark", seq: this.#seq, digest: this.digest.text } as const;
      const records = [...this.#records, mark];
      this.#records = [];
      try {
        this.#output!.commit(records);
      } catch (error) {
        this.#fail(error);
        return;
      }
    }
    this.#release();
  }

  /** What is let out can lead to another input, whose effects then wait their turn. */
  #release(): void {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    try {
      for (;;) {
        const effect = this.#effects.shift();
        if (effect === undefined) break;
        effect();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isReleasing = false;
    }
  }

  /** Nothing more of this run goes out: its journal or what it speaks to has failed. */
  #fail(error: unknown): void {
    const output = this.#output;
    this.#effects = [];
    this.#output = undefined;
    output?.failed(error);
  }
}
