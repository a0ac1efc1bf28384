// Goal: a contract is found, or a person is told how to find it.
import { describe, expect, it } from "vitest";
import type { ContractRequest } from "../../../../adapters/ib/contracts/contract-request.ts";
import {
  type ContractResult,
  type ResolveOptions,
  resolveContract,
} from "../../../../adapters/ib/contracts/resolve-contract.ts";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { ScriptedIbLink } from "../../../support/scripted-ib-link.ts";
import { detailsOf } from "./details.ts";

class Search {
  readonly time = new VirtualTime(0);
  readonly link = new ScriptedIbLink(this.time);
  readonly results: ContractResult[] = [];

  ask(wanted: ContractRequest, options: ResolveOptions = {}) {
    return resolveContract(this.link, wanted, (result) => this.results.push(result), options);
  }

  /** Asks, lets time pass until there is a result, and gives it. */
  find(wanted: ContractRequest, options: ResolveOptions = {}): ContractResult {
    this.ask(wanted, options);
    expect(this.results).toEqual([]);
    while (this.results.length === 0 && this.time.step());
    while (this.time.step());
    expect(this.results).toHaveLength(1);
    return this.results[0]!;
  }
}

const DAX = { symbol: "DAX", secType: "FUT", exchange: "EUREX", currency: "EUR" };

describe("resolveContract", () => {
  it("fills in what is usual, and gives the details of the one contract found", () => {
    const search = new Search();
    search.link.script = (asked) => asked.contracts(detailsOf());
    expect(search.find({ symbol: "AAPL" })).toEqual({ kind: "resolved", details: detailsOf() });
    expect(search.link.asked.map(({ question }) => question)).toEqual([
      {
        kind: "contract-details",
        contract: ibContract({
          symbol: "AAPL",
          secType: "STK",
          exchange: "SMART",
          currency: "USD",
        }),
      },
    ]);
  });

  it("narrows a conId down by nothing that was not said", () => {
    const search = new Search();
    search.link.script = (asked) => asked.contracts(detailsOf());
    search.find({ conId: 7 });
    expect(search.link.last.question).toMatchObject({ contract: ibContract({ conId: 7 }) });
  });

  it("lists what fits, each with what to add to choose it", () => {
    const search = new Search();
    search.link.script = (asked) => {
      const future = { ...DAX, primaryExchange: "" };
      asked.contracts(
        detailsOf({
          ...future,
          conId: 1,
          localSymbol: "FDAX",
          lastTradeDate: "20240315",
          multiplier: "25",
        }),
        detailsOf({
          ...future,
          conId: 2,
          localSymbol: "FDXM",
          lastTradeDate: "20240315",
          multiplier: "5",
        }),
        detailsOf({
          ...future,
          conId: 3,
          localSymbol: "FDXM",
          lastTradeDate: "20240621",
          multiplier: "5",
        }),
      );
    };
    const result = search.find(DAX);
    expect(result.kind).toBe("ambiguous");
    if (result.kind !== "ambiguous") return;
    expect(result.candidates).toHaveLength(3);
    expect(result.message.split("\n").map((line) => line.replace(/ {2,}/g, " | "))).toEqual([
      "3 contracts fit DAX FUT EUREX EUR; add one of these:",
      "conId | symbol | exchange | primary | currency | expiry | name | to choose it",
      "1 | FDAX | EUREX | - | EUR | 20240315 | APPLE INC | multiplier 25",
      "2 | FDXM | EUREX | - | EUR | 20240315 | APPLE INC | conId 2",
      "3 | FDXM | EUREX | - | EUR | 20240621 | APPLE INC | lastTradeDate 20240621",
    ]);
  });

  it("takes one contract told twice for one", () => {
    const search = new Search();
    search.link.script = (asked) => asked.contracts(detailsOf(), detailsOf());
    expect(search.find({ symbol: "AAPL" }).kind).toBe("resolved");
  });

  it("says what to do where the gateway knows none", () => {
    const cures: readonly [ContractRequest, string][] = [
      [{ symbol: "AAPLE" }, "give its currency"],
      [{ symbol: "ES", secType: "FUT" }, "CME"],
      [{ symbol: "EUR", secType: "CASH" }, "IDEALPRO"],
      [{ conId: 5 }, "check the conId"],
    ];
    for (const [wanted, cure] of cures) {
      for (const isRefused of [true, false]) {
        const search = new Search();
        const code = "unknown-contract";
        const message = "No security definition has been found for the request";
        search.link.script = (asked) => {
          if (isRefused) asked.fail({ code, message, retry: "never", ibCode: 200 });
          else asked.contracts();
        };
        const result = search.find(wanted);
        expect(result).toMatchObject({ kind: "unknown", cure: expect.stringContaining(cure) });
      }
    }
  });

  it("asks again when nothing comes, and when the link is lost", () => {
    const search = new Search();
    search.link.script = (asked, index) => {
      if (index === 1) {
        search.link.goDown();
        search.time.schedule(search.time.now() + 9_000, () => search.link.goUp());
      } else if (index === 2) asked.contracts(detailsOf());
    };
    expect(search.find({ symbol: "AAPL" }).kind).toBe("resolved");
    expect(search.link.asked.map(({ isCancelled }) => isCancelled)).toEqual([true, false, false]);
    expect(search.time.now()).toBeGreaterThanOrEqual(19_000);
  });

  it("gives up after the deadlines, and says why", () => {
    const silent = new Search();
    expect(silent.find({ symbol: "AAPL" })).toMatchObject({
      fault: { code: "timeout", retry: "soon" },
    });
    expect(silent.time.now()).toBe(30_000);
    const down = new Search();
    down.link.goDown("refused");
    expect(down.find({ symbol: "AAPL" })).toMatchObject({
      fault: { code: "disconnected", retry: "later", message: expect.stringContaining("refused") },
    });
    expect(down.time.now()).toBe(45_000);
    const refused = new Search();
    const fault = { code: "invalid-request", message: "no", retry: "never" } as const;
    refused.link.script = (asked) => asked.fail(fault);
    expect(refused.find({ symbol: "AAPL" })).toEqual({ kind: "failed", fault });
  });

  it("tries again after a fault that passes, so many times", () => {
    const search = new Search();
    const fault = { code: "gateway-error", message: "busy", retry: "soon" } as const;
    search.link.script = (asked) => asked.fail(fault);
    expect(search.find({ symbol: "AAPL" }, { attempts: 4 })).toEqual({ kind: "failed", fault });
    expect(search.link.asked).toHaveLength(4);
  });

  it("is silent once it was called off", () => {
    const search = new Search();
    const pending = search.ask({ symbol: "AAPL" });
    pending.close();
    pending.close();
    expect(search.time.nextAt === undefined || search.time.step()).toBe(true);
    expect(search.link.last.isCancelled).toBe(true);
    expect(search.results).toEqual([]);
  });
});
