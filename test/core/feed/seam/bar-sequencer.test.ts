import { describe, expect, it } from "vitest";
import { BarSequencer } from "../../../../core/feed/seam/bar-sequencer.ts";
import { InvariantError } from "../../../../core/time/failure.ts";
import {
  bar,
  bars,
  batch,
  close,
  GRID,
  holding,
  open,
  Script,
  SERIES,
  span,
  upToDate,
} from "./seam-fixture.ts";

const forming = { finality: "forming" } as const;
const IMPLIED = { impliedFinals: true };

// Goal: history and live become one order, each bar once, whatever comes first.
describe("BarSequencer: the hand-off", () => {
  it("holds everything until it is released, then sends it in the order of the grid", () => {
    const { sequencer, out } = holding(0);
    sequencer.live(batch([bar(3)]), close(3));
    sequencer.history(batch(bars(2, 3)), close(3));
    sequencer.history(batch(bars(0, 2)), close(3));
    sequencer.cover(span(0, 3), close(3));
    expect([out.take(), sequencer.backfilled]).toEqual([[], 3]);
    expect(sequencer.deadlineAfter(close(3))).toBeUndefined();
    sequencer.release(close(3));
    expect(out.take()).toEqual(["backfill 0 1 2", "live 3", "covered 0-4", "continuity 4", "live"]);
    expect([sequencer.state, sequencer.nextOpenTime, sequencer.backfilled]).toEqual([
      "live",
      open(4),
      0,
    ]);
    expect(out.released).toEqual(bars(0, 4));
  });

  it("is up to date at once, and certifies nothing, when there is no past to settle", () => {
    const { sequencer, out } = holding(4);
    sequencer.release(open(4));
    expect(out.take()).toEqual(["live"]);
    sequencer.live(batch([bar(4)]), close(4));
    expect(out.take()).toEqual(["live 4", "covered 4-5"]);
  });

  it("begins where it is told while it holds, and drops what lies before", () => {
    const { sequencer, out } = holding(4);
    sequencer.startAt(open(1));
    sequencer.history(batch(bars(1, 4)), open(4));
    sequencer.startAt(open(2));
    sequencer.history(batch([bar(0)]), open(4));
    sequencer.release(open(4));
    expect(out.take()).toEqual(["backfill 2 3", "covered 2-4", "continuity 2", "live"]);
    expect(() => sequencer.startAt(open(1))).toThrow(InvariantError);
  });

  it("begins with the last bars that history gave", () => {
    const { sequencer, out } = holding(0);
    sequencer.keepLast(2);
    expect(sequencer.nextOpenTime).toBe(open(0));
    sequencer.history(batch(bars(0, 4)), open(4));
    sequencer.keepLast(2);
    sequencer.release(open(4));
    expect(out.take()).toEqual(["backfill 2 3", "covered 2-4", "continuity 2", "live"]);
  });

  it("begins after slots without a bar, and with them calls nothing a gap", () => {
    const { sequencer, out } = holding(0);
    sequencer.history(batch([bar(2)]), open(3));
    sequencer.cover(span(0, 3), open(3));
    sequencer.release(open(3));
    expect(out.take()).toEqual(["backfill 2", "covered 0-3", "continuity 1", "live"]);
    sequencer.history(batch([bar(1)]), open(3));
    expect(out.take()).toEqual([]);
  });

  it("asks at once for what closed while the backfill went on", () => {
    const { sequencer, out } = holding(0);
    sequencer.history(batch(bars(0, 2)), open(2));
    sequencer.release(close(3));
    expect(out.take()).toEqual(["backfill 0 1", "covered 0-2", "suspected 2-<4"]);
    expect(sequencer.takeRequests()).toEqual([span(2, 4)]);
    expect(sequencer.takeRequests()).toEqual([]);
    sequencer.history(batch(bars(2, 4)), close(3));
    expect(out.take()).toEqual([
      "backfill 2 3",
      "repaired 2-<4",
      "covered 2-4",
      "continuity 4",
      "live",
    ]);
    sequencer.fetchEnded(span(2, 4), close(3));
    expect([out.take(), sequencer.takeRequests()]).toEqual([[], []]);
  });
});

// Goal: a bar is final when its time is over and its source said so, or can say no more.
describe("BarSequencer: finality", () => {
  it("never sends a restatement of a source that calls its bars final", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.live(batch([bar(2, { volume: 5 })], forming), close(2) - 1);
    sequencer.live(batch([bar(3, { volume: 5 })], forming), open(3) + 1);
    sequencer.tick(close(2) + 2_999);
    expect(out.take()).toEqual([]);
    sequencer.tick(close(2) + 3_000);
    expect([out.take(), sequencer.takeRequests()]).toEqual([["suspected 2-3"], [span(2, 3)]]);
  });

  it("takes the last restatement where finals are implied, after the grace", () => {
    const { sequencer, out } = upToDate(2, IMPLIED);
    sequencer.live(batch([bar(2, { volume: 5 })], forming), open(2) + 1);
    sequencer.live(batch([bar(2)], forming), close(2) - 30_000);
    sequencer.live(batch([bar(3)], forming), close(2) + 1);
    expect(out.take()).toEqual([]);
    sequencer.tick(close(2) + 3_000);
    expect(out.take()).toEqual(["live 2", "covered 2-3"]);
    expect(out.released.at(-1)).toEqual(bar(2));
  });

  it("asks history when the last restatement came long before the close", () => {
    const { sequencer } = upToDate(2, IMPLIED);
    sequencer.live(batch([bar(2)], forming), close(2) - 30_001);
    sequencer.tick(close(2) + 3_000);
    expect(sequencer.takeRequests()).toEqual([span(2, 3)]);
  });

  it("asks history all the same when a newer bar shows that the source went on speaking", () => {
    const { sequencer, out } = upToDate(2, IMPLIED);
    sequencer.live(batch([bar(2, { volume: 5 })], forming), open(2) + 60_000);
    sequencer.live(batch([bar(3, { volume: 1 })], forming), open(3) + 1_000);
    sequencer.tick(close(2) + 3_000);
    expect([out.take(), sequencer.takeRequests()]).toEqual([["suspected 2-3"], [span(2, 3)]]);
  });

  it("does not trust what was forming when the line broke, nor anything while it is down", () => {
    const { sequencer, out } = upToDate(2, IMPLIED);
    sequencer.live(batch([bar(2)], forming), close(2) - 2);
    sequencer.interrupt("cable", close(2) - 1);
    sequencer.live(batch([bar(3)], forming), open(3) + 1);
    sequencer.tick(close(2) + 3_000);
    expect([out.take(), sequencer.takeRequests()]).toEqual([["interrupted"], []]);
    sequencer.resume(close(2) + 3_500);
    expect(out.take()).toEqual(["recovering", "suspected 2-3"]);
    expect(sequencer.takeRequests()).toEqual([span(2, 3)]);
  });

  it("waits for more proof when a bar is called final before its close by our clock", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.live(batch([bar(2)]), close(2) - 1);
    sequencer.tick(close(2));
    expect(out.take()).toEqual([]);
    sequencer.tick(close(2) + 3_000);
    expect(out.take()).toEqual(["live 2", "covered 2-3"]);
  });

  it("takes no bar in progress from history, whatever history calls it", () => {
    for (const finality of ["final", "forming"] as const) {
      const { sequencer, out } = upToDate(2, IMPLIED);
      sequencer.history(batch([bar(2, { volume: 5 })], { finality }), close(2) - 10_000);
      sequencer.tick(close(2) + 3_000);
      expect([out.take(), sequencer.takeRequests()]).toEqual([["suspected 2-3"], [span(2, 3)]]);
    }
  });

  it("takes a restatement of history for no sign of life of the stream", () => {
    const { sequencer } = upToDate(2, { ...IMPLIED, quietMs: 0 });
    sequencer.live(batch([bar(2, { volume: 5 })], forming), close(2) - 10_000);
    sequencer.history(batch([bar(3, { volume: 5 })], forming), close(2) + 1);
    sequencer.tick(close(2) + 3_000);
    expect(sequencer.takeRequests()).toEqual([span(2, 3)]);
  });

  it("lets the stream restate what history showed of a bar in progress", () => {
    const { sequencer, out } = upToDate(2, IMPLIED);
    sequencer.history(batch([bar(2, { volume: 500 })]), open(2) + 10);
    sequencer.live(batch([bar(2)], forming), close(2) - 1);
    sequencer.tick(close(2) + 3_000);
    expect(out.take()).toEqual(["live 2", "covered 2-3"]);
    expect(out.released.at(-1)).toEqual(bar(2));
  });
});

// Goal: what cannot come in is reported and never stops the stream.
describe("BarSequencer: refusals", () => {
  it("reports a bad bar and goes on with the rest of its batch", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.live(batch([bar(2, { high: 1 }), bar(2)]), close(2));
    expect(out.take()).toEqual(["high-below-low 2", "live 2", "covered 2-3"]);
  });

  it("reports bars of the stream beyond what it may hold, and asks for them again", () => {
    const { sequencer, out } = upToDate(1, { heldBars: 2 });
    sequencer.live(batch([bar(2), bar(3)]), close(3));
    sequencer.live(batch([bar(3)]), close(3));
    sequencer.live(batch([bar(4)]), close(4));
    expect(out.take().filter((line) => line.startsWith("overflow"))).toEqual(["overflow 4"]);
  });

  it("always has room for the very bar that everything waits for", () => {
    const { sequencer, out } = upToDate(1, { heldBars: 2 });
    sequencer.live(batch([bar(2), bar(3)]), close(3));
    out.take();
    sequencer.live(batch([bar(1)]), close(3));
    expect(out.released).toEqual(bars(0, 4));
  });

  it("refuses no bar of history for want of room: it was asked for", () => {
    const { sequencer, out } = holding(0, { heldBars: 2 });
    sequencer.history(batch(bars(2, 4)), open(4));
    sequencer.history(batch(bars(0, 2)), open(4));
    sequencer.cover(span(0, 4), open(4));
    sequencer.release(open(4));
    expect(out.released).toEqual(bars(0, 4));
  });

  it("names the side that is taken in a conflict", () => {
    const { sequencer, out } = holding(0);
    sequencer.history(batch([bar(0)]), open(4));
    sequencer.live(batch([bar(0, { close: 100.5 })]), open(4));
    sequencer.live(batch([bar(1)]), open(4));
    sequencer.history(batch([bar(1, { close: 101.5 })]), open(4));
    sequencer.live(batch([bar(2)], { version: 2 }), open(4));
    sequencer.history(batch([bar(2, { close: 102.5 })]), open(4));
    expect(out.take()).toEqual(["conflict 0", "conflict 1", "conflict 2"]);
    const reasons = out.events.map((event) => (event as { reason?: string }).reason);
    expect(reasons[0]).toMatch(/history/);
    expect(reasons[1]).toMatch(/history/);
    expect(reasons[2]).not.toMatch(/history is taken/);
  });
});

// Goal: a bar that comes again is no second bar.
describe("BarSequencer: after the release", () => {
  it("absorbs a repetition and tells a correction with its version", () => {
    const { sequencer, out } = upToDate(3);
    sequencer.live(batch([bar(1)]), open(3));
    sequencer.history(batch([bar(1, { close: 101.5 })]), open(3));
    sequencer.history(batch([bar(1, { close: 101.25 })]), open(3));
    expect(out.take()).toEqual(["revision 1 v2 101.5", "revision 1 v3 101.25"]);
  });

  it("reports what the stream says against history, and what is too old to be judged", () => {
    const { sequencer, out } = upToDate(4, { rememberedBars: 2 });
    sequencer.live(batch([bar(3, { close: 103.5 })]), open(4));
    sequencer.history(batch([bar(1, { close: 101.5 })]), open(4));
    expect(out.take()).toEqual(["conflict 3", "too-old 1"]);
  });

  it("takes no restatement that lagged behind a bar called final for its correction", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.live(batch([bar(2)]), close(2));
    out.take();
    sequencer.live(batch([bar(2, { close: 102.5 })], forming), close(2) + 1);
    expect(out.take()).toEqual([]);
  });

  it("corrects what restatements were taken for when a larger one lagged", () => {
    const { sequencer, out } = upToDate(2, IMPLIED);
    sequencer.live(batch([bar(2)], forming), close(2) - 1);
    sequencer.tick(close(2) + 3_000);
    out.take();
    sequencer.live(batch([bar(2, { volume: 31 })], forming), close(2) + 3_001);
    expect(out.take()).toEqual(["revision 2 v2 103"]);
  });

  it("does not let the first version undo a correction that overtook it", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.live(batch([bar(2, { close: 102.5 })], { version: 2 }), close(2));
    sequencer.live(batch([bar(2)]), close(2) + 5);
    expect(out.take().filter((line) => line.startsWith("revision"))).toEqual([]);
  });

  it("tells of a bar of a slot that had been passed over", () => {
    const { sequencer, out } = upToDate(2);
    sequencer.cover(span(2, 3), close(2));
    expect(out.take()).toEqual(["empty 2-3", "covered 2-3"]);
    sequencer.live(batch([bar(2)]), close(2) + 1);
    expect(out.take()).toEqual(["revision 2 v2 103"]);
  });
});

// Goal: past the calendar's end nothing is expected, and nothing hangs.
describe("BarSequencer: the end of the calendar", () => {
  it("settles the last slot and covers to its close", () => {
    const { sequencer, out } = upToDate(15);
    sequencer.live(batch([bar(15)]), close(15));
    expect(out.take()).toEqual(["live 15", "covered 15-<16"]);
    expect(sequencer.nextOpenTime).toBeUndefined();
    expect(sequencer.deadlineAfter(close(15))).toBeUndefined();
    sequencer.tick(close(15) + 1e9);
    sequencer.live(batch([bar(15, { close: 115.5 })], { version: 2 }), close(15) + 1e9);
    expect(out.take()).toEqual(["revision 15 v2 115.5"]);
    expect(sequencer.state).toBe("live");
  });

  it("is live from the start where no slot is left", () => {
    const out = new Script();
    const sequencer = new BarSequencer(SERIES, GRID, close(15), out);
    sequencer.startAt(close(15));
    sequencer.release(close(15));
    expect(out.take()).toEqual(["live"]);
  });

  it("waits for the first slot where none has closed yet", () => {
    const { sequencer, out } = holding(0);
    sequencer.release(open(0) - 1_000);
    expect(out.take()).toEqual(["live"]);
    expect(sequencer.deadlineAfter(open(0) - 1_000)).toBe(close(0));
  });
});
