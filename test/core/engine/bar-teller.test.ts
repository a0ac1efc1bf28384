import { describe, expect, it } from "vitest";
import { BarTeller } from "../../../core/engine/bar-teller.ts";
import { IndicatorSlot } from "../../../core/engine/indicator-slot.ts";
import { SeriesFeed } from "../../../core/engine/series-feed.ts";
import { bollinger } from "../../../core/indicators/bollinger.ts";
import { sma } from "../../../core/indicators/sma.ts";
import type { RunObserver } from "../../../core/journal/run-observer.ts";
import { bars, batch, SERIES } from "../feed/seam/seam-fixture.ts";

function feed(): SeriesFeed {
  const made = new SeriesFeed(SERIES, 10);
  made.add(new IndicatorSlot("average", sma(2), "close"));
  made.add(new IndicatorSlot("bands", bollinger(3, 2), "close"));
  return made;
}

// Goal: every bar has a number of its own, and is shown with what came of it once there is a value.
describe("a bar teller", () => {
  it("numbers bars, and shows each with every line of every indicator that is ready", () => {
    const lines: string[] = [];
    const observer = {
      bar: (seq: number, _series: unknown, _bar: unknown, origin: string, version: number) =>
        lines.push(`${seq} ${origin} v${version}`),
      indicator: (seq: number, name: string) => lines.push(`${seq} ${name}`),
    } as unknown as RunObserver;
    const teller = new BarTeller(observer);
    const of = feed();
    const told = batch(bars(0, 3), { origin: "repair", version: 2 });
    for (let index = 0; index < 3; index += 1) {
      of.update(told.bars, index);
      teller.tell(of, told, index);
    }
    const names = bollinger(3, 2).lines.map((line) => `3 bands.${line}`);
    expect(lines).toEqual([
      "1 repair v2",
      "2 repair v2",
      "2 average",
      "3 repair v2",
      "3 average",
      ...names,
    ]);
    expect(teller.seq).toBe(3);
  });

  it("numbers them though nobody looks", () => {
    const teller = new BarTeller(undefined);
    const told = batch(bars(0, 1));
    teller.tell(feed(), told, 0);
    expect(teller.seq).toBe(1);
  });
});
