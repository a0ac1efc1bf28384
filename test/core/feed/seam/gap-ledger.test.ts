import { beforeEach, describe, expect, it } from "vitest";
import type { GapEvent } from "../../../../core/feed/feed-event.ts";
import { GapLedger } from "../../../../core/feed/seam/gap-ledger.ts";
import { close, open, SERIES, SLOTS, span } from "./seam-fixture.ts";

let events: GapEvent[] = [];
let ledger: GapLedger;
const told = (): string[] =>
  events.splice(0).map(({ outcome, range: { from, to }, reason }) => {
    const first = SLOTS.findIndex(({ openTime }) => openTime === from);
    const last = SLOTS.findIndex(({ closeTime }) => closeTime === to);
    return `${outcome} ${first}-${last}: ${reason}`;
  });

beforeEach(() => {
  events = [];
  ledger = new GapLedger(SERIES, (event) => events.push(event));
});

const EMPTY = "the source confirms that there was no bar";
const OVERDUE = "nothing was heard of it in time";
const REPAIRED = "it was found after all";

// Goal: every run of slots without a bar is told once, whole, with its outcome.
describe("GapLedger", () => {
  it("tells neighbors with one outcome as one event, over lunch too", () => {
    for (const index of [2, 3, 4]) ledger.empty(SLOTS[index]!);
    expect(told()).toEqual([]);
    ledger.flush();
    ledger.flush();
    expect(told()).toEqual([`empty 2-4: ${EMPTY}`]);
  });

  it("tells neighbors apart when outcome or reason differ", () => {
    ledger.giveUp(span(3, 4), "no permission");
    ledger.giveUp(span(4, 6), "too late");
    ledger.empty(SLOTS[2]!);
    expect([3, 4, 5, 6].map((index) => ledger.lost(SLOTS[index]!))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    ledger.found(SLOTS[6]!);
    expect(told()).toEqual([
      `empty 2-2: ${EMPTY}`,
      "lost 3-3: no permission",
      "lost 4-5: too late",
    ]);
  });

  it("is silent about a bar that nobody missed", () => {
    ledger.found(SLOTS[1]!);
    ledger.flush();
    expect(told()).toEqual([]);
  });

  it("suspects a range once, and tells that it was repaired", () => {
    ledger.suspect(span(1, 4));
    ledger.suspect(span(2, 3));
    ledger.found(SLOTS[1]!);
    ledger.found(SLOTS[2]!);
    ledger.empty(SLOTS[3]!);
    ledger.flush();
    expect(told()).toEqual([
      `suspected 1-3: ${OVERDUE}`,
      `repaired 1-2: ${REPAIRED}`,
      `empty 3-3: ${EMPTY}`,
    ]);
  });

  it("takes a slot for lost only when it was given up whole", () => {
    ledger.giveUp({ from: open(1) + 1, to: close(2) }, "half of it");
    expect(ledger.lost(SLOTS[1]!)).toBe(false);
    expect(ledger.lost(SLOTS[2]!)).toBe(true);
  });

  it("forgets what lies before an instant", () => {
    ledger.giveUp(span(1, 3), "gone");
    ledger.suspect(span(1, 3));
    ledger.dropBefore(open(2));
    expect(ledger.lost(SLOTS[2]!)).toBe(true);
    ledger.dropBefore(open(3));
    expect(ledger.lost(SLOTS[2]!)).toBe(false);
    ledger.suspect(span(1, 3));
    ledger.flush();
    expect(told()).toEqual([
      `suspected 1-2: ${OVERDUE}`,
      `suspected 1-2: ${OVERDUE}`,
      "lost 2-2: gone",
    ]);
  });
});
