import { sma } from "../../core/indicators/sma.ts";
import { defineStrategy, type Strategy, type Trade } from "../../core/trading/strategy.ts";

/** Two moving averages that cross; shows every decision as a signal and goes long or flat. */
export function crossStrategy(short: number, long: number): Strategy {
  return defineStrategy({
    name: "cross",
    parameters: {},
    setup(declare) {
      const fast = declare.indicator(sma(short));
      const slow = declare.indicator(sma(long));
      return {
        onBar(_bar, trade) {
          const above = fast.value > slow.value;
          if (above === fast.previous > slow.previous) return;
          trade.signal(above ? "long" : "flat");
          trade.target(above ? 1 : 0);
        },
      };
    },
  });
}

/** One moving average; calls back on each bar that it is asked to decide on. */
export function averageStrategy(length: number, onBar?: (trade: Trade) => void): Strategy {
  return defineStrategy({
    name: "average",
    parameters: {},
    setup(declare) {
      declare.indicator(sma(length));
      return { onBar: (_bar, trade) => onBar?.(trade) };
    },
  });
}
