import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import { type Instrument, instrument } from "../../../core/market/instrument.ts";
import { money } from "../../../core/trading/money.ts";
import type { Fill } from "../../../core/trading/order.ts";
import { Portfolio } from "../../../core/trading/portfolio.ts";

const STOCK = instrument("STOCK");
const FUTURE = instrument("IF", { multiplier: 300 });

function fill(fields: Partial<Fill> = {}): Fill {
  const rest = { orderId: 1, instrument: STOCK, side: "buy", quantity: 10, price: 100 } as const;
  return { ...rest, fee: 0, at: 0, ...fields };
}

const account = (cash: number | string = 10_000): Portfolio => new Portfolio(money(cash), "USD");

/** Tells a portfolio of a bar that closes at a price. */
function mark(portfolio: Portfolio, of: Instrument, close: number): void {
  const bars = new BarColumns();
  bars.append(0, 1, 1, 1, 1, 1, 0);
  bars.append(1, 2, close, close, close, close, 0);
  portfolio.mark(of, bars, 1);
}

/** A decimal text as a whole number of 10^-scale. */
function scaled(text: string, scale: number): bigint {
  const [, sign, whole, part = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(
    text,
  )!;
  const digits = BigInt(sign! + whole! + part);
  const power = scale + Number(exponent) - part.length;
  if (power < 0) throw new Error(`${text} has more than ${scale} decimals`);
  return digits * 10n ** BigInt(power);
}

// Goal: cash is exact to the last digit, whatever is traded.
describe("Portfolio: cash", () => {
  it("has no cent of rounding after a thousand trades at a dime", () => {
    const portfolio = account(0.3);
    for (let trade = 0; trade < 1_000; trade += 1) {
      portfolio.apply(fill({ quantity: 1, price: 0.1, fee: 0.01 }));
    }
    expect(portfolio.cash.toString()).toBe("-109.7");
    expect(portfolio.fees.toString()).toBe("10");
    expect(portfolio.fillCount).toBe(1_000);
    expect(portfolio.initialCash.toString()).toBe("0.3");
  });

  it("is the sum of all fills in whole-number arithmetic", () => {
    const scale = 60;
    const trade = fc.record({
      instrument: fc.constantFrom(STOCK, FUTURE, instrument("TENTH", { multiplier: 0.1 })),
      side: fc.constantFrom("buy" as const, "sell" as const),
      quantity: fc.oneof(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0.1, 0.25, 1e-8)),
      price: fc.oneof(
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.constantFrom(0.1, 0.07, 1e-7, 3_541.2),
      ),
      fee: fc.constantFrom(0, 0.01, 1.1, -0.2, 0.00023),
    });
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 25 }), (trades) => {
        const portfolio = account("1000000.01");
        let cash = scaled("1000000.01", scale);
        for (const each of trades) {
          portfolio.apply(fill(each));
          const value =
            scaled(String(each.price), 30) *
            scaled(String(each.quantity), 15) *
            scaled(String(each.instrument.multiplier), 15) *
            (each.side === "buy" ? 1n : -1n);
          cash -= value + scaled(String(each.fee), scale);
        }
        expect(scaled(portfolio.cash.toFixed(), scale)).toBe(cash);
      }),
      { numRuns: 200 },
    );
  });

  it("stays exact over more fills than wait to be worked in", () => {
    const portfolio = account(0);
    for (let trade = 0; trade < 10_000; trade += 1) {
      portfolio.apply(fill({ quantity: 1, price: 0.1, fee: 0.001 }));
    }
    expect([portfolio.cash.toString(), portfolio.fees.toString()]).toEqual(["-1010", "10"]);
    expect(portfolio.equity).toBeCloseTo(-10, 9);
  });

  it("refuses a fill in another currency and books nothing of it", () => {
    const portfolio = account();
    const euro = instrument("SAP", { currency: "EUR" });
    expect(() => portfolio.apply(fill({ instrument: euro }))).toThrow(
      "account in USD: SAP trades in EUR; open the account in the instrument's currency",
    );
    expect([portfolio.cash.toString(), portfolio.fillCount, portfolio.positions]).toEqual([
      "10000",
      0,
      [],
    ]);
  });
});

// Goal: a position is what was bought less what was sold, at the average price of what is still
// held.
describe("Portfolio: positions", () => {
  it.each([
    ["one buy", [["buy", 10, 100]], 10, 100],
    [
      "two buys",
      [
        ["buy", 10, 100],
        ["buy", 30, 120],
      ],
      40,
      115,
    ],
    [
      "a part sold",
      [
        ["buy", 10, 100],
        ["sell", 4, 150],
      ],
      6,
      100,
    ],
    [
      "all sold",
      [
        ["buy", 10, 100],
        ["sell", 10, 150],
      ],
      0,
      0,
    ],
    [
      "turned short",
      [
        ["buy", 10, 100],
        ["sell", 15, 150],
      ],
      -5,
      150,
    ],
    [
      "a short grown",
      [
        ["sell", 10, 100],
        ["sell", 10, 90],
      ],
      -20,
      95,
    ],
    [
      "a short covered in part",
      [
        ["sell", 10, 100],
        ["buy", 4, 80],
      ],
      -6,
      100,
    ],
    [
      "a short turned",
      [
        ["sell", 10, 100],
        ["buy", 11, 80],
      ],
      1,
      80,
    ],
    [
      "fractions",
      [
        ["buy", 0.1, 100],
        ["buy", 0.2, 100],
        ["sell", 0.3, 100],
      ],
      0,
      0,
    ],
  ] as [string, ["buy" | "sell", number, number][], number, number][])(
    "after %s",
    (_what, trades, quantity, averagePrice) => {
      const portfolio = account();
      for (const [side, units, price] of trades)
        portfolio.apply(fill({ side, quantity: units, price }));
      const lastPrice = trades.at(-1)![2];
      expect(portfolio.positions).toEqual([
        { instrument: STOCK, quantity, averagePrice, lastPrice },
      ]);
      expect(Object.is(portfolio.quantity(STOCK), -0)).toBe(false);
    },
  );

  it("keeps instruments apart, those with one symbol on two exchanges too", () => {
    const portfolio = account();
    const other = instrument("STOCK", { exchange: "XETR" });
    portfolio.apply(fill());
    portfolio.apply(fill({ instrument: other, side: "sell", quantity: 3 }));
    expect([portfolio.quantity(STOCK), portfolio.quantity(other)]).toEqual([10, -3]);
    expect(portfolio.quantity(FUTURE)).toBe(0);
  });
});

// Goal: equity is cash and what is held at its last price, with the multiplier.
describe("Portfolio: equity", () => {
  it("follows the last price", () => {
    const portfolio = account(1_000_000);
    expect(portfolio.equity).toBe(1_000_000);
    mark(portfolio, FUTURE, 3_000);
    expect(portfolio.equity).toBe(1_000_000);
    portfolio.apply(fill({ instrument: FUTURE, quantity: 2, price: 3_500, fee: 10 }));
    expect(portfolio.equity).toBe(999_990);
    mark(portfolio, FUTURE, 3_510);
    expect(portfolio.equity).toBe(999_990 + 2 * 10 * 300);
    portfolio.apply(fill({ instrument: FUTURE, side: "sell", quantity: 2, price: 3_490 }));
    mark(portfolio, FUTURE, 1);
    expect(portfolio.equity).toBe(999_990 - 2 * 10 * 300);
  });

  it("hands out positions that nobody can change it by", () => {
    const portfolio = account();
    portfolio.apply(fill());
    (portfolio.positions[0] as { quantity: number }).quantity = 99;
    expect(portfolio.quantity(STOCK)).toBe(10);
  });
});

// Goal: an account that is saved and loaded is the same to the last digit, and goes on as it.
describe("Portfolio: saving", () => {
  const trade = fc.record({
    side: fc.constantFrom("buy" as const, "sell" as const),
    instrument: fc.constantFrom(STOCK, FUTURE),
    quantity: fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(0.1, 0.25)),
    price: fc.double({ min: 0.01, max: 5_000, noNaN: true }),
    fee: fc.constantFrom(0, 0.35, -0.1),
  });

  const bytesOf = (portfolio: Portfolio): Uint8Array => {
    const to = new ByteWriter();
    portfolio.save(to);
    return to.bytes;
  };

  function loaded(bytes: Uint8Array, into = account(5)): Portfolio {
    const from = new ByteReader(bytes);
    into.load(from, [STOCK, FUTURE]);
    from.end();
    return into;
  }

  it("gives the same account, which goes on the same", () => {
    const trades = fc.array(trade, { maxLength: 12 });
    fc.assert(
      fc.property(trades, trades, trades, (before, after, other) => {
        const portfolio = account();
        for (const each of before) portfolio.apply(fill(each));
        mark(portfolio, STOCK, 123.45);
        const used = account(5);
        for (const each of other) used.apply(fill(each));
        for (const into of [account(5), used]) {
          // Whether somebody has looked at its equity is no part of an account.
          if (into === used) void portfolio.equity;
          const again = loaded(bytesOf(portfolio), into);
          const same = account();
          for (const each of before) same.apply(fill(each));
          mark(same, STOCK, 123.45);
          for (const each of after) {
            again.apply(fill(each));
            same.apply(fill(each));
          }
          expect(again.cash.toFixed()).toBe(same.cash.toFixed());
          expect(again.fees.toFixed()).toBe(same.fees.toFixed());
          expect(again.fillCount).toBe(same.fillCount);
          expect(again.position(STOCK)).toEqual(same.position(STOCK));
          expect(again.equity).toBeCloseTo(same.equity, 6);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps the position that somebody holds in hand up to date", () => {
    const portfolio = account();
    portfolio.apply(fill());
    const again = account();
    const position = again.position(STOCK);
    loaded(bytesOf(portfolio), again);
    expect(position.quantity).toBe(10);
  });

  it("is the same bytes whether its equity was looked at or not", () => {
    const portfolio = account();
    portfolio.apply(fill());
    const before = bytesOf(portfolio);
    expect(portfolio.equity).toBe(10_000);
    expect(bytesOf(portfolio)).toEqual(before);
  });

  it("is refused with holdings of what is not traded", () => {
    const portfolio = account();
    portfolio.apply(fill({ instrument: instrument("STOCK", { exchange: "XETR" }) }));
    expect(() => loaded(bytesOf(portfolio))).toThrow(
      expect.objectContaining({ code: "damaged-bytes" }),
    );
  });
});
