// Goal: that there is nothing is believed where something speaks for it other than the gateway's
// word, or where it says nothing else for long; a gateway that is wrong never leads to a hole.
import { describe, expect, it } from "vitest";
import { instant, MINUTE_MS } from "../../../../core/time/instant.ts";
import type { RecordingSink } from "../../../contracts/recording-sink.ts";
import type { ScriptedQuestion } from "../../../support/scripted-ib-link.ts";
import { Stage, type StageOptions } from "./history-fixture.ts";
import type { HistoryQuestion } from "./history-gateway.ts";

const faultOf = (sink: RecordingSink) => {
  const [outcome] = sink.outcomes;
  return outcome?.kind === "partial" || outcome?.kind === "failed" ? outcome.fault : undefined;
};

/** A gateway that calls every page of the series empty, and is honest in all else. */
function denying(options: StageOptions = {}): Stage {
  const stage = new Stage(options);
  const { script } = stage.link;
  const size = stage.series.size.label;
  stage.link.script = (asked, index) => {
    if (isPage(asked, size)) asked.history([]);
    else script!(asked, index);
  };
  return stage;
}

const NAMES: Readonly<Record<string, string>> = {
  "5s": "5 secs",
  "30s": "30 secs",
  "1m": "1 min",
  "15m": "15 mins",
  "1d": "1 day",
};
const isPage = ({ question }: ScriptedQuestion, size: string): boolean =>
  question.kind === "history" && question.barSize === NAMES[size];

describe("an empty answer where history is said to have begun", () => {
  it.each([260, 20, 1])("is not believed of %i slots", (slots) => {
    const stage = denying();
    const range = stage.lastSlots(slots);
    const sink = stage.hear(range);
    expect(sink.claims).toEqual([]);
    expect(sink.outcomes[0]?.kind).toBe("failed");
    expect(faultOf(sink)).toMatchObject({ code: "no-data-yet", retry: "later" });
    expect(stage.questions).toHaveLength(2);
    expect(stage.beginningsAsked).toBe(1);
  });

  // Goal: the seam may ask again for hours: it costs no more than asking, and is never believed.
  it("is not believed for as long as it takes, and it is asked once when history begins", () => {
    const stage = denying();
    const honest = new Stage();
    const range = stage.lastSlots(260);
    for (let tries = 0; tries < 100; tries += 1) {
      expect(faultOf(stage.hear(range))?.code).toBe("no-data-yet");
      stage.time.advanceTo(stage.time.now() + MINUTE_MS);
    }
    expect(stage.beginningsAsked).toBe(1);
    stage.link.script = (asked) => stage.gateway.reply(asked, stage.time.now());
    expect(stage.hear(range).delivered).toEqual(honest.barsIn(range));
  });

  it("leaves what was had before as it is", () => {
    const stage = new Stage({ options: { pageBars: 20 }, habits: { mostRows: 30 } });
    const { script } = stage.link;
    stage.link.script = (asked, index) => {
      if (index > 0 && isPage(asked, "15m")) asked.history([]);
      else script!(asked, index);
    };
    const range = stage.lastSlots(100);
    const sink = stage.hear(range);
    expect(sink.outcomes[0]?.kind).toBe("partial");
    expect(faultOf(sink)?.retry).toBe("later");
    expect(sink.claims).toHaveLength(1);
    expect(sink.delivered).toEqual(stage.barsIn(sink.claims[0]!.range));
  });

  it("is not believed of adjusted prices, which begin with the trades", () => {
    const stage = denying({ priceType: "adjusted" });
    expect(faultOf(stage.hear(stage.lastSlots(50)))?.code).toBe("no-data-yet");
    const heads = stage.link.asked.filter(({ question }) => question.kind === "head-timestamp");
    expect(heads.map(({ question }) => question)).toMatchObject([{ whatToShow: "TRADES" }]);
  });

  it("is not believed of daily bars", () => {
    const stage = denying({ size: "1d", slots: 300 });
    expect(faultOf(stage.hear(stage.lastSlots(260)))?.code).toBe("no-data-yet");
  });
});

describe("an empty answer before history begins", () => {
  // Goal: a contract that is new costs one question more, and only once.
  it("is believed at once, and the whole range before it is covered", () => {
    const stage = new Stage({ slots: 30 });
    const range = stage.lastSlots(260);
    const sink = stage.hear(range);
    expect(sink.delivered).toEqual(stage.barsIn(range));
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
    expect(sink.claims.at(-1)?.range.from).toBe(range.from);
    expect(stage.beginningsAsked).toBe(1);
    stage.hear(stage.lastSlots(20, 100));
    expect(stage.beginningsAsked).toBe(1);
  });

  it("is believed where bars are so small that they are not kept any more", () => {
    const stage = denying({ calendar: "24/7", size: "30s", slots: 600 });
    const old = new Stage({ calendar: "24/7", size: "30s", now: "2023-09-01T00:00:00Z" });
    const range = old.lastSlots(50);
    const { script } = stage.link;
    stage.link.script = (asked, index) => {
      const { question, requestId } = asked;
      if (question.kind !== "head-timestamp") script!(asked, index);
      else asked.event({ kind: "head-timestamp", requestId, time: "20000103  14:30:00" });
    };
    const sink = stage.hear(range);
    expect(sink.outcomes).toEqual([{ kind: "empty" }]);
    expect(sink.claims.map((claim) => claim.range)).toEqual([range]);
  });
});

describe("an empty answer long after history began", () => {
  const SLOTS = 9_000;

  /** Keeps only the bars of which so many slots lie between them and the present. */
  const keepOlder = (stage: Stage, slots: number): void => {
    const { from } = stage.lastSlots(slots);
    stage.truth.splice(
      0,
      stage.truth.length,
      ...stage.truth.filter(({ openTime }) => openTime < from),
    );
  };

  it.each([
    ["5s", "1 hour"],
    ["1m", "4 hours"],
  ])("is not believed where larger bars lie there: %s", (size, larger) => {
    const stage = denying({ calendar: "24/7", size, slots: SLOTS });
    const sink = stage.hear(stage.lastSlots(100));
    expect(faultOf(sink)?.code).toBe("no-data-yet");
    expect(sink.claims).toEqual([]);
    expect(stage.questions.map(({ barSize }) => barSize)).toEqual([
      NAMES[size],
      NAMES[size],
      larger,
    ]);
  });

  // Goal: what hardly ever trades is no reason to wait for ever.
  it.each(["5s", "1m"])("is believed where all larger bars are older: %s", (size) => {
    const stage = new Stage({ calendar: "24/7", size, slots: SLOTS });
    keepOlder(stage, 7_500);
    const range = stage.lastSlots(100, 50);
    const sink = stage.hear(range);
    expect(sink.outcomes).toEqual([{ kind: "empty" }]);
    expect(sink.claims.map((claim) => claim.range)).toEqual([range]);
  });

  it("is not believed where the gateway denies larger bars as well, or refuses them", () => {
    for (const isRefused of [false, true]) {
      const stage = new Stage({ calendar: "24/7", size: "1m", slots: SLOTS });
      const { script } = stage.link;
      stage.link.script = (asked, index) => {
        if (asked.question.kind !== "history") script!(asked, index);
        else if (isRefused && asked.question.barSize === "4 hours") {
          asked.fail({ code: "invalid-request", message: "no", retry: "never", ibCode: 162 });
        } else asked.history([]);
      };
      expect(faultOf(stage.hear(stage.lastSlots(100)))?.code).toBe("no-data-yet");
    }
  });
});

// Goal: at the opening of a week nothing that may be asked for in the smallest bars reaches the
// week before, and a market that is late to trade must not stop a run.
describe("behind a weekend, in the smallest bars", () => {
  const quietSince = (now: string): Stage => {
    const habits = { seconds: "clock" } as const;
    const stage = new Stage({ calendar: "FX", size: "5s", now, habits });
    const opening = instant("2024-03-03T22:00:00Z");
    const older = stage.truth.filter(({ openTime }) => openTime < opening);
    stage.truth.splice(0, stage.truth.length, ...older);
    expect(older.length).toBeGreaterThan(100);
    return stage;
  };

  it.each([
    ["a minute is believed to be empty when it is told twice", "2024-03-03T22:01:30Z", 2, 2_000],
    ["minutes are when it is told for 40 seconds", "2024-03-03T22:06:00Z", 5, 60_000],
  ])("%s", (_case, now, questions, withinMs) => {
    const stage = quietSince(now);
    const start = stage.time.now();
    const range = stage.lastSlots(10, 7);
    const sink = stage.hear(range);
    expect(sink.outcomes).toEqual([{ kind: "empty" }]);
    expect(sink.claims.map((claim) => claim.range)).toEqual([range]);
    expect(stage.questions).toHaveLength(questions);
    expect(stage.time.now() - start).toBeLessThan(withinMs);
  });
});

describe("where nobody says when history begins", () => {
  const withoutHead = (reply: (asked: ScriptedQuestion) => void): Stage => {
    const stage = new Stage();
    stage.link.script = (asked) => {
      if (asked.question.kind === "history") asked.history([]);
      else reply(asked);
    };
    return stage;
  };
  const refuse = (asked: ScriptedQuestion): void =>
    asked.fail({ code: "history-failed", message: "no head", retry: "soon", ibCode: 162 });

  it.each([
    ["refused", refuse],
    [
      "told in no words",
      (asked: ScriptedQuestion) =>
        asked.event({ kind: "head-timestamp", requestId: asked.requestId, time: "long ago" }),
    ],
    ["never told", () => {}],
  ])("an empty answer is believed after 40 seconds and four times: %s", (_how, reply) => {
    const stage = withoutHead(reply);
    const start = stage.time.now();
    const range = stage.lastSlots(260);
    const sink = stage.hear(range);
    expect(sink.outcomes).toEqual([{ kind: "empty" }]);
    expect(sink.claims.map((claim) => claim.range)).toEqual([range]);
    expect(stage.time.now() - start).toBeGreaterThanOrEqual(40_000);
    expect(stage.time.now() - start).toBeLessThan(120_000);
    expect(stage.questions.length).toBeGreaterThanOrEqual(4);
  });

  it("is not believed when bars appear in the meantime", () => {
    const stage = withoutHead(refuse);
    const { script } = stage.link;
    stage.link.script = (asked, index) => {
      const { question } = asked;
      if (stage.questions.length < 4 || question.kind !== "history") script!(asked, index);
      else asked.history(stage.rowsFor(question as HistoryQuestion));
    };
    const range = stage.lastSlots(260);
    const sink = stage.hear(range);
    expect(sink.delivered).toEqual(stage.barsIn(range));
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
  });

  it("is never believed while a data farm is broken", () => {
    const stage = withoutHead(refuse);
    stage.link.brokenFarms.add("ushmds");
    const sink = stage.hear(stage.lastSlots(260));
    expect(faultOf(sink)).toMatchObject({ code: "no-data-yet", retry: "later" });
    expect(faultOf(sink)?.message).toContain("ushmds");
  });

  it("ends with the fault of a link that is gone", () => {
    const stage = withoutHead(() => stage.link.goDown());
    const sink = stage.hear(stage.lastSlots(260));
    expect(faultOf(sink)).toMatchObject({ code: "disconnected", retry: "later" });
    expect(sink.claims).toEqual([]);
  });

  it("takes the question back when it is closed", () => {
    const stage = withoutHead(() => {});
    const silent = { bars: () => {}, coverage: () => {}, event: () => {}, end: () => {} };
    const subscription = stage.source.open(
      { series: stage.series, ...stage.lastSlots(260) },
      silent,
    );
    stage.time.advanceTo(stage.time.now() + 5_000);
    expect(stage.link.last.question.kind).toBe("head-timestamp");
    subscription.close();
    expect(stage.link.last.isCancelled).toBe(true);
    expect(stage.time.nextAt).toBeUndefined();
  });
});
