import { constantFrom, assert as holds, property } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { overlaid, readLiveConfig } from "../../../adapters/cli/ib/live-config.ts";
import { LIVE_KEYS } from "../../../adapters/cli/ib/live-schema.ts";
import { ListedError } from "../../../adapters/cli/terminal/mistakes.ts";
import { nearest } from "../../../adapters/cli/terminal/nearest.ts";
import { readText } from "../../tidy/project-files.ts";
import { workFolder } from "./barline.ts";

// Goal: a configuration is taken whole or not at all; every mistake in it is told at once, with its
// line, what is expected there, and the key that was meant.

const file = workFolder();

const refusal = (content: string | Uint8Array): string => {
  const path = file("ib.json", content);
  try {
    readLiveConfig(path);
  } catch (error) {
    const lines = error instanceof ListedError ? error.lines : [(error as Error).message];
    return lines.join("\n").replaceAll(path, "ib.json");
  }
  return "";
};

describe("a configuration file", () => {
  it("that is the example is taken as it stands", () => {
    const text = readText("examples/ib.json");
    expect(readLiveConfig(file("example.json", text))).toEqual(JSON.parse(text));
  });

  it("may say nothing", () => {
    expect(readLiveConfig(file("empty.json", "{}"))).toEqual({});
  });

  it("tells every mistake at once, in its order, with place, key and cure", () => {
    const text = `{
  "gateway": { "prot": 4002, "clientId": -1, "spareClientIds": [8, "nine"] },
  "live": {
    "graceMs": "3s",
    "mode": "fast"
  },
  "settleMs": 5,
  "series": { "size": "15x" },
  "contract": { "lastTradeDate": "2024-03", "currency": "usd" },
  "run": { "param": { "fast": [1] }, "commission": "some" },
  "log": 7
}`;
    const expected: readonly (readonly [place: string, problem: string, cure: string])[] = [
      ["2:16: gateway.prot", "there is no such key", 'did you mean "port"?'],
      ["2:30: gateway.clientId", "-1 is not", "it must be a whole number from 0 to 2147483647"],
      ["2:68: gateway.spareClientIds[1]", '"nine" is not', "spareClientIds must be a list of"],
      ["4:5: live.graceMs", '"3s" is not', "a whole number of milliseconds from 0 to 3600000"],
      ["5:5: live.mode", '"fast" is not', 'one of "keep-up-to-date", "real-time-bars"'],
      ["7:3: settleMs", "there is no such key", 'did you mean "settleMs" of "live"?'],
      ["8:15: series.size", '"15x" is not', "a bar size from 1s to 1d"],
      ["9:17: contract.lastTradeDate", '"2024-03" is not', 'a month or a day, "202403" or'],
      ["9:45: contract.currency", '"usd" is not', "a currency in capitals"],
      ["10:23: run.param.fast", "[1] is not", "run.param must be parameters of the strategy"],
      ["10:38: run.commission", '"some" is not', 'a commission model: "none", "fixed:2.5"'],
      ["11:3: log", "7 is not allowed", "it must be an object"],
    ];
    const lines = refusal(text).split("\n");
    expect(lines).toHaveLength(expected.length);
    for (const [index, [place, problem, cure]] of expected.entries()) {
      expect(lines[index]).toContain(`ib.json:${place}: ${problem}`);
      expect(lines[index]).toContain(cure);
    }
  });

  it.each([
    ["no object", "[]", "ib.json:1:1: [] is not allowed; it must be an object"],
    ["a comment", '{\n  // the port\n  "gateway": {}\n}', "ib.json:2:3: JSON has no comments"],
    ["no JSON", '{ "gateway": { "port": 4002, } }', "ib.json:1:28: a comma with nothing after it"],
    ["a key twice", '{ "log": {}, "log": {} }', 'ib.json:1:14: "log" stands here twice'],
    ["null", '{ "gateway": null }', "ib.json:1:3: gateway: null is not allowed"],
    ["not a number", '{ "run": { "cash": 1e999 } }', "run.cash: null is not allowed"],
    ["no text", new Uint8Array([0x7b, 0xff, 0xfe]), "this is not text in UTF-8; save it as UTF-8"],
    ["far too much", " ".repeat(2 ** 20 + 1), "this is too large for a configuration"],
  ])("is refused where it is %s", (_what, content, problem) => {
    expect(refusal(content)).toContain(problem);
  });

  it.each([
    ["nothing", () => file("absent.json"), "there is no such file"],
    ["a folder", () => file("."), "this is not a file"],
  ])("is refused where there is %s", (_what, path, problem) => {
    expect(() => readLiveConfig(path())).toThrow(problem);
  });
});

describe("one configuration over another", () => {
  let example: ReturnType<typeof readLiveConfig>;
  beforeAll(() => {
    example = readLiveConfig(file("example.json", readText("examples/ib.json")));
  });

  it("changes what it names and nothing else", () => {
    const upper = { gateway: { port: 7497 }, run: { param: { fast: 20 } } };
    const all = overlaid(upper, example);
    expect(all.gateway).toEqual({ ...example.gateway, port: 7497 });
    expect(all.run).toEqual({ ...example.run, param: { fast: 20, slow: 260 } });
    for (const section of ["contract", "series", "backfill", "live"] as const) {
      expect(all[section]).toEqual(example[section]);
    }
  });
});

describe("the nearest name", () => {
  const names = [...LIVE_KEYS.values()].flat();

  it("is the name itself, or the one a letter away", () => {
    holds(
      property(constantFrom(...names), (name) => {
        expect(nearest(name, names)).toBe(name);
        expect(nearest(name.toUpperCase(), [name])).toBe(name);
        expect(nearest(`${name}x`, [name])).toBe(name);
        expect(nearest(`${name[1]}${name[0]}${name.slice(2)}`, [name])).toBe(name);
      }),
    );
  });

  it("is none where nothing is near", () => {
    expect(nearest("passphrase", ["host", "port", "clientId"])).toBeUndefined();
  });
});
