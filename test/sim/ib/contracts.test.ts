import { describe, expect, it } from "vitest";
import { type IbContract, ibContract } from "../../../adapters/ib/port/ib-contract.ts";
import type { IbRequest } from "../../../adapters/ib/port/ib-request.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { instant, type UnixMs } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { IbGateway, type IbMarket } from "../../../sim/ib/index.ts";
import { Truth } from "../../../sim/index.ts";
import { market } from "../../support/market.ts";
import { Ear, FUTURE, futureTruth, GatewayWorld, history, OPEN } from "./gateway-fixture.ts";

const truth = futureTruth();
const STOCK = ibContract({
  conId: 11,
  symbol: "IF",
  secType: "STK",
  exchange: "SMART",
  primaryExchange: "NASDAQ",
  currency: "USD",
});
const NEXT = { ...FUTURE, conId: 8, lastTradeDate: "20240419", localSymbol: "IF2404" };
const stockMarket: IbMarket = {
  contract: STOCK,
  truth: market({
    calendar: calendarByName("XNYS-EXTENDED"),
    size: "30m",
    from: "2024-03-04T00:00:00Z",
    bars: 20,
  }),
  regularHours: calendarByName("XNYS"),
  allHours: calendarByName("XNYS-EXTENDED"),
  longName: "Interesting Furniture",
  validExchanges: "SMART,NASDAQ,ARCA",
  minTick: 0.05,
  timeZoneId: "US/Eastern",
};

/** Asks one thing of a gateway of three contracts. */
function ask(request: IbRequest, at: UnixMs = OPEN): Ear {
  const time = new VirtualTime(at - 1_000);
  const markets = [{ contract: FUTURE, truth }, { contract: NEXT, truth }, stockMarket];
  const ear = new Ear(new IbGateway(time, markets), time, 1);
  ear.forget(1_000);
  ear.ask(request);
  time.advanceTo(at + 1_000);
  return ear;
}

function details(contract: Partial<IbContract>, at?: UnixMs): Ear {
  return ask({ kind: "contract-details", requestId: 1, contract: ibContract(contract) }, at);
}

const found = (contract: Partial<IbContract>) =>
  details(contract)
    .all("contract")
    .map((each) => each.details.contract.conId);

// Goal: a contract is found by whatever names it, and described as a real gateway does.
describe("contract details", () => {
  it.each([
    [{ conId: 8 }, [8]],
    [{ conId: 8, symbol: "ELSE" }, [8]],
    [{ symbol: "IF" }, [7, 8, 11]],
    [{ symbol: "IF", secType: "FUT" }, [7, 8]],
    [{ symbol: "IF", secType: "FUT", lastTradeDate: "202403" }, [7]],
    [{ symbol: "IF", secType: "FUT", lastTradeDate: "20240419" }, [8]],
    [{ localSymbol: "IF2404" }, [8]],
    [{ symbol: "IF", exchange: "SMART" }, [7, 8, 11]],
    [{ symbol: "IF", exchange: "CFFEX" }, [7, 8]],
    [{ symbol: "IF", exchange: "ARCA" }, [11]],
    [{ symbol: "IF", primaryExchange: "NASDAQ" }, [11]],
    [{ symbol: "IF", currency: "CNY", multiplier: "300" }, [7, 8]],
    [{ symbol: "IF", tradingClass: "IF" }, [7, 8]],
  ])("of %j are those of %j", (contract, ids) => {
    expect(found(contract)).toEqual(ids);
  });

  it.each([
    { conId: 99 },
    { symbol: "IX" },
    { symbol: "IF", currency: "EUR" },
    { symbol: "IF", exchange: "NYSE" },
    { secType: "FUT" },
    { symbol: "IF", strike: 100 },
    { symbol: "IF", right: "C" },
  ])("of %j are none: 200", (contract) => {
    const ear = details(contract);
    expect(ear.heard.map(({ event }) => event.kind)).toEqual(["notice"]);
    expect(ear.codes(1)).toEqual([200]);
  });

  it("say what the gateway knows, for the exchange that was asked for", () => {
    const ear = details({ conId: 11, exchange: "ARCA" });
    expect(ear.heard.map(({ event }) => event.kind)).toEqual(["contract", "contract-end"]);
    expect(ear.all("contract")[0]!.details).toMatchObject({
      contract: { ...STOCK, exchange: "ARCA" },
      longName: "Interesting Furniture",
      minTick: 0.05,
      priceMagnifier: 1,
      timeZoneId: "US/Eastern",
      validExchanges: "SMART,NASDAQ,ARCA",
    });
    expect(details({ conId: 7 }).all("contract")[0]!.details).toMatchObject({
      contract: FUTURE,
      longName: "IF",
      marketName: "IF",
      minTick: 0.01,
      timeZoneId: "Asia/Shanghai",
      validExchanges: "SMART,CFFEX",
    });
  });

  it("take the price step from the instrument where none is given", () => {
    const of = series(instrument("IF", { priceIncrement: 0.2 }), truth.grid.size);
    const world = new GatewayWorld({}, OPEN, new Truth(of, truth.grid, truth.bars, 1));
    world.ear.ask({ kind: "contract-details", requestId: 1, contract: FUTURE });
    world.pass(100);
    expect(world.ear.all("contract")[0]!.details.minTick).toBe(0.2);
  });

  it("give hours of six days, with breaks and closed days, regular and all", () => {
    // A Friday; the clocks in New York go forward on Sunday.
    const at = instant("2024-03-08T10:00:00Z");
    const future = details({ conId: 7 }, at).all("contract")[0]!.details;
    expect(future.liquidHours.split(";").slice(0, 5)).toEqual([
      "20240308:0930-20240308:1130",
      "20240308:1300-20240308:1500",
      "20240309:CLOSED",
      "20240310:CLOSED",
      "20240311:0930-20240311:1130",
    ]);
    expect(future.tradingHours).toBe(future.liquidHours);
    const stock = details({ conId: 11 }, at).all("contract")[0]!.details;
    expect(stock.liquidHours).toContain("20240311:0930-20240311:1600");
    expect(stock.tradingHours).toContain("20240311:0400-20240311:2000");
    expect(stock.tradingHours.split(";")).toHaveLength(6);
  });

  it("give overnight hours from the evening before", () => {
    const calendar = calendarByName("CMES");
    const of = market({ calendar, size: "1h", from: "2024-03-04T00:00:00Z", bars: 5 });
    const world = new GatewayWorld({}, instant("2024-03-04T18:00:00Z"), of);
    world.ear.ask({ kind: "contract-details", requestId: 1, contract: FUTURE });
    world.pass(100);
    const { tradingHours } = world.ear.all("contract")[0]!.details;
    expect(tradingHours.split(";").slice(0, 2)).toEqual([
      "20240303:1700-20240304:1600",
      "20240304:1700-20240305:1600",
    ]);
  });

  it("leave out days that the calendar does not know", () => {
    const last = instant("2026-12-31T02:00:00Z");
    const { tradingHours } = details({ conId: 7 }, last).all("contract")[0]!.details;
    expect(tradingHours).toBe("20261231:0930-20261231:1130;20261231:1300-20261231:1500");
  });
});

// Goal: sessions and the first bar are told from the calendar and the truth.
describe("a schedule", () => {
  const schedule = (duration: string, end = "", contract: Partial<IbContract> = { conId: 7 }) =>
    ask({
      kind: "schedule",
      requestId: 1,
      contract: ibContract(contract),
      end,
      duration,
      useRegularHours: true,
    });

  it("lists the stretches of trading with their day", () => {
    const [event] = schedule("2 D").all("schedule");
    expect(event!.timeZone).toBe("Asia/Shanghai");
    // It is half past nine: the second day has only just begun.
    expect(event!.sessions).toEqual([
      { start: "20240304-09:30:00", end: "20240304-11:30:00", day: "20240304" },
      { start: "20240304-13:00:00", end: "20240304-15:00:00", day: "20240304" },
      { start: "20240305-09:30:00", end: "20240305-11:30:00", day: "20240305" },
    ]);
  });

  it("ends where it was told, in another zone as well", () => {
    const [event] = schedule("1 W", "20240305-22:00:00", { conId: 11 }).all("schedule");
    expect(event!.timeZone).toBe("US/Eastern");
    const days = event!.sessions.map(({ day }) => day);
    expect(days).toEqual(["20240228", "20240229", "20240301", "20240304", "20240305"]);
  });

  it("is refused for seconds, and for an end that is no time", () => {
    expect(schedule("3600 S").codes(1)).toEqual([321]);
    expect(schedule("1 D", "yesterday").codes(1)).toEqual([10314]);
  });
});

describe("a head timestamp", () => {
  const head = (formatDate: 1 | 2, conId: number, useRegularHours = true) =>
    ask({
      kind: "head-timestamp",
      requestId: 1,
      contract: ibContract({ conId }),
      whatToShow: "TRADES",
      useRegularHours,
      formatDate,
    });

  it("is the opening of the first bar, in either form", () => {
    const at = truth.bars.openTime[0]!;
    expect(head(2, 7).all("head-timestamp")[0]!.time).toBe(String(at / 1_000));
    expect(head(1, 7).all("head-timestamp")[0]!.time).toBe("20240226-01:30:00");
    expect(head(1, 11).all("head-timestamp")[0]!.time).toBe("20240304-14:30:00");
    expect(head(1, 11, false).all("head-timestamp")[0]!.time).toBe("20240304-09:00:00");
  });
});

// Goal: cancels are acknowledged, and what cannot be answered is refused as by a real gateway.
describe("requests about contracts", () => {
  it.each([
    ["history", history(), 162, "API historical data query cancelled: 1"],
    ["history", history({ keepUpToDate: true }), 162, "API historical data query cancelled: 1"],
    [
      "head-timestamp",
      {
        kind: "head-timestamp",
        requestId: 1,
        contract: FUTURE,
        whatToShow: "TRADES",
        useRegularHours: true,
        formatDate: 2,
      },
      162,
      "API head timestamp query cancelled: 1",
    ],
  ] as const)("acknowledge the cancel of %s", (of, request, code, text) => {
    const world = new GatewayWorld({ historyDelayMs: 500 });
    world.ear.ask(request, { kind: "cancel", of, requestId: 1 });
    world.pass(60_000);
    expect(world.ear.heard).toHaveLength(1);
    expect(world.ear.all("notice")[0]).toMatchObject({ requestId: 1, code });
    expect(world.ear.all("notice")[0]!.message).toContain(text);
  });

  it("say so where there is nothing to cancel", () => {
    const world = new GatewayWorld();
    world.ear.ask(
      { kind: "cancel", of: "history", requestId: 1 },
      { kind: "cancel", of: "real-time-bars", requestId: 2 },
      { kind: "cancel", of: "head-timestamp", requestId: 3 },
    );
    world.pass(10);
    expect([1, 2, 3].map((id) => world.ear.codes(id))).toEqual([[366], [300], [366]]);
  });

  it("can have an answer under way when they are cancelled", () => {
    const world = new GatewayWorld({}, OPEN + 3_600_000);
    world.ear.ask(history());
    world.pass(46);
    world.ear.ask({ kind: "cancel", of: "history", requestId: 1 });
    world.pass(1_000);
    expect(world.ear.heard.map(({ event }) => event.kind)).toEqual(["history", "notice"]);
    expect(world.ear.codes(1)).toEqual([366]);
  });

  it("refuse an id in use, and a contract that is ambiguous", () => {
    const world = new GatewayWorld({}, OPEN + 3_600_000);
    world.ear.ask(history(), history());
    world.pass(1_000);
    expect(world.ear.codes(1)).toEqual([102]);
    expect(world.ear.all("history")).toHaveLength(1);
    const contract = ibContract({ symbol: "IF", secType: "FUT" });
    const ear = ask(history({ contract }));
    expect(ear.codes(1)).toEqual([200]);
    expect(ear.all("notice")[0]!.message).toContain("ambiguous");
  });
});

describe("options", () => {
  it.each([{ latencyMs: -1 }, { historyDelayMs: 0.5 }, { historyLagMs: -1 }, { maxBars: 0 }])(
    "are refused as %j",
    (options) => {
      const markets = [{ contract: FUTURE, truth }];
      expect(() => new IbGateway(new VirtualTime(0), markets, options)).toThrow(
        Object.keys(options)[0]!,
      );
    },
  );
});

describe("markets", () => {
  it.each([
    ["without a price step", [{ contract: FUTURE, truth, minTick: 0 }]],
    ["without a conId", [{ contract: { ...FUTURE, conId: 0 }, truth }]],
    [
      "with one twice",
      [
        { contract: FUTURE, truth },
        { contract: FUTURE, truth },
      ],
    ],
  ])("are refused %s", (_name, markets) => {
    expect(() => new IbGateway(new VirtualTime(0), markets)).toThrow(BarlineError);
  });
});
