import { describe, expect, it } from "vitest";
import { NOTICE_CODES } from "../../adapters/ib/session/codes.ts";
import type { NoticeRule } from "../../adapters/ib/session/notice-action.ts";
import { noticeMeaning } from "../../adapters/ib/session/notice-meaning.ts";
import { readText } from "../tidy/project-files.ts";
import { deedOf } from "./ib-deeds.ts";

// Goal: docs/interactive-brokers.md says of every code that a gateway may send what the program
// says and does about it, in the program's own words, and of no other code.

const [, codes] = readText("docs/interactive-brokers.md").split("\n## Codes\n");

function rows(pattern: RegExp): readonly string[] {
  return codes!.split("\n").filter((line) => pattern.test(line));
}

function rowOf(first: string, { says, action, cure }: NoticeRule): string {
  return `| ${first} | ${says} | ${deedOf(action)} | ${cure} |`;
}

describe("the codes in the document", () => {
  it("are those that the program knows, each with what it says and does", () => {
    const known = [...NOTICE_CODES.values()].toSorted((a, b) => a.code - b.code);
    expect(known.length).toBeGreaterThan(50);
    expect(rows(/^\| \d+ \|/)).toEqual(known.map((each) => rowOf(String(each.code), each)));
  });

  it("have the meanings of 162 by its text", () => {
    const told = rows(/^\| `.+` \|/);
    const texts = told.map((line) => line.split("`")[1]!);
    expect(told).toEqual(texts.map((text) => rowOf(`\`${text}\``, noticeMeaning(162, text))));
    // Each text is another's: none is there by a pattern that catches everything.
    const unread = noticeMeaning(162, "something else");
    expect(told.filter((line) => line.includes(unread.says))).toEqual([]);
    expect(texts.length).toBeGreaterThanOrEqual(8);
  });
});

describe("deedOf", () => {
  it("tells apart what is asked again at once, later, once more, and never", () => {
    const deed = (retry: "soon" | "later" | "never", more = {}) =>
      deedOf({ do: "fail", fault: "any", retry, ...more });
    expect(deed("soon")).toBe("asks again");
    expect(deed("later")).toBe("asks again, later");
    expect(deed("never")).toBe("does not ask again");
    expect(deed("later", { isRetriedOnce: true })).toBe("asks once more, later");
    expect(deed("soon", { isPacing: true })).toBe("rests, then asks again");
    expect(deedOf({ do: "resume", isDataLost: true })).toBe("asks for every stream anew");
    expect(deedOf({ do: "resume", isDataLost: false })).toBe("checks every stream");
  });
});
