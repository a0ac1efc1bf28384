import { sma } from "../../core/indicators/sma.ts";
import { defineStrategy, type Strategy } from "../../core/trading/strategy.ts";
import type { Knobs } from "./swarm.ts";

/** How many of a size make the larger one. */
export const LARGER: Readonly<Record<string, { readonly label: string; readonly ms: number }>> = {
  "1m": { label: "5m", ms: 300_000 },
  "5m": { label: "15m", ms: 900_000 },
  "15m": { label: "1h", ms: 3_600_000 },
  "1h": { label: "2h", ms: 7_200_000 },
};

/** The strategy of a run, made anew for each life. */
export function fleetStrategy({ strategy, fast, slow, size }: Knobs): Strategy {
  switch (strategy) {
    case "cross":
      return crossing(fast, slow, true);
    case "forgetful-cross":
      return crossing(fast, slow, false);
    case "mood":
      return moody(fast, slow, true);
    case "secret-mood":
      return moody(fast, slow, false);
    case "larger":
      return larger(LARGER[size]!.label, fast, slow);
  }
}

/** Remembers nothing: what it says follows from the values before and after a bar. */
function crossing(fast: number, slow: number, declares: boolean): Strategy {
  return defineStrategy({
    name: "fleet",
    parameters: {},
    setup(declare) {
      const near = declare.indicator(sma(fast), { name: "near" });
      const far = declare.indicator(sma(slow), { name: "far" });
      if (declares) declare.memory();
      return {
        onBar(_bar, trade) {
          const isUp = near.value > far.value;
          if (isUp !== near.previous > far.previous) trade.signal(isUp ? "up" : "down");
          trade.target(isUp ? 1 : -1);
        },
      };
    },
  });
}

/** Remembers how long it has been of one mind. */
function moody(fast: number, slow: number, declares: boolean): Strategy {
  return defineStrategy({
    name: "fleet",
    parameters: {},
    setup(declare) {
      const near = declare.indicator(sma(fast), { name: "near" });
      const far = declare.indicator(sma(slow), { name: "far" });
      const initial = { bars: 0, side: "" };
      const memory = declares ? declare.memory(initial) : initial;
      return {
        onBar(_bar, trade) {
          memory.bars += 1;
          const side = near.value > far.value ? "up" : "down";
          if (side !== memory.side) {
            trade.signal(`${side} after ${memory.bars}`);
            memory.side = side;
            memory.bars = 0;
          }
          trade.target(side === "up" ? 1 : -1);
        },
      };
    },
  });
}

/** Crosses a price with an average of larger bars. */
function larger(label: string, fast: number, slow: number): Strategy {
  return defineStrategy({
    name: "fleet",
    parameters: {},
    setup(declare) {
      const wide = declare.series(label);
      declare.indicator(sma(Math.max(1, Math.floor(slow / 5))), { name: "wide", on: wide });
      const near = declare.indicator(sma(fast), { name: "near" });
      const far = declare.indicator(sma(slow), { name: "far" });
      declare.memory();
      return {
        onBar(_bar, trade) {
          const isUp = near.value > far.value;
          if (isUp !== near.previous > far.previous) trade.signal(isUp ? "up" : "down");
          trade.target(isUp ? 1 : -1);
        },
      };
    },
  });
}
