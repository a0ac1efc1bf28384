import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Authority } from "../../../../core/feed/seam/bar-memory.ts";
import { type HeldBar, HeldBars, type Reception } from "../../../../core/feed/seam/held-bars.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { bar, open } from "./seam-fixture.ts";

function held(
  authority: Authority,
  fields: Partial<Bar> = {},
  more: Partial<HeldBar> = {},
): HeldBar {
  const rest = { version: 1, proof: "implied" as const, epoch: 0, seenAt: open(2) };
  return { bar: bar(1, fields), authority, ...rest, ...more };
}

/** Offers one after the other, and tells what became of the second and whose word stands. */
function offered(first: HeldBar, second: HeldBar): [Reception, HeldBar] {
  const bars = new HeldBars();
  expect(bars.offer(first)).toBe("kept");
  const reception = bars.offer(second);
  return [reception, bars.get(open(1))!];
}

// Goal: one candidate a slot, chosen whole by authority, version and age, whatever comes first.
describe("HeldBars", () => {
  it("holds one bar a slot and gives it up", () => {
    const bars = new HeldBars();
    bars.offer(held("history"));
    bars.offer({ ...held("live"), bar: bar(2) });
    expect([bars.size, bars.fromHistory]).toEqual([2, 1]);
    bars.take(open(1));
    bars.take(open(1));
    expect([bars.size, bars.fromHistory, bars.get(open(1))]).toEqual([1, 0, undefined]);
  });

  it("drops what opens before an instant", () => {
    const bars = new HeldBars();
    for (const index of [4, 1, 3]) bars.offer({ ...held("history"), bar: bar(index) });
    bars.dropBefore(open(3));
    expect([bars.size, bars.fromHistory, bars.get(open(1))]).toEqual([2, 2, undefined]);
  });

  it("knows the last bars of history, in whatever order they came", () => {
    const bars = new HeldBars();
    for (const index of [5, 1, 3]) bars.offer({ ...held("history"), bar: bar(index) });
    bars.offer({ ...held("live"), bar: bar(6) });
    expect(bars.lastOfHistory(2)).toEqual([open(3), open(5)]);
    expect(bars.lastOfHistory(9)).toEqual([open(1), open(3), open(5)]);
    expect(bars.lastOfHistory(0)).toEqual([]);
  });

  it("takes the word of a higher authority, and says when it changed what another had said", () => {
    const other = { close: 101.5 };
    expect(offered(held("forming"), held("live", other))).toEqual(["kept", held("live", other)]);
    expect(offered(held("live"), held("history"))).toEqual(["kept", held("history")]);
    expect(offered(held("live"), held("history", other))).toEqual([
      "corrected",
      held("history", other),
    ]);
  });

  it("absorbs a lower authority that agrees, and a restatement always", () => {
    expect(offered(held("history"), held("live"))).toEqual(["absorbed", held("history")]);
    const restated = held("forming", { close: 100.5 });
    expect(offered(held("live"), restated)).toEqual(["absorbed", held("live")]);
  });

  it("lets a lower authority overrule with a later version only", () => {
    const other = { close: 101.5 };
    expect(offered(held("history"), held("live", other))).toEqual(["outranked", held("history")]);
    const second = held("live", other, { version: 2 });
    expect(offered(held("history"), second)).toEqual(["corrected", second]);
  });

  it("takes the later version of one authority, and the later word of one version", () => {
    const other = held("live", { close: 101.5 });
    expect(offered(held("live"), held("live"))).toEqual(["absorbed", held("live")]);
    expect(offered(held("live"), other)).toEqual(["corrected", other]);
  });

  it("does not let an earlier version that lagged undo a later one", () => {
    const second = held("live", { close: 101.5 }, { version: 2 });
    expect(offered(second, held("live"))).toEqual(["outranked", second]);
  });

  it("takes a restatement that grew, and no smaller one within one connection", () => {
    const more = held("forming", { volume: 30 });
    expect(offered(held("forming"), more)).toEqual(["kept", more]);
    expect(offered(more, held("forming"))).toEqual(["absorbed", more]);
  });

  it("takes any restatement of a later connection, and none of an earlier one", () => {
    const more = held("forming", { volume: 30 });
    const later = held("forming", {}, { epoch: 1 });
    expect(offered(more, later)).toEqual(["kept", later]);
    expect(offered(later, more)).toEqual(["absorbed", later]);
  });

  it("is content when history agrees with a correction that was streamed", () => {
    const corrected = held("live", { close: 101.5 }, { version: 2 });
    const [reception] = offered(corrected, held("history", { close: 101.5 }));
    expect(["kept", "absorbed"]).toContain(reception);
  });

  it("counts bars of history right, whatever is offered", () => {
    const candidate = fc.record({
      authority: fc.constantFrom<Authority>("forming", "live", "history"),
      index: fc.nat(3),
      close: fc.constantFrom(101, 101.5),
      version: fc.integer({ min: 1, max: 3 }),
      epoch: fc.nat(1),
    });
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 30 }), (candidates) => {
        const bars = new HeldBars();
        for (const { index, close, ...more } of candidates) {
          bars.offer({ ...held("live"), ...more, bar: bar(index, { close: close + index }) });
        }
        const present = [0, 1, 2, 3].map((index) => bars.get(open(index))).filter(Boolean);
        expect(bars.size).toBe(present.length);
        expect(bars.fromHistory).toBe(
          present.filter((each) => each!.authority === "history").length,
        );
      }),
    );
  });
});
