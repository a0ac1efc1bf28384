import {
  assert as check,
  constant,
  integer,
  json,
  oneof,
  property,
  string,
  tuple,
} from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson } from "../../../adapters/cli/terminal/json-text.ts";

// Goal: JSON is read as everyone else reads it, and a mistake in it is shown where it stands.

const fault = (text: string): string => {
  try {
    readJson(text, "a.json");
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

const isParsed = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("readJson", () => {
  it("reads every JSON text as JSON.parse does, blanks or not", () => {
    check(
      property(json(), integer({ min: 0, max: 3 }), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        expect(readJson(spaced, "a.json").value).toEqual(JSON.parse(text));
      }),
    );
  });

  it("refuses what JSON.parse refuses, and names twice", () => {
    const splice = oneof(string({ maxLength: 3 }), constant(","), constant('"'), constant("}"));
    check(
      property(tuple(json({ maxDepth: 3 }), integer({ min: 0 }), splice), ([text, at, more]) => {
        const cut = at % (text.length + 1);
        const broken = text.slice(0, cut) + more + text.slice(cut + (at % 2));
        const problem = fault(broken);
        if (isParsed(broken)) expect(problem).toMatch(/^$|twice/);
        else expect(problem).toMatch(/^a\.json:\d+:\d+: .+; .+/);
      }),
    );
  });

  it.each([
    ["a comment", '{\n  // why\n  "a": 1\n}', "a.json:2:3: JSON has no comments"],
    ["a comment of several lines", '{ "a": 1 /* why */ }', "a.json:1:10: JSON has no comments"],
    ["a comma at the end", '{\n  "a": 1,\n}', "a.json:2:9: a comma with nothing after it"],
    [
      "a comma missing",
      '{\n  "a": 1\n  "b": 2\n}',
      'a.json:3:3: "\\"" where "," or "}" is missing',
    ],
    ["a name without quotes", "{ a: 1 }", 'a.json:1:3: "a" where a name is missing'],
    ["single quotes", "{ \"a\": 'b' }", "a.json:1:8: a text without double quotes"],
    ["a text without its end", '{ "a": "b }', "a.json:1:8: this text does not end"],
    ["a colon missing", '{ "a" 1 }', 'a.json:1:7: after "a" a colon is missing'],
    ["a name twice", '{ "a": 1, "a": 2 }', 'a.json:1:11: "a" stands here twice'],
    ["the end too early", '{ "a": [1', 'a.json:1:10: it ends before "]"'],
    ["nothing", "", "a.json:1:1: it ends where a value is missing"],
    ["more after the end", "{} {}", "a.json:1:4: something follows after the end"],
    ["a number that is none", '{ "a": 01 }', 'a.json:1:9: "1" where "," or "}" is missing'],
    ["a bottomless pit", "[".repeat(100_000), "it is nested too deeply"],
  ])("shows %s", (_what, text, problem) => {
    expect(fault(text)).toContain(problem);
  });

  it("knows where a member stands, and what a byte-order mark is", () => {
    const { value, placeOf } = readJson('\ufeff{\n  "a": { "b": [10,\n 20] }\n}', "a.json");
    expect(value).toEqual({ a: { b: [10, 20] } });
    expect(placeOf(["a", "b"])).toEqual({ line: 2, column: 10 });
    expect(placeOf(["a", "b", 1])).toEqual({ line: 3, column: 2 });
    expect(placeOf(["a", "c"])).toBeUndefined();
  });

  it("has no special names", () => {
    const { value } = readJson('{ "__proto__": { "a": 1 } }', "a.json");
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(({} as { a?: number }).a).toBeUndefined();
  });
});
