import { ema } from "../../core/indicators/ema.ts";
import { sma } from "../../core/indicators/sma.ts";
import { defineStrategy, type Strategy } from "../../core/trading/strategy.ts";

/**
 * Long or short by two averages, one of which never forgets, and aware of how long it has been so:
 * whatever is not exactly as it was after a restart shows in what it says.
 */
export function moodyStrategy(slow = 12): Strategy {
  return defineStrategy({
    name: "moody",
    parameters: { units: 1 },
    setup(declare, { units }) {
      const near = declare.indicator(sma(3));
      const far = declare.indicator(ema(slow, { tolerance: 0.2 }));
      const memory = declare.memory({ bars: 0, side: "" });
      return {
        onBar(bar, trade) {
          memory.bars += 1;
          const side = near.value > far.value ? "long" : "short";
          if (side !== memory.side) {
            trade.signal(`${side} after ${memory.bars} bars at ${bar.close}`);
            memory.side = side;
            memory.bars = 0;
          }
          trade.target(side === "long" ? units : -units);
        },
      };
    },
  });
}
