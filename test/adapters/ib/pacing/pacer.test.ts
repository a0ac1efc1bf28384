// Goal: each limit by example: when the next request goes, what may pass it, and what it waits for.
import { describe, expect, test } from "vitest";
import { Pacer } from "../../../../adapters/ib/pacing/pacer.ts";
import { type PacingLimits, pacingLimits } from "../../../../adapters/ib/pacing/pacing-limits.ts";
import type { IbRequest } from "../../../../adapters/ib/port/ib-request.ts";
import { BarlineError } from "../../../../core/time/failure.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import {
  contractOf,
  details,
  headTimestamp,
  history,
  realTimeBars,
  schedule,
} from "./pacing-fixture.ts";

const PROBE: IbRequest = { kind: "current-time" };
const CANCEL: IbRequest = { kind: "cancel", of: "history", requestId: 1 };

function world(limits: Partial<PacingLimits> = {}) {
  const time = new VirtualTime(0);
  const pacer = new Pacer(time, pacingLimits({ marginMs: 0, ...limits }));
  pacer.open();
  const sent: [string, number][] = [];
  return {
    time,
    pacer,
    sent,
    submit: (name: string, request: IbRequest) =>
      pacer.submit(request, () => sent.push([name, time.now()])),
  };
}

function times(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

test("messages: 45 in any second, and the pacer knows what is waited for", () => {
  const { time, pacer, sent, submit } = world();
  for (const id of times(100)) submit("details", details(id));
  expect([sent.length, pacer.waiting, pacer.waitsFor]).toEqual([45, 55, "messages"]);
  time.advanceTo(999);
  expect(sent).toHaveLength(45);
  time.advanceTo(1_000);
  expect(sent).toHaveLength(90);
  time.advanceTo(2_000);
  expect([sent.length, pacer.waiting, pacer.waitsFor]).toEqual([100, 0, undefined]);
  expect(time.nextAt).toBeUndefined();
});

test("probes go before cancels, and cancels before all questions, but they count", () => {
  const { time, sent, submit } = world({ messagesPerSecond: 2 });
  for (const id of times(3)) submit("details", details(id));
  submit("cancel", CANCEL);
  submit("probe", PROBE);
  time.advanceTo(2_000);
  expect(sent.map(([name]) => name)).toEqual(["details", "details", "probe", "cancel", "details"]);
  expect(sent[4]?.[1]).toBe(2_000);
});

describe("open requests for history", () => {
  test("are counted until their answer; contracts and streams pass them", () => {
    const { pacer, sent, submit, time } = world({ openHistoricalRequests: 2 });
    const page = submit("page", history(1));
    const stream = submit("stream", history(2, { keepUpToDate: true }));
    const days = submit("schedule", schedule(3));
    submit("head", headTimestamp(4, 1, "TRADES"));
    submit("details", details(5));
    submit("bars", realTimeBars(6));
    const names = () => sent.map(([name]) => name);
    expect(names()).toEqual(["page", "stream", "details", "bars"]);
    expect(pacer.waitsFor).toBe("open-requests");
    expect(time.nextAt).toBeUndefined();
    stream.answered();
    stream.answered();
    expect(names().slice(4)).toEqual(["schedule"]);
    days.settle();
    days.settle();
    days.answered();
    expect(names().slice(4)).toEqual(["schedule", "head"]);
    submit("page", history(7));
    expect(names()).toHaveLength(6);
    page.answered();
    expect(names()).toHaveLength(7);
  });

  test("one that is taken back while it waits never goes, and frees nothing", () => {
    const { pacer, sent, submit } = world({ openHistoricalRequests: 1 });
    const first = submit("first", history(1));
    const second = submit("second", history(2));
    submit("third", history(3));
    expect(second.sentAt).toBeUndefined();
    second.settle();
    second.settle();
    expect([sent.length, pacer.waiting]).toEqual([1, 1]);
    first.settle();
    expect(sent.map(([name]) => name)).toEqual(["first", "third"]);
  });
});

describe("bars of 30 seconds or less", () => {
  const page = (id: number, conId = id) =>
    history(id, { barSize: "30 secs", contract: contractOf(conId), end: `${id}` });

  test("60 in 10 minutes; larger bars pass them", () => {
    const { time, pacer, sent, submit } = world({ messagesPerSecond: 1_000 });
    for (const id of times(61)) submit("small", page(id)).answered();
    submit("large", history(100));
    expect([sent.length, pacer.waitsFor]).toEqual([61, "small-bars"]);
    time.advanceTo(599_999);
    expect(sent).toHaveLength(61);
    time.advanceTo(600_000);
    expect(sent.at(-1)).toEqual(["small", 600_000]);
  });

  test("bid and ask count twice, and so does when history begins once", () => {
    const { sent, submit, pacer } = world({ smallBarRequests: 5 });
    for (const id of [1, 2]) submit("both", { ...page(id), whatToShow: "BID_ASK" }).answered();
    submit("both", { ...page(3), whatToShow: "BID_ASK" });
    submit("head", headTimestamp(4, 4, "TRADES"));
    expect(sent.map(([name]) => name)).toEqual(["both", "both", "head"]);
    expect(pacer.waitsFor).toBe("small-bars");
  });

  test("5 of one contract, exchange and price type in 2 seconds; others pass", () => {
    const { time, pacer, sent, submit } = world();
    for (const id of times(6)) submit("same", page(id, 1)).answered();
    submit("midpoint", { ...page(7, 1), whatToShow: "MIDPOINT" });
    submit("elsewhere", { ...page(8, 1), contract: { ...contractOf(1), exchange: "NYSE" } });
    submit("other", page(9, 2));
    expect(sent.slice(5).map(([name]) => name)).toEqual(["midpoint", "elsewhere", "other"]);
    expect(pacer.waitsFor).toBe("same-contract");
    time.advanceTo(1_999);
    expect(sent).toHaveLength(8);
    time.advanceTo(2_000);
    expect(sent.at(-1)).toEqual(["same", 2_000]);
  });

  test("a contract without a number is told from others by its names", () => {
    const { sent, submit } = world({ sameContractRequests: 2 });
    const named = (symbol: string, id: number) =>
      history(id, { barSize: "1 secs", end: `${id}`, contract: { ...contractOf(0), symbol } });
    for (const id of times(3)) submit("a", named("A", id)).answered();
    submit("b", named("B", 4));
    expect(sent.map(([name]) => name)).toEqual(["a", "a", "b"]);
  });

  test("the same again only after 15 seconds; other pages of the contract pass it", () => {
    const { time, pacer, sent, submit } = world();
    submit("first", page(1)).answered();
    time.advanceTo(1_000);
    const again = submit("again", { ...page(1), requestId: 9 });
    submit("next", { ...page(1), end: "next", requestId: 10 });
    expect(sent.map(([name]) => name)).toEqual(["first", "next"]);
    expect([again.sentAt, pacer.waitsFor]).toEqual([undefined, "identical"]);
    time.advanceTo(14_999);
    expect(sent).toHaveLength(2);
    time.advanceTo(15_000);
    expect(sent.at(-1)).toEqual(["again", 15_000]);
    expect(again.sentAt).toBe(15_000);
  });

  test("large bars may be asked again at once, and a size nobody knows counts as small", () => {
    const { sent, submit } = world();
    for (const _ of times(3)) submit("large", history(1)).answered();
    for (const _ of times(3)) submit("odd", history(1, { barSize: "7 secs" })).answered();
    expect(sent.map(([name]) => name)).toEqual(["large", "large", "large", "odd"]);
  });

  test("a margin makes the windows longer", () => {
    const { time, sent, submit } = world({ marginMs: 300 });
    for (const _ of times(2)) submit("same", page(1)).answered();
    time.advanceTo(15_299);
    expect(sent).toHaveLength(1);
    time.advanceTo(15_300);
    expect(sent).toHaveLength(2);
  });
});

describe("real-time bars", () => {
  test("60 new in 10 minutes, also when earlier ones ended", () => {
    const { time, pacer, sent, submit } = world({ messagesPerSecond: 1_000 });
    for (const id of times(61)) submit("bars", realTimeBars(id)).settle();
    submit("bars", realTimeBars(62));
    expect([sent.length, pacer.waitsFor]).toEqual([60, "real-time-bars"]);
    time.advanceTo(600_000);
    expect(sent).toHaveLength(61);
  });

  test("no more open than there are lines, where that is configured", () => {
    const { pacer, sent, submit } = world({ realTimeBarStreams: 2 });
    const first = submit("bars", realTimeBars(1));
    for (const id of [2, 3]) submit("bars", realTimeBars(id));
    expect([sent.length, pacer.waitsFor]).toEqual([2, "streams"]);
    first.answered();
    expect(sent).toHaveLength(2);
    first.settle();
    first.settle();
    expect([sent.length, pacer.waiting]).toEqual([3, 0]);
  });
});

describe("the gate", () => {
  test("closed: nothing goes; control: probes and cancels; open: all", () => {
    const { pacer, sent, submit } = world();
    pacer.close();
    submit("details", details(1));
    expect([sent.length, pacer.waitsFor]).toEqual([0, "gate"]);
    pacer.hold();
    submit("probe", PROBE);
    submit("cancel", CANCEL);
    expect(sent.map(([name]) => name)).toEqual(["probe", "cancel"]);
    pacer.open();
    expect(sent).toHaveLength(3);
  });

  test("closing it forgets what was open, and probes and cancels that wait", () => {
    const { pacer, sent, submit, time } = world({
      openHistoricalRequests: 1,
      realTimeBarStreams: 1,
      messagesPerSecond: 3,
    });
    const page = submit("page", history(1));
    submit("bars", realTimeBars(2));
    submit("details", details(3));
    submit("cancel", CANCEL);
    submit("probe", PROBE);
    pacer.close();
    submit("cancel", CANCEL);
    submit("probe", PROBE);
    page.answered();
    page.settle();
    expect(time.nextAt).toBeUndefined();
    time.advanceTo(1_000);
    pacer.open();
    for (const id of [4, 5]) submit("page", history(id));
    for (const id of [6, 7]) submit("bars", realTimeBars(id));
    expect(sent.slice(3).map(([name]) => name)).toEqual(["page", "bars"]);
  });
});

describe("complaints", () => {
  test("history rests for 15 seconds, then twice as long each time, up to 10 minutes", () => {
    const { time, pacer, submit, sent } = world();
    const rests: number[] = [];
    for (const id of times(9)) {
      const page = submit("page", history(id));
      rests.push(time.now());
      page.complained();
      page.settle();
      const next = submit("next", history(100 + id));
      expect(next.sentAt).toBeUndefined();
      expect(pacer.waitsFor).toBe("penalty");
      next.settle();
      submit("details", details(id));
      expect(sent.at(-1)?.[0]).toBe("details");
      const waiting = submit("waiting", history(200 + id));
      while (waiting.sentAt === undefined) time.step();
      waiting.settle();
      rests[id] = time.now() - rests[id]!;
      time.advanceTo(time.now() + 1);
    }
    expect(rests.map((ms) => ms / 1_000)).toEqual([15, 30, 60, 120, 240, 480, 600, 600, 600]);
  });

  test("of many that were under way only the first counts, and answers shorten the next", () => {
    const { time, submit } = world();
    const restOf = (id: number, complaints: number) => {
      const pages = times(complaints).map((index) => submit("page", history(id + index)));
      for (const page of pages) {
        page.complained();
        page.settle();
      }
      const began = time.now();
      const next = submit("next", history(id + 50));
      while (next.sentAt === undefined) time.step();
      next.settle();
      time.advanceTo(time.now() + 1);
      return (time.now() - 1 - began) / 1_000;
    };
    expect([restOf(100, 10), restOf(200, 10), restOf(300, 1)]).toEqual([15, 30, 60]);
    const answered = () => {
      const page = submit("page", history(1));
      page.answered();
      page.settle();
    };
    answered();
    expect(restOf(400, 1)).toBe(60);
    for (let count = 0; count < 3; count += 1) answered();
    expect(restOf(500, 1)).toBe(15);
  });

  test("an answer to what was asked before the rest does not shorten it", () => {
    const { time, submit } = world();
    const early = submit("early", history(1));
    const page = submit("page", history(2));
    page.complained();
    early.answered();
    for (const each of [early, page]) each.settle();
    time.advanceTo(15_001);
    submit("again", history(3)).complained();
    const next = submit("next", history(4));
    while (next.sentAt === undefined) time.step();
    expect(next.sentAt).toBe(45_001);
  });

  test("new streams of real-time bars rest apart from history", () => {
    const { time, pacer, submit } = world();
    submit("bars", realTimeBars(1)).complained();
    const waiting = submit("bars", realTimeBars(2));
    expect([waiting.sentAt, pacer.waitsFor]).toEqual([undefined, "penalty"]);
    expect(submit("page", history(3)).sentAt).toBe(0);
    while (time.step());
    expect(waiting.sentAt).toBe(15_000);
    submit("details", details(4)).complained();
    expect(submit("details", details(5)).sentAt).toBe(15_000);
  });

  test("what was not sent can neither be answered nor complained of", () => {
    const { pacer, submit } = world();
    pacer.close();
    const waiting = submit("page", history(1));
    waiting.complained();
    waiting.answered();
    pacer.open();
    expect(waiting.sentAt).toBe(0);
  });

  test("too many messages: half as many for a minute", () => {
    const { time, pacer, sent, submit } = world({ messagesPerSecond: 10 });
    pacer.slowDown();
    for (const id of times(400)) submit("details", details(id));
    expect(sent).toHaveLength(5);
    time.advanceTo(59_999);
    expect(sent).toHaveLength(300);
    time.advanceTo(61_000);
    expect(sent.length).toBe(320);
  });
});

test("limits that make no sense are refused by name", () => {
  for (const limits of [
    { messagesPerSecond: 1 },
    { openHistoricalRequests: 0 },
    { smallBarRequests: 1 },
    { sameContractRequests: 1 },
    { identicalRequestMs: -1 },
    { realTimeBarRequests: 0 },
    { realTimeBarStreams: 0 },
    { realTimeBarStreams: 1.5 },
    { marginMs: -1 },
    { penaltyMs: 0 },
    { longestPenaltyMs: 14_999 },
  ]) {
    expect(() => pacingLimits(limits), JSON.stringify(limits)).toThrow(BarlineError);
  }
  expect(pacingLimits({ realTimeBarStreams: 3 }).realTimeBarStreams).toBe(3);
});

test("of 10,000 that wait, all that are not taken back go out", () => {
  const { pacer, submit, sent, time } = world({ messagesPerSecond: 1_000 });
  pacer.close();
  const all = times(10_000).map((id) => submit("details", details(id)));
  for (const each of all.slice(0, 4_000)) each.settle();
  expect(pacer.waiting).toBe(6_000);
  pacer.open();
  while (time.step());
  expect([sent.length, pacer.waiting, time.now()]).toEqual([6_000, 0, 5_000]);
});

test("whoever asks again while a request goes out is served without end", () => {
  const { pacer, sent, submit, time } = world({ messagesPerSecond: 100_000 });
  let left = 20_000;
  const again = () => {
    left -= 1;
    if (left > 0) pacer.submit(details(left), again);
  };
  pacer.submit(details(0), again);
  submit("last", details(0));
  expect([left, sent.length, time.nextAt]).toEqual([0, 1, undefined]);
});
