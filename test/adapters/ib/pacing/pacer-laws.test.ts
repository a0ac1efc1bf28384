// Goal: whatever is asked and whenever, no limit of the gateway is ever broken in any window,
// nothing is lost or sent twice, and like requests keep their order.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Pacer } from "../../../../adapters/ib/pacing/pacer.ts";
import { type PacingLimits, pacingLimits } from "../../../../adapters/ib/pacing/pacing-limits.ts";
import type { IbRequest } from "../../../../adapters/ib/port/ib-request.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { brokenLimits, type Sent } from "./limits-checker.ts";
import {
  contractOf,
  details,
  headTimestamp,
  history,
  realTimeBars,
  schedule,
} from "./pacing-fixture.ts";

const anyShow = fc.constantFrom("TRADES" as const, "BID_ASK" as const);
const anyKind = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ small: fc.nat({ max: 3 }), show: anyShow, page: fc.nat({ max: 9 }) }),
  },
  { weight: 3, arbitrary: fc.constant({ large: true as const }) },
  { weight: 1, arbitrary: fc.record({ head: fc.nat({ max: 3 }), show: anyShow }) },
  { weight: 2, arbitrary: fc.constant({ stream: true as const }) },
  { weight: 1, arbitrary: fc.constantFrom("schedule" as const, "details" as const) },
  { weight: 1, arbitrary: fc.constantFrom("probe" as const, "cancel" as const) },
);
const anyAsk = fc.record({
  kind: anyKind,
  afterMs: fc.oneof(fc.constant(0), fc.nat({ max: 3_000 })),
  answerMs: fc.nat({ max: 20_000 }),
  /** How often it is asked in a row, as different requests. */
  times: fc.constantFrom(1, 1, 7, 30),
  fate: fc.constantFrom("answered", "answered", "answered", "taken back", "refused"),
});
type Ask = typeof anyAsk extends fc.Arbitrary<infer T> ? T : never;

function requestOf(kind: Ask["kind"], id: number): IbRequest {
  if (kind === "probe") return { kind: "current-time" };
  if (kind === "cancel") return { kind: "cancel", of: "history", requestId: id };
  if (kind === "schedule") return schedule(id);
  if (kind === "details") return details(id);
  if ("large" in kind) return history(id);
  if ("stream" in kind) return realTimeBars(id);
  if ("head" in kind) return headTimestamp(id, kind.head, kind.show);
  return history(id, {
    contract: contractOf(kind.small),
    whatToShow: kind.show,
    barSize: "30 secs",
    duration: `${kind.page + 1} S`,
  });
}

/** Asks everything and lets all of it be answered; what went out, and what was taken back. */
function play(asks: readonly Ask[], limits: PacingLimits) {
  const time = new VirtualTime(0);
  const pacer = new Pacer(time, limits);
  pacer.open();
  const sent: Sent[] = [];
  const asked: { order: number; request: IbRequest; takenBack: boolean }[] = [];
  let at = 0;
  for (const ask of asks) {
    at += ask.afterMs;
    time.schedule(at, () => {
      for (let count = 0; count < ask.times; count += 1) submit(ask);
    });
  }
  const submit = (ask: Ask) => {
    const record = {
      order: asked.length,
      request: requestOf(ask.kind, asked.length),
      takenBack: false,
    };
    asked.push(record);
    const paced = pacer.submit(record.request, () => {
      const note: Sent = {
        request: record.request,
        at: time.now(),
        answeredAt: Infinity,
      };
      sent.push(note);
      time.schedule(time.now() + ask.answerMs, () => {
        note.answeredAt = Math.min(note.answeredAt, time.now());
        if (ask.fate === "refused") paced.complained();
        else paced.answered();
        if (ask.fate === "refused") paced.settle();
      });
    });
    if (ask.fate !== "taken back") return;
    time.schedule(time.now() + ask.answerMs, () => {
      record.takenBack = true;
      for (const note of sent) {
        if (note.request === record.request)
          note.answeredAt = Math.min(note.answeredAt, time.now());
      }
      paced.settle();
      paced.settle();
    });
  };
  while (time.step());
  return { sent, asked, pacer, time };
}

const anyAsks = fc.array(anyAsk, { minLength: 1, maxLength: 25 });

test("no limit is broken, and everything goes out once or is taken back", () => {
  fc.assert(
    fc.property(anyAsks, (asks) => {
      const { sent, asked, pacer, time } = play(asks, pacingLimits());
      expect(brokenLimits(sent)).toEqual([]);
      const out = new Set(sent.map(({ request }) => request));
      expect(out.size).toBe(sent.length);
      for (const { request, takenBack } of asked) expect(out.has(request) || takenBack).toBe(true);
      expect(pacer.waiting).toBe(0);
      expect(pacer.waitsFor).toBeUndefined();
      expect(time.nextAt).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test("large requests go out in the order they were asked", () => {
  fc.assert(
    fc.property(anyAsks, (asks) => {
      const { sent } = play(asks, pacingLimits());
      const large = sent.flatMap(({ request }) =>
        request.kind === "history" && request.barSize === "15 mins" ? [request.requestId] : [],
      );
      expect(large).toEqual([...large].sort((a, b) => a - b));
    }),
    { numRuns: 30 },
  );
});

test("the slow checker sees each limit when it is broken", () => {
  const at = (request: IbRequest, when: number): Sent => ({
    request,
    at: when,
    answeredAt: Infinity,
  });
  const many = (count: number, of: (index: number) => Sent) =>
    Array.from({ length: count }, (_, index) => of(index));
  expect(brokenLimits(many(51, (i) => at(details(i), 999)))).toEqual(["messages"]);
  expect(brokenLimits(many(51, (i) => at(history(i), i * 1_000)))).toEqual(["open"]);
  const small = (i: number) =>
    history(i, { barSize: "5 secs", contract: contractOf(i), end: `${i}` });
  const answered = (sent: Sent): Sent => ({ ...sent, answeredAt: sent.at + 1 });
  expect(brokenLimits(many(61, (i) => answered(at(small(i), i * 9_999))))).toEqual(["small bars"]);
  const page = (i: number) => history(i, { barSize: "5 secs", end: `${i}` });
  expect(brokenLimits(many(6, (i) => at(page(i), i * 399)))).toEqual(["same contract"]);
  expect(brokenLimits(many(2, (i) => at(headTimestamp(i, 1, "TRADES"), i * 14_999)))).toEqual([
    "identical",
  ]);
  expect(brokenLimits(many(61, (i) => at(realTimeBars(i), i * 9_999)))).toEqual(["real-time bars"]);
});
