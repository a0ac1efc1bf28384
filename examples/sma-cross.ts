import { defineStrategy, sma } from "barline";

/** Long while the fast average is above the slow one, short while it is below. */
export default defineStrategy({
  name: "sma-cross",
  parameters: { fast: 40, slow: 260, quantity: 1 },
  setup(declare, { fast, slow, quantity }) {
    const quick = declare.indicator(sma(fast));
    const steady = declare.indicator(sma(slow));
    declare.memory(); // It remembers nothing else.
    return {
      onBar(_bar, trade) {
        const above = quick.value > steady.value;
        const wasAbove = quick.previous > steady.previous;
        if (above !== wasAbove) trade.signal(above ? "long" : "short");
        trade.target(above ? quantity : -quantity);
      },
    };
  },
});
