// Goal: whatever the offset, the latency and the phase of the second, the true offset lies within
// what the estimate claims, and clocks that agree are never moved.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClockSkew } from "../../../../adapters/ib/session/clock-skew.ts";
import { link, upLink } from "./session-fixture.ts";

/** An answer to a question sent at `sentAt`, by a clock that is ahead by `offsetMs`. */
function answer(
  skew: ClockSkew,
  sentAt: number,
  thereMs: number,
  backMs: number,
  offsetMs: number,
) {
  const shown = Math.floor((sentAt + thereMs + offsetMs) / 1_000) * 1_000;
  skew.add(sentAt, sentAt + thereMs + backMs, shown);
}

const anyOffset = fc.integer({ min: -90_000, max: 90_000 });
const anyAnswer = fc.record({
  afterMs: fc.integer({ min: 1, max: 700_000 }),
  thereMs: fc.nat({ max: 400 }),
  backMs: fc.nat({ max: 400 }),
});

test("the truth lies within the claim, always", () => {
  fc.assert(
    fc.property(anyOffset, fc.array(anyAnswer, { minLength: 1, maxLength: 40 }), (offset, all) => {
      const skew = new ClockSkew();
      let now = 1_700_000_000_000;
      for (const { afterMs, thereMs, backMs } of all) {
        now += afterMs;
        answer(skew, now, thereMs, backMs, offset);
        const { offsetMs, uncertaintyMs } = skew.skew!;
        expect(Math.abs(offset - offsetMs)).toBeLessThanOrEqual(uncertaintyMs);
        if (offset === 0) expect(offsetMs).toBe(0);
        // It is never said to be on the other side of ours than it is.
        expect(offsetMs * offset).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

// Goal: an estimate leans to neither end of what can be true, however the answers fell.
test("nothing that can be true is further away than half of what can be", () => {
  fc.assert(
    fc.property(anyOffset, fc.nat({ max: 999 }), fc.nat({ max: 400 }), (offset, phase, oneWay) => {
      const skew = new ClockSkew();
      answer(skew, 1_700_000_000_000 + phase, oneWay, oneWay, offset);
      const widthMs = 999 + 2 * oneWay;
      const { offsetMs, uncertaintyMs } = skew.skew!;
      if (Math.abs(offset) > widthMs) expect(uncertaintyMs).toBe(Math.ceil(widthMs / 2));
      if (offsetMs === 0) expect(uncertaintyMs).toBeLessThanOrEqual(widthMs);
    }),
  );
});

test("another answer never makes it less certain, while none is forgotten", () => {
  fc.assert(
    fc.property(anyOffset, fc.array(anyAnswer, { minLength: 2, maxLength: 16 }), (offset, all) => {
      const skew = new ClockSkew();
      let now = 1_700_000_000_000;
      let before = Number.POSITIVE_INFINITY;
      for (const { afterMs, thereMs, backMs } of all) {
        now += afterMs % 30_000;
        answer(skew, now, thereMs, backMs, offset);
        const { uncertaintyMs } = skew.skew!;
        expect(uncertaintyMs).toBeLessThanOrEqual(before);
        before = uncertaintyMs;
      }
    }),
  );
});

test("five answers spread over a second tell it to about a quarter of a second", () => {
  fc.assert(
    fc.property(anyOffset, fc.nat({ max: 999 }), fc.nat({ max: 10 }), (offset, phase, oneWay) => {
      const skew = new ClockSkew();
      for (let count = 0; count < 5; count += 1) {
        answer(skew, 1_700_000_000_000 + phase + count * 230, oneWay, oneWay, offset);
      }
      expect(skew.skew!.uncertaintyMs).toBeLessThanOrEqual(230 + 2 * oneWay);
    }),
  );
});

describe("by example", () => {
  test("nothing is known before the first answer", () => {
    expect(new ClockSkew().skew).toBeUndefined();
  });

  test("clocks that may agree are taken to agree", () => {
    const skew = new ClockSkew();
    skew.add(5_300, 5_320, 5_000);
    expect(skew.skew).toEqual({ offsetMs: 0, uncertaintyMs: 699 });
  });

  test("a clock that was set contradicts what was known, and is believed", () => {
    const skew = new ClockSkew();
    answer(skew, 10_000, 10, 10, 0);
    answer(skew, 20_000, 10, 10, 60_000);
    expect(skew.skew).toEqual({ offsetMs: 60_490, uncertaintyMs: 510 });
    answer(skew, 30_500, 10, 10, 60_000);
    expect(skew.skew).toEqual({ offsetMs: 60_240, uncertaintyMs: 260 });
  });

  test("answers count for 10 minutes", () => {
    const skew = new ClockSkew();
    const uncertain = (at: number) => {
      answer(skew, at, 0, 0, 0);
      return skew.skew?.uncertaintyMs;
    };
    expect([uncertain(0), uncertain(999)]).toEqual([999, 0]);
    expect([uncertain(600_300), uncertain(601_300)]).toEqual([300, 699]);
  });

  test("at most 16 answers count", () => {
    const skew = new ClockSkew();
    const uncertain = (at: number) => {
      answer(skew, at, 0, 0, 0);
      return skew.skew?.uncertaintyMs;
    };
    expect(uncertain(999)).toBe(999);
    for (let count = 1; count <= 15; count += 1) expect(uncertain(count * 1_000 + 300)).toBe(300);
    expect(uncertain(16_300)).toBe(699);
  });
});

describe("in a session", () => {
  test.each([60_000, -60_000, 1_234, -777, 0])("the market's clock follows: %i ms", (offset) => {
    const { session, gateway, pass, time } = link();
    gateway.offsetMs = offset;
    session.start();
    pass(1_000);
    const { offsetMs, uncertaintyMs } = session.skew!;
    expect(Math.abs(offset - offsetMs)).toBeLessThanOrEqual(uncertaintyMs);
    expect(uncertaintyMs).toBeLessThanOrEqual(offsetMs === 0 ? 250 : 125);
    expect(session.clock.now()).toBe(time.now() + offsetMs);
    if (offset === 0) expect(offsetMs).toBe(0);
  });

  test("the session's own deadlines stay on our clock", () => {
    const { session, gateway, pass } = link();
    gateway.offsetMs = 3_600_000;
    session.start();
    pass(60_000);
    expect(session.state).toBe("up");
    expect(gateway.connections).toHaveLength(1);
    expect(gateway.last.log.length).toBeLessThan(12);
  });

  test("a great one is warned of once, and again when it comes back", () => {
    const { gateway, heard, pass } = upLink();
    expect(heard.filter(({ kind }) => kind === "warning")).toEqual([]);
    for (const offset of [-60_000, 0, 5_000]) {
      gateway.offsetMs = offset;
      pass(120_000);
    }
    expect(heard.filter(({ kind }) => kind === "warning")).toEqual([
      {
        kind: "warning",
        code: 0,
        message: expect.stringMatching(
          /^the gateway's clock is (59|60)\.\d s behind this computer/,
        ),
      },
      {
        kind: "warning",
        code: 0,
        message: expect.stringMatching(/^the gateway's clock is [45]\.\d s ahead of this computer/),
      },
    ]);
  });
});
