import { describe, expect, it } from "vitest";
import { bar, bars, batch, close, holding, open, span, upToDate } from "./seam-fixture.ts";

const forming = { finality: "forming" } as const;

// Goal: what is missing is asked for once, at the right time, and nothing else is.
describe("BarSequencer: what is missing", () => {
  it("wakes at the close, at the end of the grace and when the stream becomes stale", () => {
    const { sequencer } = upToDate(2);
    const at = (offset: number): number | undefined => {
      const deadline = sequencer.deadlineAfter(close(2) + offset);
      return deadline === undefined ? undefined : deadline - close(2);
    };
    expect([-1, 0, 2_999, 3_000, 14_999, 15_000].map(at)).toEqual([
      0,
      3_000,
      3_000,
      15_000,
      15_000,
      undefined,
    ]);
  });

  it("suspects a bar after the grace, is stale later, and live again once it has it", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.tick(close(2) + 2_999);
    expect(sequencer.takeRequests()).toEqual([]);
    sequencer.tick(close(2) + 3_000);
    sequencer.tick(close(2) + 14_999);
    expect([out.take(), sequencer.takeRequests()]).toEqual([["suspected 2-3"], [span(2, 3)]]);
    sequencer.tick(close(2) + 15_000);
    expect([out.take(), sequencer.takeRequests()]).toEqual([["stale"], []]);
    sequencer.history(batch([bar(2)]), close(2) + 20_000);
    expect(out.take()).toEqual(["repair 2", "repaired 2-3", "covered 2-3", "live"]);
  });

  it("is stale before it hands over a bar that it hears of so late, and live again after", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.live(batch([bar(2)]), close(2) + 14_999);
    expect(out.take()).toEqual(["live 2", "covered 2-3"]);
    sequencer.live(batch([bar(3)]), close(3) + 15_000);
    expect(out.take()).toEqual(["stale", "live 3", "covered 3-4", "live"]);
  });

  it("takes a late bar of the stream as well as a repair", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.tick(close(2) + 3_000);
    out.take();
    sequencer.live(batch([bar(2)]), close(2) + 4_000);
    expect(out.take()).toEqual(["live 2", "repaired 2-3", "covered 2-3"]);
  });

  it("asks again when a fetch ended without settling what it was for", () => {
    const { sequencer } = upToDate(2);
    sequencer.tick(close(2) + 3_000);
    expect(sequencer.takeRequests()).toEqual([span(2, 3)]);
    sequencer.fetchEnded(span(1, 2), close(2) + 3_001);
    expect(sequencer.takeRequests()).toEqual([]);
    sequencer.fetchEnded(span(2, 3), close(2) + 3_002);
    expect(sequencer.takeRequests()).toEqual([span(2, 3)]);
  });

  it("declares what cannot be had lost and goes on", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.live(batch([bar(4)]), close(4));
    out.take();
    sequencer.giveUp(span(2, 4), "no permission", close(4));
    expect(out.take()).toEqual(["lost 2-<4", "live 4", "covered 2-5", "live"]);
  });

  it("calls a slot empty when history covers it without a bar, and tells bars and gaps in order", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.interrupt("cable", open(2));
    sequencer.live(batch([bar(4), bar(6)]), close(6));
    sequencer.history(batch([bar(2)]), close(6));
    out.take();
    sequencer.cover(span(3, 7), close(6));
    expect(out.take()).toEqual(["empty 3-<4", "live 4", "empty 5-6", "live 6", "covered 3-7"]);
  });

  it("tells of a repair after the bars that it found, before the ones that follow", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.tick(close(3) + 3_000);
    sequencer.live(batch([bar(4)]), close(4));
    out.take();
    sequencer.history(batch(bars(2, 4)), close(4) + 1);
    expect(out.take()).toEqual(["repair 2 3", "repaired 2-<4", "live 4", "covered 2-5", "live"]);
  });

  it("suspects no bar that it holds", () => {
    const { sequencer, out } = holding(0);
    sequencer.history(batch(bars(0, 2)), close(4));
    sequencer.live(batch(bars(3, 5)), close(4));
    sequencer.release(close(4));
    expect(out.take()).toEqual(["backfill 0 1", "covered 0-2", "suspected 2-3"]);
    sequencer.history(batch([bar(2)]), close(4));
    expect(out.take().filter((line) => line.startsWith("repaired"))).toEqual(["repaired 2-3"]);
  });

  it("does not repeat a suspicion when it asks again", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.tick(close(2) + 3_000);
    sequencer.fetchEnded(span(2, 3), close(2) + 4_000);
    expect(out.take()).toEqual(["suspected 2-3"]);
  });

  it("asks for both sides of what is covered in between", () => {
    const { sequencer } = upToDate(2);
    sequencer.cover(span(3, 5), close(6) + 3_000);
    expect(sequencer.takeRequests()).toEqual([
      { from: open(2), to: open(3) },
      { from: close(4), to: close(6) },
    ]);
  });
});

// Goal: coverage counts by the slot. A slot that it ends in was not told of.
describe("BarSequencer: coverage that ends within a slot", () => {
  it("asks for the whole slot in which history's present fell", () => {
    const { sequencer } = upToDate(2);
    sequencer.cover({ from: open(0), to: Number.MAX_SAFE_INTEGER }, open(2) + 60_000);
    sequencer.tick(close(2) + 3_000);
    expect(sequencer.takeRequests()).toEqual([span(2, 3)]);
  });

  it("asks for it in whole together with later ones", () => {
    const { sequencer } = upToDate(2);
    sequencer.cover({ from: open(0), to: close(2) - 60_000 }, close(2));
    sequencer.interrupt("cable", close(2));
    sequencer.resume(close(3));
    expect(sequencer.takeRequests()).toEqual([span(2, 4)]);
  });

  it("calls no slot empty of which two ranges cover a half each", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.cover({ from: open(2), to: open(2) + 60_000 }, close(2));
    sequencer.cover({ from: open(2) + 60_000, to: close(2) }, close(2));
    expect(out.take()).toEqual([]);
  });

  it("covers closed time between slots whichever range says so", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.interrupt("cable", open(2));
    out.take();
    sequencer.cover({ from: open(2), to: close(3) + 60_000 }, close(5));
    sequencer.cover({ from: close(3) + 60_000, to: close(5) }, close(5));
    expect(out.take()).toEqual(["empty 2-<4", "covered 2-4", "empty 4-6", "covered 4-6"]);
  });
});

// Goal: a broken line is told at once, asks for nothing while it is down and for all when it is
// back.
describe("BarSequencer: interruptions", () => {
  it("tells how it goes, once each", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.resume(open(2));
    sequencer.interrupt("cable", open(2) + 1);
    sequencer.interrupt("cable again", open(2) + 2);
    sequencer.resume(open(2) + 3);
    expect(out.take()).toEqual(["interrupted", "recovering", "live"]);
  });

  it("asks for everything that closed meanwhile, without the grace", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.interrupt("cable", open(2) + 1);
    sequencer.tick(close(4) + 60_000);
    expect(sequencer.takeRequests()).toEqual([]);
    sequencer.resume(close(5));
    expect(sequencer.takeRequests()).toEqual([span(2, 6)]);
    out.take();
    sequencer.history(batch(bars(2, 6)), close(5) + 1);
    expect(out.take()).toEqual(["repair 2 3 4 5", "repaired 2-6", "covered 2-6", "live"]);
  });

  it("goes on with finals while it is down, but is not live", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.interrupt("data farm", open(2) + 1);
    sequencer.live(batch([bar(2)]), close(2));
    expect(out.take()).toEqual(["interrupted", "live 2", "covered 2-3"]);
  });

  it("keeps backfilling through an interruption", () => {
    const { sequencer, out } = holding(0);
    sequencer.history(batch(bars(0, 2)), open(2));
    sequencer.interrupt("cable", open(2));
    sequencer.release(open(2) + 1);
    expect(out.take()).toEqual(["backfill 0 1", "covered 0-2"]);
    expect(sequencer.state).toBe("backfilling");
    sequencer.resume(open(2) + 2);
    expect(out.take()).toEqual(["continuity 2", "live"]);
  });

  it("is not live while later slots are overdue already", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.tick(close(2) + 15_000);
    sequencer.tick(close(5));
    out.take();
    sequencer.history(batch([bar(2)]), close(5) + 1);
    expect(out.take()).toEqual(["repair 2", "repaired 2-3", "covered 2-3"]);
    sequencer.fetchEnded(span(2, 3), close(5) + 2);
    expect(sequencer.takeRequests().map(({ from }) => from)).toEqual([open(2), open(3)]);
    sequencer.history(batch(bars(3, 6)), close(5) + 3);
    expect(out.take().at(-1)).toBe("live");
  });

  it("wants all that closed when the stream has ended, even while the line is down", () => {
    const { sequencer } = upToDate(2);
    sequencer.interrupt("cable", open(2) + 1);
    sequencer.live(batch([bar(4, { volume: 1 })], forming), open(4) + 1);
    sequencer.finish(close(3));
    expect(sequencer.takeRequests()).toEqual([span(2, 4)]);
  });
});
