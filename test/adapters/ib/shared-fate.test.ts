import { describe, expect, it } from "vitest";
import { SharedFate } from "../../../adapters/ib/shared-fate.ts";
import type { FeedFault, FeedOutcome } from "../../../core/feed/bar-source.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { FeedLog } from "../../support/feed-log.ts";
import { barAt, market } from "../../support/market.ts";
import { ScriptedSource } from "../../support/scripted-source.ts";

// Goal: a history or a live stream that is refused for good ends all streams of both with its own
// words, and nothing else that either says does.

const truth = market({ size: "1m", from: "2024-01-02T00:00:00Z", bars: 5 });
const { series } = truth;
const REFUSED: FeedFault = { code: "no-permission", message: "subscribe", retry: "never" };

function setUp() {
  const fate = new SharedFate();
  const below = { history: new ScriptedSource(series), live: new ScriptedSource(series) };
  const log = () => new FeedLog(new VirtualTime(0));
  const above = { history: fate.history(below.history), live: fate.live(below.live) };
  const logs = { history: log(), live: log() };
  above.history.open({ series }, logs.history);
  const subscription = above.live.open({ series }, logs.live);
  return { below, above, logs, log, subscription };
}

describe("SharedFate", () => {
  it.each<FeedOutcome["kind"]>(["failed", "partial"])(
    "ends the live streams when history ends %s for good",
    (kind) => {
      const { below, above, logs, log } = setUp();
      below.history.end({ kind, fault: REFUSED } as FeedOutcome);
      expect(logs.history.outcome).toEqual({ kind, fault: REFUSED });
      expect(logs.live.outcome).toEqual({ kind: "failed", fault: REFUSED });
      // Also those that are opened later, once.
      const later = log();
      above.live.open({ series }, later).close();
      expect(later.outcome).toEqual({ kind: "failed", fault: REFUSED });
      below.live.final(barAt(truth, 1));
      expect(logs.live.finals).toEqual([]);
    },
  );

  it.each<FeedOutcome>([
    { kind: "complete" },
    { kind: "empty" },
    { kind: "failed", fault: { ...REFUSED, retry: "soon" } },
    { kind: "partial", fault: { ...REFUSED, retry: "later" } },
  ])("passes everything on when history ends %j", (outcome) => {
    const { below, logs } = setUp();
    below.history.say([barAt(truth, 0)], { origin: "backfill" });
    below.history.cover(barAt(truth, 0).openTime, barAt(truth, 0).closeTime);
    below.history.end(outcome);
    below.live.status("live", "up");
    below.live.final(barAt(truth, 1));
    below.live.cover(barAt(truth, 1).openTime, barAt(truth, 1).closeTime);
    expect(logs.history.finals).toEqual([barAt(truth, 0)]);
    expect(logs.history.coverages).toHaveLength(1);
    expect(logs.live.finals).toEqual([barAt(truth, 1)]);
    expect([logs.live.states, logs.live.coverages.length]).toEqual([["live"], 1]);
    expect(logs.live.outcome).toBeUndefined();
  });

  it("ends what is asked of history when a live stream is refused for good, and all that is asked later", () => {
    const { below, above, logs, log } = setUp();
    below.live.end({ kind: "failed", fault: REFUSED });
    expect(logs.live.outcome).toEqual({ kind: "failed", fault: REFUSED });
    expect(logs.history.outcome).toEqual({ kind: "failed", fault: REFUSED });
    below.history.say([barAt(truth, 0)], { origin: "backfill" });
    expect(logs.history.finals).toEqual([]);
    const later = log();
    above.history.open({ series }, later).close();
    expect(later.outcome).toEqual({ kind: "failed", fault: REFUSED });
  });

  it("lets history go on when a live stream ends otherwise", () => {
    const { below, logs } = setUp();
    below.live.end({ kind: "failed", fault: { ...REFUSED, retry: "later" } });
    below.history.say([barAt(truth, 0)], { origin: "backfill" });
    expect(logs.history.finals).toEqual([barAt(truth, 0)]);
    expect(logs.history.outcome).toBeUndefined();
  });

  it("ends a stream that is refused while another is being opened, and closes what was opened", () => {
    const fate = new SharedFate();
    const log = () => new FeedLog(new VirtualTime(0));
    const live = new ScriptedSource(series);
    fate.live(live).open({ series }, log());
    let closed = 0;
    const history = fate.history({
      open: () => {
        live.end({ kind: "failed", fault: REFUSED });
        return { close: () => (closed += 1), pause: () => {}, resume: () => {} };
      },
    });
    const asked = log();
    history.open({ series }, asked);
    expect(asked.outcome).toEqual({ kind: "failed", fault: REFUSED });
    expect(closed).toBe(1);
  });

  it("lets a live stream end by itself, and be closed", () => {
    const { below, above, logs, log } = setUp();
    below.live.end({ kind: "complete" });
    expect(logs.live.outcome).toEqual({ kind: "complete" });
    const closed = log();
    above.live.open({ series }, closed).close();
    below.history.end({ kind: "failed", fault: REFUSED });
    expect(closed.outcome).toBeUndefined();
  });

  it("keeps what the live source says of itself", () => {
    const fate = new SharedFate();
    const implied = new ScriptedSource(series, { impliesFinals: true });
    expect(fate.live(implied).impliesFinals).toBe(true);
    expect(fate.live({ open: implied.open }).impliesFinals).toBe(false);
  });
});
