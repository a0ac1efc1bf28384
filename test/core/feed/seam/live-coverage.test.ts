import { describe, expect, it } from "vitest";
import { splice } from "../../../../core/feed/seam/splice.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { bar, close, GRID, open, Script, SERIES, span, TellingSource } from "./seam-fixture.ts";

// Goal: a stream that calls its bars final is believed where it says that a slot had none, and no
// other stream is.

function listening(impliesFinals: boolean) {
  const time = new VirtualTime(open(4) + 60_000);
  const live = new TellingSource(SERIES, { impliesFinals });
  const history = new TellingSource(SERIES);
  const out = new Script();
  const source = splice({ history, live, grid: () => GRID, clock: time });
  source.open(
    { series: SERIES },
    {
      bars: (batch) => out.bars(batch),
      coverage: (range) => out.coverage(range),
      event: (event) => out.event(event),
      end: () => {},
    },
  );
  return { time, live, history, out };
}

describe("live coverage", () => {
  it("settles a slot without a bar where the stream calls bars final", () => {
    const { time, live, history, out } = listening(false);
    time.advanceTo(close(4));
    live.final(bar(4));
    time.advanceTo(close(5));
    live.cover(open(5), close(5));
    time.advanceTo(close(6));
    live.final(bar(6));
    expect(out.take().filter((word) => /^(empty|live |suspected)/.test(word))).toEqual([
      "live 4",
      "empty 5-6",
      "live 6",
    ]);
    time.advanceTo(close(6) + 60_000);
    expect(history.queries.filter(({ from }) => from! >= open(4))).toEqual([]);
  });

  it("settles nothing where it calls none final", () => {
    const { time, live, history } = listening(true);
    time.advanceTo(close(4));
    live.cover(open(4), close(4));
    time.advanceTo(close(4) + 3_000);
    expect(history.queries).toMatchObject([span(4, 5)]);
  });
});
