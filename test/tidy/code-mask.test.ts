// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are what is tested.
import { transform } from "esbuild";
import { describe, expect, it } from "vitest";
import { maskCode } from "./code-mask.ts";
import { projectFiles } from "./project-files.ts";

// Goal: the rules look at code and at nothing else, so comments and strings must vanish, and only
// they, wherever the grammar makes it hard to tell.

describe("maskCode", () => {
  it.each([
    ["a line comment", "a; // Date\nb", "a;        \nb"],
    ["a block comment", "a /* Date\n Date */ b", "a        \n         b"],
    ["a string", 'f("Date", 1)', 'f("    ", 1)'],
    ["an escaped quote", String.raw`f('a\'Date', 1)`, "f('       ', 1)"],
    ["a comment sign in a string", 'f("//", x)', 'f("  ", x)'],
    ["template text", "`Date ${Date} Date`", "`     ${Date}     `"],
    ["a template in a template", "`a${f(`b${c}d`)}e`; g", "` ${f(` ${c} `)} `; g"],
    ["braces in a template expression", "`a${[{ b: {} }]}c`", "` ${[{ b: {} }]} `"],
    ["an escaped template expression", "`\\${Date}`", "`        `"],
    ["a regular expression", 'x = /"/g; y = "b"', 'x = /x/g; y = " "'],
    ["a slash in a class of signs", "x = /[/'\"]/.test(y)", "x = /xxxxx/.test(y)"],
    ["a regular expression after return", "return /'/", "return /x/"],
    ["a division", "a / b / c", "a / b / c"],
    ["a division after a bracket", "f(a) / b[c] / d", "f(a) / b[c] / d"],
    ["a division after an assertion", "a! / b! / '/'", "a! / b! / ' '"],
    ["a negated regular expression", "!/'/.test(a)", "!/x/.test(a)"],
    ["an inequality before a regular expression", "a !== /'/", "a !== /x/"],
    ["the first line of a program", "#!/usr/bin/env node\na", `${" ".repeat(19)}\na`],
    ["an unfinished comment", "a /* b", "a     "],
    ["an unfinished string", 'a "b\nc', 'a " \nc'],
  ])("handles %s", (_case, text, masked) => {
    expect(maskCode(text)).toBe(masked);
  });

  it("leaves of every file of the project a text that a parser takes", async () => {
    for (const { path, text } of projectFiles(/\.ts$/)) {
      const masked = maskCode(text);
      const breaks = (source: string) => [...source.matchAll(/\n/g)].map(({ index }) => index);
      expect(breaks(masked), path).toEqual(breaks(text));
      await expect(
        transform(masked, { loader: "ts", sourcefile: path, logLevel: "silent" }),
        path,
      ).resolves.toBeDefined();
    }
  });
});
