// Goal: only what the gateway said after a close counts as the last word of a bar, however late
// anything is heard.
import { describe, expect, it } from "vitest";
import { Fence } from "../../../../adapters/ib/live/fence.ts";
import type { UnixMs } from "../../../../core/time/instant.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { FakeLink } from "./fake-link.ts";

const CLOSE = 1_709_600_400_000;

/** A link whose gateway answers when it is told to. */
class SlowLink extends FakeLink {
  readonly heard: ((toldAt: UnixMs | undefined) => void)[] = [];

  override sync(heard: (toldAt: UnixMs | undefined) => void): void {
    this.heard.push(heard);
  }
}

function fence() {
  const time = new VirtualTime(CLOSE - 60_000);
  const link = new SlowLink(time);
  return { time, link, fence: new Fence(link) };
}

describe("a fence", () => {
  it("asks at the close, once, and is past it with the answer", () => {
    const { time, link, fence: under } = fence();
    under.await(CLOSE);
    under.await(CLOSE);
    time.advanceTo(CLOSE - 1);
    expect(link.heard).toHaveLength(0);
    time.advanceTo(CLOSE + 5_000);
    expect(link.heard).toHaveLength(1);
    expect(under.isPast(CLOSE)).toBe(false);
    link.heard[0]!(CLOSE);
    expect(under.isPast(CLOSE)).toBe(true);
    expect(under.isPast(CLOSE - 60_000)).toBe(true);
    expect(under.isPast(CLOSE + 60_000)).toBe(false);
    expect(time.nextAt).toBeUndefined();
  });

  it("asks again while the gateway has not reached the close", () => {
    const { time, link, fence: under } = fence();
    under.await(CLOSE);
    time.advanceTo(CLOSE);
    link.heard[0]!(CLOSE - 1_000);
    expect(under.isPast(CLOSE)).toBe(false);
    time.advanceTo(CLOSE + 200);
    expect(link.heard).toHaveLength(2);
    link.heard[1]!(CLOSE);
    expect(under.isPast(CLOSE)).toBe(true);
  });

  it("believes everything where the gateway does not tell its time", () => {
    const { time, link, fence: under } = fence();
    under.await(CLOSE);
    time.advanceTo(CLOSE);
    link.heard[0]!(undefined);
    expect(under.isPast(CLOSE)).toBe(true);
  });

  it("does not ask about an old close once a newer one is waited for", () => {
    const { time, link, fence: under } = fence();
    under.await(CLOSE);
    time.advanceTo(CLOSE);
    under.await(CLOSE + 60_000);
    link.heard[0]!(CLOSE - 1_000);
    time.advanceTo(CLOSE + 59_999);
    expect(link.heard).toHaveLength(1);
    time.advanceTo(CLOSE + 60_000);
    expect(link.heard).toHaveLength(2);
  });

  it("knows nothing of a subscription that is over, and leaves no timer behind", () => {
    const { time, link, fence: under } = fence();
    under.await(CLOSE);
    time.advanceTo(CLOSE);
    under.await(CLOSE + 60_000);
    under.leave();
    link.heard[0]!(CLOSE);
    expect(under.isPast(CLOSE)).toBe(false);
    expect(time.nextAt).toBeUndefined();
    under.await(CLOSE + 60_000);
    time.advanceTo(CLOSE + 60_000);
    expect(link.heard).toHaveLength(2);
  });
});
