import { bollinger, defineStrategy, rsi } from "barline";

/** Bets on a return to the mean where price leaves the bands and the RSI agrees. */
export default defineStrategy({
  name: "bollinger-reversion",
  parameters: { length: 20, width: 2, oversold: 30, quantity: 1 },
  setup(declare, { length, width, oversold, quantity }) {
    const bands = declare.indicator(bollinger(length, width));
    const strength = declare.indicator(rsi(14));
    declare.memory(); // It remembers nothing else.
    return {
      onBar({ close }, trade) {
        const isLow = close < bands.line("lower") && strength.value < oversold;
        const isHigh = close > bands.line("upper") && strength.value > 100 - oversold;
        if (isLow || isHigh) {
          trade.signal(isLow ? "oversold" : "overbought");
          trade.target(isLow ? quantity : -quantity);
        } else if (trade.position * (close - bands.line("middle")) > 0) {
          trade.target(0);
        }
      },
    };
  },
});
