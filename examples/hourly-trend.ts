import { defineStrategy, sma } from "barline";

/** Takes its direction from bars of an hour, made of the main ones, and its moment from those. */
export default defineStrategy({
  name: "hourly-trend",
  parameters: { fast: 8, slow: 34, trigger: 10, quantity: 1 },
  setup(declare, { fast, slow, trigger, quantity }) {
    const hours = declare.series("1h", (_bar, trade) => {
      const isUp = quick.value > steady.value;
      const wasUp = quick.previous > steady.previous;
      if (isUp !== wasUp) trade.signal(isUp ? "trend up" : "trend down");
    });
    const quick = declare.indicator(sma(fast), { on: hours });
    const steady = declare.indicator(sma(slow), { on: hours });
    const moment = declare.indicator(sma(trigger));
    declare.memory(); // It remembers nothing else.
    return {
      onBar({ close }, trade) {
        const isUp = quick.value > steady.value;
        if (isUp && close > moment.value) trade.target(quantity);
        if (!isUp && close < moment.value) trade.target(-quantity);
      },
    };
  },
});
