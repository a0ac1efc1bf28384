import { describe, expect, it } from "vitest";
import { isLeftOut, isPrinted, linesOf, stepsOf, stepsOfDocument } from "./documents.ts";

// Goal: the test of the documents sees a command, what it prints, and any difference.

describe("stepsOf", () => {
  it("parts commands and what they print", () => {
    expect(stepsOf("$ a b\none\ntwo\n$ c\n")).toEqual([
      { command: "a b", printed: ["one", "two"] },
      { command: "c", printed: [] },
    ]);
  });

  it("refuses a block that begins with something else", () => {
    expect(() => stepsOf("one\n$ a\n")).toThrow("begins with no command");
  });
});

describe("stepsOfDocument", () => {
  it("takes console blocks, and scripts with a printed result", () => {
    const written: string[] = [];
    const write = (text: string) => `s${written.push(text)}.mjs`;
    const js = "```js\nprint(1);\n```\n";
    const markdown = `# A\n\n\`\`\`console\n$ a\n\`\`\`\n${js}\n${js}\n\`\`\`text\n1\n\`\`\`\n`;
    expect(stepsOfDocument(markdown, write)).toEqual([
      { command: "a", printed: [] },
      { command: "node s1.mjs", printed: ["1"] },
    ]);
    expect(written).toEqual(["print(1);\n"]);
  });
});

describe("isLeftOut", () => {
  it("knows what is not run, and nothing else", () => {
    expect(isLeftOut("npm ci && npm start")).toBe(true);
    expect(isLeftOut("npm run bench:quick")).toBe(true);
    expect(isLeftOut("npm ci && npx barline demo")).toBe(false);
    expect(isLeftOut("npx barline demo")).toBe(false);
  });
});

describe("isPrinted", () => {
  it.each([
    [["a", "b"], ["a", "b"], true],
    [["a"], ["a", "b"], false],
    [["a", "b"], ["a"], false],
    [[], [], true],
    [[], ["a"], false],
    [["a.c"], ["abc"], false],
    [["a", "...", "d"], ["a", "b", "c", "d"], true],
    [["a", "...", "d"], ["a", "d"], true],
    [["a", "...", "d"], ["a", "b", "d", "e"], false],
    [["..."], [], true],
    [["in 3 ms of this machine's time"], ["in 40 ms of this machine's time"], true],
    [["in 3 ms"], ["in 40 ms"], false],
  ])("%j for %j: %s", (expected, actual, answer) => {
    expect(isPrinted(expected, actual)).toBe(answer);
  });
});

describe("linesOf", () => {
  it("keeps empty lines, but for the end of the last one", () => {
    expect(linesOf("")).toEqual([]);
    expect(linesOf("a\n\nb\n")).toEqual(["a", "", "b"]);
  });
});
