import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarSource, Subscription } from "../../core/feed/bar-source.ts";
import type { Bar } from "../../core/market/bar.ts";
import { instrument } from "../../core/market/instrument.ts";
import { type Series, series } from "../../core/market/series.ts";
import { barSize } from "../../core/time/bar-size.ts";
import { instant, type UnixMs } from "../../core/time/instant.ts";
import { RangeSet } from "../../core/time/range.ts";
import { copyBar, RecordingSink } from "./recording-sink.ts";

/** A finite source that registers with the contract. */
export interface BarSourceUnderTest {
  readonly name: string;
  /** A source of `CONTRACT_SERIES` that holds exactly these bars; there can be none. */
  readonly open: (bars: readonly Bar[]) => BarSource | Promise<BarSource>;
  /** Lets happen what is going to happen by itself. Default: a few milliseconds pass. */
  readonly run?: () => Promise<void> | void;
  /** Whether `pause` holds it back. Default: true. */
  readonly canPause?: boolean;
  /** What it says where `open` was given no bars. Default: `empty`. */
  readonly outcomeOfNothing?: "empty" | "failed";
  /** A source whose opening fails. */
  readonly failing?: () => BarSource | Promise<BarSource>;
  /** Examples a law. Default: 25. */
  readonly numRuns?: number;
}

export const CONTRACT_SERIES: Series = series(instrument("TEST"), barSize("15m"));
/** The contract's bars lie on this grid of quarter hours, around the clock. */
const CONTRACT_START: UnixMs = instant("2024-01-01T00:00:00Z");
const STEP_MS = CONTRACT_SERIES.size.ms;

const slots = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
const ticks = fc.array(fc.integer({ min: 1, max: 99_999 }), { minLength: 4, maxLength: 4 });

/** Bars in ascending order, with holes between them. */
const contractBars: fc.Arbitrary<Bar[]> = fc
  .tuple(slots, fc.array(ticks, { minLength: 41, maxLength: 41 }))
  .map(([chosen, prices]) =>
    chosen
      .sort((a, b) => a - b)
      .map((slot, index) => {
        const sorted = [...prices[index]!].sort((a, b) => a - b).map((tick) => tick / 100);
        const [low = 1, open = 1, close = 1, high = 1] = sorted;
        const openTime = CONTRACT_START + slot * STEP_MS;
        const volume = prices[index + 1]![0]!;
        return { openTime, closeTime: openTime + STEP_MS, open, high, low, close, volume };
      }),
  );

const someBars = contractBars.filter((bars) => bars.length > 0);
/** Any instant around the bars, on the grid or between. */
const around = fc
  .integer({ min: -3 * 60, max: 64 * 60 })
  .map((units) => CONTRACT_START + units * 15_000);

async function moments(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Registers the contract that every finite `BarSource` keeps. */
export function testBarSourceContract(source: BarSourceUnderTest): void {
  const run = source.run ?? moments;
  const numRuns = source.numRuns ?? 25;

  /** Opens, lets it run until it has ended, and gives what was heard. */
  const hear = async (
    bars: readonly Bar[],
    range: { from?: UnixMs; to?: UnixMs } = {},
  ): Promise<RecordingSink> => {
    const sink = new RecordingSink();
    (await source.open(bars)).open({ series: CONTRACT_SERIES, ...range }, sink);
    await untilEnd(sink);
    return sink;
  };

  const untilEnd = async (sink: RecordingSink): Promise<void> => {
    for (let turn = 0; sink.outcomes.length === 0 && turn < 2_000; turn += 1) await run();
    expect(sink.outcomes).toHaveLength(1);
  };

  const law = async <T>(
    values: fc.Arbitrary<T>,
    check: (value: T) => Promise<void>,
  ): Promise<void> => {
    await fc.assert(fc.asyncProperty(values, check), { numRuns });
  };

  describe(`BarSource contract: ${source.name}`, () => {
    // Goal: exactly the bars it holds, once, in ascending order, as final bars of its series.
    it("delivers every bar once and in order, then ends complete", () =>
      law(someBars, async (bars) => {
        const sink = await hear(bars);
        expect(sink.delivered).toEqual(bars);
        expect(sink.outcomes).toEqual([{ kind: "complete" }]);
        for (const { batch } of sink.batches) {
          expect(batch.series.key).toBe(CONTRACT_SERIES.key);
          expect(batch.finality).toBe("final");
          expect(batch.bars.length).toBeGreaterThan(0);
        }
      }));

    // Goal: a batch belongs to whoever received it.
    it("never touches a batch after it was handed over", () =>
      law(someBars, async (bars) => {
        const sink = await hear(bars);
        await run();
        for (const { batch, copies } of sink.batches) {
          expect([...batch.bars].map(copyBar)).toEqual(copies);
        }
      }));

    // Goal: the query is half-open on open times, wherever its ends fall.
    it("keeps to the range of the query", () =>
      law(fc.tuple(someBars, around, around), async ([bars, from, to]) => {
        const sink = await hear(bars, { from, to });
        const wanted = bars.filter((bar) => bar.openTime >= from && bar.openTime < to);
        expect(sink.delivered).toEqual(wanted);
        expect(sink.outcomes[0]?.kind).toBe(wanted.length > 0 ? "complete" : "empty");
      }));

    // Goal: a claim of completeness is true at the moment it is made.
    it("claims only what it has delivered", () =>
      law(fc.tuple(someBars, around, around), async ([bars, from, to]) => {
        const sink = await hear(bars, { from, to });
        for (const { range, barsBefore } of sink.claims) {
          expect(range.to).toBeGreaterThan(range.from);
          const told = new Set(sink.delivered.slice(0, barsBefore).map((bar) => bar.openTime));
          for (const { openTime } of bars) {
            if (openTime >= range.from && openTime < range.to) expect(told).toContain(openTime);
          }
        }
      }));

    // Goal: without claims nobody could tell a hole from what is still to come.
    it("claims everything from its first bar to its last", () =>
      law(someBars, async (bars) => {
        const sink = await hear(bars);
        const claimed = new RangeSet();
        for (const { range } of sink.claims) claimed.add(range);
        const range = { from: bars[0]!.openTime, to: bars.at(-1)!.closeTime };
        expect(claimed.missing(range)).toEqual([]);
      }));

    // Goal: a closed source is silent, wherever it is closed, the sink's own calls included.
    it("says nothing after close, and may be closed twice", () =>
      law(fc.tuple(someBars, fc.nat({ max: 4 })), async ([bars, after]) => {
        const sink = new RecordingSink();
        let subscription: Subscription | undefined;
        let callsAtClose: number | undefined;
        const close = (): void => {
          if (subscription === undefined || callsAtClose !== undefined) return;
          if (sink.calls < after) return;
          callsAtClose = sink.calls;
          subscription.close();
          subscription.close();
        };
        const isOver = (): boolean => callsAtClose !== undefined || sink.outcomes.length > 0;
        sink.onCall = close;
        subscription = (await source.open(bars)).open({ series: CONTRACT_SERIES }, sink);
        close();
        for (let turn = 0; !isOver() && turn < 2_000; turn += 1) await run();
        await run();
        // A source with fewer than `after` things to say has ended by itself.
        if (callsAtClose === undefined) expect(sink.outcomes).toHaveLength(1);
        else expect(sink.calls).toBe(callsAtClose);
        subscription.close();
        await run();
        expect(sink.calls).toBe(callsAtClose ?? sink.calls);
      }));

    // Goal: the end is the end.
    it("says nothing after its end", () =>
      law(someBars, async (bars) => {
        const sink = await hear(bars);
        const { calls } = sink;
        await run();
        expect(sink.calls).toBe(calls);
      }));

    // Goal: one source can be opened many times, and each opening is its own.
    it("gives each subscriber the whole of it", () =>
      law(someBars, async (bars) => {
        const opened = await source.open(bars);
        const sinks = [new RecordingSink(), new RecordingSink()];
        for (const sink of sinks) opened.open({ series: CONTRACT_SERIES }, sink);
        for (const sink of sinks) {
          await untilEnd(sink);
          expect(sink.delivered).toEqual(bars);
        }
      }));

    // Goal: nothing to give is not a failure with nothing given, unless the source says so.
    it("tells that it holds nothing", async () => {
      const sink = await hear([]);
      expect(sink.delivered).toEqual([]);
      expect(sink.outcomes[0]?.kind).toBe(source.outcomeOfNothing ?? "empty");
    });

    if (source.canPause ?? true) {
      // Goal: back-pressure loses nothing and repeats nothing.
      it("holds back while paused, and goes on as if it never had", () =>
        law(someBars, async (bars) => {
          const sink = new RecordingSink();
          const subscription = (await source.open(bars)).open({ series: CONTRACT_SERIES }, sink);
          subscription.pause();
          const { length } = sink.delivered;
          await run();
          await run();
          expect(sink.delivered).toHaveLength(length);
          subscription.resume();
          await untilEnd(sink);
          expect(sink.delivered).toEqual(bars);
        }));
    }

    const { failing } = source;
    if (failing !== undefined) {
      // Goal: a failure has its own shape and never looks like an empty answer.
      it("fails as a value with a code and a message of one line", async () => {
        const sink = new RecordingSink();
        (await failing()).open({ series: CONTRACT_SERIES }, sink);
        await untilEnd(sink);
        expect(sink.delivered).toEqual([]);
        expect(sink.outcomes[0]).toEqual({
          kind: "failed",
          fault: {
            code: expect.stringMatching(/^[a-z]+(-[a-z0-9]+)*$/),
            message: expect.stringMatching(/^[^\n]+$/),
            retry: expect.stringMatching(/^(soon|later|never)$/),
          },
        });
      });
    }
  });
}
