// Goal: an indicator value and a signal do not depend on when the run began: for every cut they
// are, bit for bit, those of the run that never stopped.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { run } from "../../core/engine/run.ts";
import { MemorySource } from "../../core/feed/memory-source.ts";
import { splice } from "../../core/feed/seam/splice.ts";
import { sma } from "../../core/indicators/sma.ts";
import type { RunObserver } from "../../core/journal/run-observer.ts";
import { BarGrid } from "../../core/time/bar-grid.ts";
import { DAY_MS } from "../../core/time/instant.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import { defineStrategy } from "../../core/trading/strategy.ts";
import { SimGateway } from "../../sim/gateway.ts";
import type { GatewayOptions } from "../../sim/gateway-options.ts";
import { SimBroker } from "../../sim/sim-broker.ts";
import type { Truth } from "../../sim/truth.ts";
import { gatewayOptions, gateways, momentOf, moments, truths, truthsOf } from "./worlds.ts";

const cross = defineStrategy({
  name: "cross",
  parameters: { fast: 40, slow: 260 },
  setup(declare, { fast, slow }) {
    const quick = declare.indicator(sma(fast));
    const steady = declare.indicator(sma(slow));
    return {
      onBar(_bar, trade) {
        const above = quick.value > steady.value;
        if (above !== quick.previous > steady.previous) trade.signal(above ? "long" : "short");
        trade.target(above ? 1 : -1);
      },
    };
  },
});

/** What a run said, by the open time of the bar it was said of. */
interface Said {
  readonly values: Map<string, number>;
  readonly signals: Map<number, string>;
  readonly bars: number[];
  readyAt: number | undefined;
}

function listener(): { readonly said: Said; readonly observer: RunObserver } {
  const said: Said = { values: new Map(), signals: new Map(), bars: [], readyAt: undefined };
  const observer: RunObserver = {
    run: () => {},
    bar: (_seq, _series, bar) => said.bars.push(bar.openTime),
    indicator: (seq, name, value) => said.values.set(`${said.bars[seq - 1]} ${name}`, value),
    state: ({ to, at }) => {
      if (to === "READY") said.readyAt ??= at;
    },
    signal: (_at, seq, name) => said.signals.set(said.bars[seq - 1]!, name),
    order: () => {},
    fill: () => {},
    feed: () => {},
  };
  return { said, observer };
}

type Lengths = { readonly fast: number; readonly slow: number };

function uninterrupted(truth: Truth, parameters: Lengths): Said {
  const { said, observer } = listener();
  const time = new VirtualTime(truth.bars.openTime[0]!);
  run({
    strategy: cross,
    parameters,
    series: truth.series,
    source: new MemorySource(truth.bars, { batchSize: 7 }),
    broker: new SimBroker(),
    clock: time,
    driver: time,
    grid: ({ size }) => new BarGrid(truth.grid.calendar, size),
    observer,
  });
  return said;
}

function joined(truth: Truth, lengths: Lengths, start: number, options: GatewayOptions): Said {
  const { said, observer } = listener();
  const time = new VirtualTime(start);
  const { history, live } = new SimGateway(truth, time, options);
  const grid = (): BarGrid => truth.grid;
  const started = run({
    strategy: cross,
    parameters: lengths,
    series: truth.series,
    source: splice({ history, live, grid, clock: time, backfillMs: DAY_MS }),
    broker: new SimBroker(),
    clock: time,
    grid: ({ size }) => new BarGrid(truth.grid.calendar, size),
    observer,
  });
  const horizon = momentOf(truth, 1) + DAY_MS;
  while (started.outcome === undefined && time.now() < horizon && time.step());
  expect(started.outcome).toEqual({ kind: "ended", feed: { kind: "complete" } });
  return said;
}

/** Every value the joined run has is that of the whole run; from READY on it has all of them. */
function expectParity(truth: Truth, whole: Said, part: Said, slow: number): void {
  for (const [key, value] of part.values) {
    if (!Object.is(value, whole.values.get(key)))
      expect(`${key}: ${value}`).toBe(whole.values.get(key));
  }
  const closed = part.bars.filter((_open, index) => index >= slow);
  for (const open of closed) expect(part.values.has(`${open} SMA(${slow})`)).toBe(true);
  if (part.readyAt === undefined) {
    expect(part.signals.size).toBe(0);
    return;
  }
  const decided = (open: number): boolean => truth.grid.closeOf(open) > part.readyAt!;
  const expected = [...whole.signals].filter(([open]) => decided(open));
  expect([...part.signals]).toEqual(expected);
}

describe("parity of a run that joined with the run that never stopped", () => {
  const intoBar = fc.double({ min: 0, max: 0.999, noNaN: true });

  it("holds for every cut, at 40 and 260 bars", () => {
    fc.assert(
      fc.property(truthsOf(300), fc.nat(1_000_000), intoBar, (truth, seed, into) => {
        const lengths = { fast: 40, slow: 260 };
        const whole = uninterrupted(truth, lengths);
        for (let cut = 0; cut < 300; cut += 1) {
          const { openTime, closeTime } = truth.bars.at(cut);
          const start = openTime + Math.floor((closeTime - openTime) * into);
          const part = joined(truth, lengths, start, { seed, pageBars: 100 });
          if (cut >= 260) expect(part.readyAt).toBeLessThan(start + 10_000);
          expect(part.bars.length).toBe(300 - cut + Math.min(cut, 260));
          expectParity(truth, whole, part, 260);
        }
      }),
      { numRuns: 2 },
    );
  });

  it("holds for any cut under any gateway whose faults pass", () => {
    const lengths = fc.record({
      fast: fc.integer({ min: 1, max: 9 }),
      slow: fc.integer({ min: 2, max: 30 }),
    });
    fc.assert(
      fc.property(truths, lengths, moments, gateways, (truth, drawn, share, gateway) => {
        const pair = { fast: drawn.fast, slow: Math.max(drawn.slow, drawn.fast + 1) };
        const whole = uninterrupted(truth, pair);
        const options = gatewayOptions(truth, gateway);
        const part = joined(truth, pair, momentOf(truth, share), options);
        expectParity(truth, whole, part, pair.slow);
      }),
      { numRuns: 200 },
    );
  });
});
