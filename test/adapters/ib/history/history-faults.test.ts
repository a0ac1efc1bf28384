// Goal: every way in which a page can go wrong is answered as it deserves: asked again, waited for,
// or told, and what was had before is never lost.
import { describe, expect, it } from "vitest";
import type { IbFault } from "../../../../adapters/ib/session/ib-link.ts";
import type { RecordingSink } from "../../../contracts/recording-sink.ts";
import { Stage } from "./history-fixture.ts";
import type { HistoryQuestion } from "./history-gateway.ts";

const fault = (code: string, retry: IbFault["retry"], more: Partial<IbFault> = {}): IbFault => {
  return { code, message: `${code} happened`, retry, ...more };
};

const faultOf = (sink: RecordingSink) => {
  const [outcome] = sink.outcomes;
  return outcome?.kind === "partial" || outcome?.kind === "failed" ? outcome.fault : undefined;
};

describe("silence and lost links", () => {
  it("asks a silent gateway three times, then says so", () => {
    const stage = new Stage();
    stage.link.script = undefined;
    const start = stage.time.now();
    const sink = stage.hear(stage.lastSlots(5));
    expect(stage.time.now() - start).toBe(60_000);
    expect(stage.link.asked.map(({ isCancelled }) => isCancelled)).toEqual([true, true, true]);
    expect(sink.outcomes[0]?.kind).toBe("failed");
    expect(faultOf(sink)).toMatchObject({ code: "timeout", retry: "soon" });
  });

  it("goes on when the second try is answered", () => {
    const stage = new Stage();
    const { script } = stage.link;
    stage.link.script = (asked, index) => {
      if (index > 0) script!(asked, index);
    };
    const range = stage.lastSlots(5);
    expect(stage.hear(range).delivered).toEqual(stage.barsIn(range));
  });

  // Goal: a page that waits for its turn is not a gateway that is silent.
  it("does not count the time that a question waits for its turn", () => {
    const stage = new Stage();
    stage.link.script = undefined;
    const range = stage.lastSlots(5);
    const sink = stage.open(range);
    stage.time.advanceTo(stage.time.now() + 1);
    stage.link.last.isSent = false;
    stage.time.advanceTo(stage.time.now() + 300_000);
    expect(stage.link.asked).toHaveLength(1);
    stage.link.last.isSent = true;
    stage.time.advanceTo(stage.time.now() + 15_000);
    expect(stage.link.asked).toHaveLength(1);
    stage.link.last.history(stage.rowsFor(stage.questions[0]!));
    stage.time.advanceTo(stage.time.now() + 1);
    expect(sink.delivered).toEqual(stage.barsIn(range));
  });

  it("keeps what it has and tells of a link that stays down", () => {
    const stage = new Stage({ options: { pageBars: 10 }, habits: { mostRows: 10 } });
    const { script } = stage.link;
    stage.link.script = (asked, index) => {
      if (index === 0) script!(asked, index);
      else stage.link.goDown();
    };
    const range = stage.lastSlots(40);
    const start = stage.time.now();
    const sink = stage.hear(range);
    expect(sink.outcomes[0]?.kind).toBe("partial");
    expect(faultOf(sink)).toMatchObject({ code: "disconnected", retry: "later" });
    expect(stage.time.now() - start).toBeLessThan(50_000);
    expect(sink.delivered).toHaveLength(9);
  });

  // Goal: after a break only what is missing is asked for.
  it("resumes the page when the link comes back in time", () => {
    const stage = new Stage({ options: { pageBars: 10 }, habits: { mostRows: 10 } });
    const { script } = stage.link;
    stage.link.script = (asked, index) => {
      if (index !== 1) script!(asked, index);
      else {
        stage.link.goDown();
        stage.time.schedule(stage.time.now() + 20_000, () => stage.link.goUp());
      }
    };
    const range = stage.lastSlots(40);
    const sink = stage.hear(range);
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
    expect(new Set(sink.delivered.map(({ openTime }) => openTime)).size).toBe(40);
    expect(sink.delivered).toHaveLength(40);
    expect(stage.questions).toHaveLength(6);
    expect(stage.questions[2]).toEqual(stage.questions[1]);
  });
});

describe("refusals", () => {
  it("asks again after a pacing violation, without counting it", () => {
    const stage = new Stage();
    const { script } = stage.link;
    stage.link.script = (asked, index) => {
      if (index < 4) asked.fail(fault("pacing-violation", "soon", { ibCode: 162 }));
      else script!(asked, index);
    };
    const range = stage.lastSlots(5);
    expect(stage.hear(range).delivered).toEqual(stage.barsIn(range));
  });

  it("ends at once, with the gateway's words, when asking again is pointless", () => {
    const stage = new Stage();
    const refusal = fault("no-permission", "never", { ibCode: 162 });
    stage.link.script = (asked) => asked.fail(refusal);
    const sink = stage.hear(stage.lastSlots(5));
    expect(sink.outcomes).toEqual([{ kind: "failed", fault: refusal }]);
    expect(stage.link.asked).toHaveLength(1);
  });

  // Goal: an old gateway is served by its older table, and asked in vain only once.
  it("falls back to the older durations and remembers it", () => {
    const stage = new Stage();
    const { script } = stage.link;
    const message = "Historical Market Data Service error message: invalid step: 15 mins";
    stage.link.script = (asked, index) => {
      const { duration } = asked.question as HistoryQuestion;
      if (duration === "1 W" || duration === "2 D") script!(asked, index);
      else asked.fail(fault("invalid-request", "never", { ibCode: 162, message }));
    };
    const range = stage.lastSlots(100);
    const sink = stage.hear(range);
    expect([...sink.delivered].sort((a, b) => a.openTime - b.openTime)).toEqual(
      stage.barsIn(range),
    );
    expect(stage.questions.map(({ duration }) => duration)).toEqual(["7 D", "1 W"]);
    stage.hear(range);
    expect(stage.questions.map(({ duration }) => duration)).toEqual(["7 D", "1 W", "1 W"]);
  });

  it("does not try the older durations twice", () => {
    const stage = new Stage();
    const refusal = fault("invalid-request", "never", { ibCode: 162, message: "invalid step" });
    stage.link.script = (asked) => asked.fail(refusal);
    const sink = stage.hear(stage.lastSlots(5));
    expect(sink.outcomes).toEqual([{ kind: "failed", fault: refusal }]);
    expect(stage.link.asked).toHaveLength(2);
  });
});

describe("rows that cannot be", () => {
  const spoil = (
    stage: Stage,
    times: number,
    change: (rows: ReturnType<Stage["rowsFor"]>) => void,
  ) => {
    stage.link.script = (asked, index) => {
      const rows = stage.rowsFor(asked.question as HistoryQuestion);
      if (index < times) change(rows);
      asked.history(rows);
    };
  };
  const setRow = (back: number, fields: object) => (rows: ReturnType<Stage["rowsFor"]>) => {
    const index = rows.findIndex(({ time }) => Number(time) * 1_000 === back);
    if (index >= 0) rows[index] = { ...rows[index]!, ...fields };
  };

  it("asks again for a bar with an empty price, and takes the sound one", () => {
    const stage = new Stage();
    const range = stage.lastSlots(9);
    const slot = stage.lastSlots(1, 4).from;
    spoil(stage, 1, setRow(slot, { low: 0 }));
    const sink = stage.hear(range);
    expect(sink.events).toMatchObject([
      { type: "rejection", fault: "price-not-positive", bar: { openTime: slot } },
    ]);
    expect([...sink.delivered].sort((a, b) => a.openTime - b.openTime)).toEqual(
      stage.barsIn(range),
    );
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
    expect(stage.questions).toHaveLength(2);
  });

  it("does not cover the slot when the bar stays impossible", () => {
    const stage = new Stage();
    const range = stage.lastSlots(9);
    const slot = stage.lastSlots(1, 4);
    spoil(stage, 99, setRow(slot.from, { high: 1 }));
    const sink = stage.hear(range);
    expect(sink.delivered).toHaveLength(8);
    expect(sink.outcomes[0]?.kind).toBe("partial");
    expect(faultOf(sink)).toMatchObject({ code: "bad-rows", retry: "soon" });
    expect(sink.events).toHaveLength(1);
    for (const { range: claim } of sink.claims) {
      expect(claim.to <= slot.from || claim.from >= slot.to).toBe(true);
    }
  });

  it("rejects a bar off the grid, and does not mind it where the slot has its own", () => {
    const stage = new Stage();
    const range = stage.lastSlots(9);
    spoil(stage, 99, (rows) => rows.push({ ...rows[0]!, time: String(range.from / 1_000 + 60) }));
    const sink = stage.hear(range);
    expect(sink.events).toMatchObject([{ type: "rejection", fault: "off-grid" }]);
    expect(sink.delivered).toEqual(stage.barsIn(range));
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
  });

  it("believes nothing of what is missing while a time cannot be read", () => {
    const stage = new Stage();
    const range = stage.lastSlots(9);
    spoil(stage, 1, setRow(range.from + 3 * 900_000, { time: "yesterday" }));
    const sink = stage.hear(range);
    expect(sink.events).toMatchObject([{ type: "rejection", fault: "off-grid" }]);
    expect(sink.delivered).toHaveLength(9);
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
  });

  it("gives up on answers that nobody can read", () => {
    const stage = new Stage();
    spoil(stage, 99, (rows) => {
      rows.splice(0, rows.length, { ...rows[0]!, time: "?" });
    });
    const sink = stage.hear(stage.lastSlots(9));
    expect(sink.outcomes[0]?.kind).toBe("failed");
    expect(faultOf(sink)).toMatchObject({ code: "bad-rows" });
    expect(sink.claims).toEqual([]);
  });

  it("takes neither of two rows that differ on one slot", () => {
    const stage = new Stage();
    const range = stage.lastSlots(9);
    spoil(stage, 1, (rows) => rows.push({ ...rows.at(-3)!, close: rows.at(-3)!.close + 1 }));
    const sink = stage.hear(range);
    expect(sink.events).toMatchObject([{ type: "rejection", fault: "conflict" }]);
    expect(sink.outcomes).toEqual([{ kind: "complete" }]);
    expect(sink.delivered).toHaveLength(9);
  });
});
