import type { PatchedBug } from "./patch.ts";

/** The engine, its indicators and its arithmetic. */
export const ENGINE_BUGS: readonly PatchedBug[] = [
  {
    name: "orders leave while the run is SUSPENDED",
    file: "core/engine/desk.ts",
    find: "    if (!this.isReady) {\n      this.#report",
    replace: '    if (!this.isReady && this.state !== "SUSPENDED") {\n      this.#report',
    fault: "lost-link",
    like: "42",
  },
  {
    name: "an order is given again while one is under way",
    file: "core/engine/desk.ts",
    find: "exactSum(quantity, -exactSum(this.position, this.#underWay))",
    replace: "exactSum(quantity, -this.position)",
  },
  {
    name: "an order that filled still counts as under way",
    file: "core/engine/desk.ts",
    find: "    this.#open.delete(order.id);\n    this.#countUnderWay();",
    replace: "    this.#open.delete(order.id);",
  },
  {
    name: "a stream that is not up to date is READY when warm",
    file: "core/trading/readiness.ts",
    find: 'if (each.staleReason !== "" && stale === undefined) stale = each;',
    replace: 'if (each.staleReason === "stale" && stale === undefined) stale = each;',
    fault: "lost-link",
    like: "42",
  },
  {
    name: "a strategy is asked before its indicators have the bar",
    file: "core/engine/run.ts",
    find: "      main.update(bars, index);\n      if (origin",
    replace: "      if (origin",
  },
  {
    name: "the last bar is revised and its indicators are not",
    file: "core/engine/revisable-bars.ts",
    find: "      for (const slot of this.#slots) slot.replace(this.#bars, last);\n",
    replace: "",
    fault: "revision",
    like: "12",
  },
  {
    name: "a revision of the last bar is one more sample",
    file: "core/engine/revisable-bars.ts",
    find: "slot.replace(this.#bars, last);",
    replace: "slot.update(this.#bars, last);",
    fault: "disagreement",
    like: "12",
  },
  {
    name: "an older bar is revised and nothing is computed anew",
    file: "core/engine/revisable-bars.ts",
    find: "    this.#computeFrom(base);\n",
    replace: "",
    fault: "revision",
    like: "12",
  },
  {
    name: "a revision is passed over by the run",
    file: "core/engine/run.ts",
    find: "      feed.revise(event);\n",
    replace: "",
    fault: "revision",
  },
  {
    name: "the window of an average is one too long",
    file: "core/indicators/sma.ts",
    find: "const window = new ExactWindowMean(length, name);",
    replace: "const window = new ExactWindowMean(Math.min(length + 1, LONGEST_WINDOW), name);",
  },
  {
    name: "a mean is rounded twice",
    file: "core/indicators/exact-window-mean.ts",
    find: "bins[MEAN] = rough + remainder / divisor;",
    replace: "bins[MEAN] = (upper + rest) * bins[INVERSE]!;",
    like: "43",
  },
  {
    name: "a replaced price stays in the sum",
    file: "core/indicators/sma.ts",
    find: "    this.#window.swapNewest(price);\n",
    replace: "    this.#window.push(price);\n",
    fault: "revision",
    like: "12",
  },
  {
    name: "cash that was looked at is booked again",
    file: "core/trading/exact-total.ts",
    find: '.times("0.000001"));\n      this.#millionths = 0;',
    replace: '.times("0.000001"));',
  },
  {
    name: "a restart rounds cash to whole units",
    file: "core/trading/portfolio.ts",
    find: "to.text(this.cash.toFixed())",
    replace: "to.text(this.cash.toFixed(0))",
    fault: "kill",
  },
  {
    name: "a fill is booked at the last close and not at its price",
    file: "core/trading/portfolio.ts",
    find: "    this.#cash.add(-signed, price, instrument.multiplier);\n",
    replace:
      "    const last = this.#find(instrument)?.lastPrice ?? price;\n" +
      "    this.#cash.add(-signed, last, instrument.multiplier);\n",
  },
];
