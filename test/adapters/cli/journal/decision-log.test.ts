import { describe, expect, it } from "vitest";
import { DecisionLog, differencesOf } from "../../../../adapters/cli/journal/decision-log.ts";
import type { OrderEvent, OrderStatus } from "../../../../core/trading/order.ts";
import { bar, close, SERIES } from "../../../core/feed/seam/seam-fixture.ts";

function log(...lines: readonly string[]): DecisionLog {
  const made = new DecisionLog();
  const { observer } = made;
  const { instrument } = SERIES;
  for (const line of lines) {
    const [what, detail] = line.split(" ");
    if (what === "bar") observer.bar(1, SERIES, bar(Number(detail)), "live", 1);
    else if (what === "signal") observer.signal(0, 1, detail!);
    else {
      const status = what as OrderStatus;
      const order = { id: 1, instrument, side: "buy", quantity: Number(detail), submittedAt: 0 };
      observer.order({ order, status, at: 0, reason: "" } as OrderEvent);
    }
  }
  return made;
}

// Goal: two runs are compared by what they decided on each bar, and by nothing else.
describe("a log of decisions", () => {
  it("has what was decided, by the bar that it was decided on", () => {
    const made = log("bar 1", "signal long", "submitted 3", "bar 2", "bar 3", "signal flat");
    expect(made.at(close(1))).toEqual(["signal long", "buy 3"]);
    expect(made.at(close(2))).toEqual([]);
    expect(made.at(close(3))).toEqual(["signal flat"]);
    expect(made.closes).toEqual([close(1), close(3)]);
  });

  it("has orders as they were given, and not what became of them", () => {
    expect(log("bar 1", "rejected 3", "filled 3", "canceled 3").closes).toEqual([]);
  });
});

describe("the differences of two logs", () => {
  it("are the bars on which they do not say the same, ascending", () => {
    const a = log("bar 1", "signal long", "bar 5", "submitted 1", "bar 9", "signal x");
    const b = log("bar 1", "signal long", "bar 3", "signal y", "bar 5", "submitted 2");
    expect(differencesOf(a, b)).toEqual([
      { closeTime: close(3), first: [], second: ["signal y"] },
      { closeTime: close(5), first: ["buy 1"], second: ["buy 2"] },
      { closeTime: close(9), first: ["signal x"], second: [] },
    ]);
    expect(differencesOf(a, a)).toEqual([]);
  });
});
