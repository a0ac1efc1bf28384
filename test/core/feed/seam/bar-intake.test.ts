import { describe, expect, it } from "vitest";
import { series } from "../../../../core/market/series.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { bar, bars, batch, close, holding, open, SERIES, span, upToDate } from "./seam-fixture.ts";

// Goal: where history shows what cannot be, its coverage does not mean that nothing traded there;
// and only there.
describe("BarIntake: what history shows that cannot be", () => {
  const impossible = bar(2, { high: 1 });

  it("makes the slot of an impossible bar lost, not empty", () => {
    const { sequencer, out } = holding(0);
    sequencer.history(batch([bar(0), bar(1), impossible, bar(3)]), close(3));
    sequencer.cover(span(0, 4), close(3));
    sequencer.release(close(3));
    expect(out.take().filter((line) => /lost|empty/.test(line))).toEqual(["lost 2-3"]);
  });

  it("takes the bar after all when the stream has it", () => {
    const { sequencer, out } = holding(0);
    sequencer.live(batch([bar(2)]), close(2));
    sequencer.history(batch([bar(0), bar(1), impossible, bar(3)]), close(3));
    sequencer.cover(span(0, 4), close(3));
    sequencer.release(close(3));
    expect(out.released).toEqual(bars(0, 4));
  });

  it("says nothing of slots from a bar of another series, off the grid, or not closed", () => {
    const other = series(SERIES.instrument, barSize("5m"));
    for (const wrong of [
      batch([bar(2)], { series: other }),
      batch([bar(2, { openTime: open(2) + 1 })]),
    ]) {
      const { sequencer, out } = upToDate(2);
      sequencer.history(wrong, close(2));
      sequencer.cover(span(2, 3), close(2));
      expect(out.take().at(-2)).toBe("empty 2-3");
    }
    const { sequencer, out } = upToDate(2);
    sequencer.history(batch([impossible]), close(2) - 1);
    sequencer.cover(span(2, 3), close(2));
    expect(out.take().at(-2)).toBe("empty 2-3");
  });
});

// Goal: a clock that is a little behind the source's costs no request, and half a bar never passes.
describe("BarIntake: what is called final before our clock says so", () => {
  const strict = { quietMs: 0, graceMs: 3_000 };

  it.each([
    ["within the grace before the close", 3_000, ["live 2", "covered 2-3"]],
    ["earlier than that", 3_001, []],
  ])("goes by how early it came: %s", (_case, earlyMs, said) => {
    const { sequencer, out } = upToDate(2, strict);
    sequencer.live(batch([bar(2)]), close(2) - earlyMs);
    sequencer.tick(close(2) + 3_000);
    expect(out.take().filter((word) => /^(live |covered)/.test(word))).toEqual(said);
  });
});

// Goal: a bar that was called final long before our clock says so is whole when the stream itself
// has gone on to a later one, and only then.
describe("BarIntake: what is called final long before our clock says so", () => {
  const strict = { quietMs: 0, graceMs: 3_000 };
  const forming = { finality: "forming" } as const;
  const heard = (words: string[]) => words.filter((word) => /^(live |suspected)/.test(word));

  it("is released where a later bar of the stream followed", () => {
    const { sequencer, out } = upToDate(2, strict);
    sequencer.live(batch([bar(2)]), close(2) - 20_000);
    sequencer.live(batch([bar(3, { volume: 5 })], forming), close(2) - 10_000);
    sequencer.tick(close(2) + 3_000);
    expect(heard(out.take())).toEqual(["live 2"]);
  });

  it("is looked up where only an earlier bar, or one of history, followed", () => {
    for (const speaker of ["live", "history"] as const) {
      const { sequencer, out } = upToDate(2, strict);
      sequencer.live(batch([bar(2)]), close(2) - 20_000);
      const follower = speaker === "live" ? bar(1) : bar(3, { volume: 5 });
      sequencer[speaker](batch([follower], forming), close(2) - 10_000);
      sequencer.tick(close(2) + 3_000);
      expect(heard(out.take())).toEqual(["suspected 2-3"]);
    }
  });

  it("still counts as followed when the stream then says an earlier bar again", () => {
    const { sequencer, out } = upToDate(2, strict);
    sequencer.live(batch([bar(2)]), close(2) - 20_000);
    sequencer.live(batch([bar(3, { volume: 5 }), bar(1)], forming), close(2) - 10_000);
    sequencer.tick(close(2) + 3_000);
    expect(heard(out.take())).toEqual(["live 2"]);
  });
});

// Goal: closed time between two ranges of coverage is nothing to ask for.
describe("BarSequencer: coverage on both sides of a break", () => {
  it("asks for the missing slot and not for the break", () => {
    const { sequencer } = upToDate(2);
    sequencer.interrupt("cable", open(2));
    sequencer.cover(span(3, 4), close(5));
    sequencer.cover(span(4, 6), close(5));
    sequencer.resume(close(5) + 3_000);
    expect(sequencer.takeRequests()).toEqual([{ from: open(2), to: close(2) }]);
  });
});
