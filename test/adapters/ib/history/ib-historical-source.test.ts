// Goal: history tells the truth about the gateway's answers: what came, what is not there, what
// cannot be told apart yet, and what failed are four different things.
import { describe, expect, it } from "vitest";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import { MINUTE_MS, SECOND_MS } from "../../../../core/time/instant.ts";
import type { RecordingSink } from "../../../contracts/recording-sink.ts";
import { Stage } from "./history-fixture.ts";
import type { HistoryQuestion } from "./history-gateway.ts";

const faultOf = (sink: RecordingSink) => {
  const [outcome] = sink.outcomes;
  return outcome?.kind === "partial" || outcome?.kind === "failed" ? outcome.fault : undefined;
};

describe("asking for pages", () => {
  // Goal: the common warm-up costs one fast request, and no bar in progress comes of it.
  it("fetches 260 bars up to the present in one request with an empty end", () => {
    const stage = new Stage();
    const range = stage.lastSlots(260);
    const sink = stage.hear(range);
    expect(sink.delivered).toEqual(stage.barsIn(range));
    expect(sink.delivered).toHaveLength(260);
    expect(sink.claims.map((claim) => claim.range)).toEqual([range]);
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
    expect(sink.batches.map(({ batch }) => [batch.finality, batch.origin, batch.version])).toEqual([
      ["final", "backfill", 1],
    ]);
    expect(stage.questions).toEqual([
      {
        kind: "history",
        contract: ibContract({ conId: 42, symbol: "TEST", secType: "STK", exchange: "SMART" }),
        end: "",
        duration: "19 D",
        barSize: "15 mins",
        whatToShow: "TRADES",
        useRegularHours: true,
        formatDate: 2,
        keepUpToDate: false,
      },
    ]);
  });

  // Goal: the past is asked for up to a date, in UTC.
  it("asks with a dated end for a range that lies in the past", () => {
    const stage = new Stage();
    const range = stage.lastSlots(10, 40);
    const sink = stage.hear(range);
    expect(sink.delivered).toEqual(stage.barsIn(range));
    expect(stage.questions.map(({ end }) => end)).toEqual(["20240301-18:15:00"]);
  });

  // Goal: pages come newest first, each with its coverage, and join without a hole.
  it("goes back page by page", () => {
    const stage = new Stage({ options: { pageBars: 20 } });
    const range = stage.lastSlots(50);
    const sink = stage.hear(range);
    expect(sink.batches.map(({ batch }) => batch.bars.at(0).openTime)).toEqual(
      [...sink.batches.map(({ batch }) => batch.bars.at(0).openTime)].sort((a, b) => b - a),
    );
    expect([...sink.delivered].sort((a, b) => a.openTime - b.openTime)).toEqual(
      stage.barsIn(range),
    );
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
  });

  // Goal: several subscribers do not disturb each other.
  it("serves two openings at once", () => {
    const stage = new Stage();
    const ranges = [stage.lastSlots(30), stage.lastSlots(12, 100)];
    const sinks = ranges.map((range) => stage.open(range));
    while (sinks.some(({ outcomes }) => outcomes.length === 0) && stage.time.step());
    expect(sinks.map(({ delivered }) => delivered)).toEqual(
      ranges.map((each) => stage.barsIn(each)),
    );
  });

  // Goal: what nobody could answer is not asked.
  it("covers closed time without a request", () => {
    const stage = new Stage();
    const night = { from: stage.time.now() - 12 * 3_600_000, to: stage.time.now() - 6 * 3_600_000 };
    const sink = stage.hear(night);
    expect(sink.claims.map(({ range }) => range)).toEqual([night]);
    expect(sink.outcomes).toEqual([{ kind: "empty" }]);
    expect(stage.questions).toEqual([]);
  });

  it("says of what has not closed that it is too early", () => {
    const stage = new Stage();
    const sink = stage.hear({ from: stage.time.now(), to: stage.time.now() + 60 * MINUTE_MS });
    expect(sink.claims).toEqual([]);
    expect(sink.outcomes[0]?.kind).toBe("failed");
    expect(faultOf(sink)).toMatchObject({ code: "not-yet", retry: "later" });
  });

  it("fails as a value for a size that the gateway does not have", () => {
    const stage = new Stage({ size: "7m" });
    expect(faultOf(stage.hear(stage.lastSlots(3)))).toMatchObject({
      code: "invalid-bar-size",
      retry: "never",
    });
  });

  // Goal: a closed stream is silent, and the gateway is told.
  it("cancels at the gateway when it is closed", () => {
    const stage = new Stage();
    stage.link.script = undefined;
    const subscription = stage.source.open(
      { series: stage.series, ...stage.lastSlots(5) },
      { bars: never, coverage: never, event: never, end: never },
    );
    stage.time.advanceTo(stage.time.now() + 5_000);
    expect(stage.link.last.isCancelled).toBe(false);
    subscription.close();
    subscription.close();
    expect(stage.link.last.isCancelled).toBe(true);
    expect(stage.time.nextAt).toBeUndefined();
  });
});

const never = (): void => {
  throw new Error("nothing is said after close");
};

describe("answers without bars", () => {
  // Goal: a gateway that is wrong once does no harm.
  it("asks a second time before it believes that there is nothing", () => {
    const stage = new Stage();
    const range = stage.lastSlots(20);
    stage.link.script = (asked, index) => {
      asked.history(index === 0 ? [] : stage.rowsFor(asked.question as HistoryQuestion));
    };
    const sink = stage.hear(range);
    expect(sink.delivered).toEqual(stage.barsIn(range));
    expect(stage.questions).toHaveLength(2);
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
  });

  // Goal: what was seen outweighs what is said.
  it("does not believe it where older bars were seen", () => {
    const stage = new Stage();
    stage.hear(stage.lastSlots(5, 60));
    const asked = stage.questions.length;
    stage.link.script = (question) => question.history([]);
    const sink = stage.hear(stage.lastSlots(5));
    expect(sink.claims).toEqual([]);
    expect(sink.outcomes[0]?.kind).toBe("failed");
    expect(faultOf(sink)).toMatchObject({ code: "contradiction", retry: "soon" });
    expect(stage.questions).toHaveLength(asked + 2);
  });

  // Goal: where history begins in the middle of a range, the rest is empty, not missing.
  it("finds where history begins", () => {
    const stage = new Stage({ slots: 30 });
    const range = stage.lastSlots(80);
    const sink = stage.hear(range);
    expect(sink.delivered).toEqual(stage.barsIn(range));
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
    expect(sink.claims.at(-1)?.range.from).toBe(range.from);
    expect(stage.questions).toHaveLength(3);
  });
});

describe("the newest slots", () => {
  const withoutLast = (stage: Stage, isFormingShown: boolean): void => {
    const now = stage.time.now();
    const last = stage.lastSlots(1);
    stage.truth.splice(
      0,
      stage.truth.length,
      ...stage.truth.filter(({ openTime, closeTime }) => {
        return openTime !== last.from && (isFormingShown || closeTime <= now);
      }),
    );
  };

  // Goal: a bar that closed a moment ago may simply not be there yet.
  it("asks to come again for a slot that closed a moment ago", () => {
    const stage = new Stage({ now: "2024-03-05T15:15:05Z" });
    withoutLast(stage, false);
    const range = stage.lastSlots(10);
    const sink = stage.hear(range);
    expect(sink.delivered).toHaveLength(9);
    expect(faultOf(sink)).toMatchObject({ code: "not-yet", retry: "later" });
    expect(sink.claims.map((claim) => claim.range.to)).toEqual([stage.lastSlots(1).from]);
  });

  it("takes a later bar, the one in progress too, as proof that the slot had none", () => {
    const stage = new Stage({ now: "2024-03-05T15:15:05Z" });
    withoutLast(stage, true);
    const range = stage.lastSlots(10);
    const sink = stage.hear(range);
    expect(sink.delivered).toHaveLength(9);
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
    expect(sink.claims.map((claim) => claim.range)).toEqual([range]);
  });

  it("takes time as proof as well", () => {
    const stage = new Stage({ now: "2024-03-05T15:15:31Z" });
    withoutLast(stage, false);
    const sink = stage.hear(stage.lastSlots(10));
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
  });
});

describe("adjusted prices", () => {
  // Goal: the gateway refuses a dated end for them.
  it("asks for everything up to the present, in one request", () => {
    const stage = new Stage({ priceType: "adjusted", options: { pageBars: 10 } });
    const range = stage.lastSlots(30, 50);
    const sink = stage.hear(range);
    expect(sink.delivered).toEqual(stage.barsIn(range));
    expect(stage.questions.map(({ end, whatToShow }) => [end, whatToShow])).toEqual([
      ["", "ADJUSTED_LAST"],
    ]);
  });

  it("says what is out of reach, and delivers the rest", () => {
    const stage = new Stage({ priceType: "adjusted", size: "1m", slots: 3_000 });
    const range = stage.lastSlots(5_000);
    const sink = stage.hear(range);
    expect(sink.delivered.length).toBeGreaterThan(1_000);
    expect(faultOf(sink)).toMatchObject({ code: "out-of-reach", retry: "never" });
    expect(stage.questions.every(({ end }) => end === "")).toBe(true);
    const last = sink.claims.at(-1)!.range;
    expect(last.to - last.from).toBeGreaterThan(SECOND_MS);
  });
});
