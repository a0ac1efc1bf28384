import { atr, defineStrategy, donchian } from "barline";

/** Follows a close beyond the channel of the bars before it; holds less where bars are wide. */
export default defineStrategy({
  name: "donchian-breakout",
  parameters: { length: 55, risk: 100 },
  setup(declare, { length, risk }) {
    const channel = declare.indicator(donchian(length));
    const range = declare.indicator(atr(14));
    declare.memory(); // It remembers nothing else.
    return {
      onBar({ close }, trade) {
        const units = Math.max(1, Math.floor(risk / range.value));
        if (close > channel.previousLine("upper")) {
          trade.signal("breakout up");
          trade.target(units);
        } else if (close < channel.previousLine("lower")) {
          trade.signal("breakout down");
          trade.target(-units);
        }
      },
    };
  },
});
