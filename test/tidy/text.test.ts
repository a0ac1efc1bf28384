import { describe, expect, it } from "vitest";
import { undocumentedExports } from "./docstring-rule.ts";
import { faultsIn, type ProjectFile, projectFiles } from "./project-files.ts";
import {
  leftoverFaults,
  missingGoals,
  nameFaults,
  sizeFaults,
  skippedTests,
} from "./text-rules.ts";

// Goal: files stay small and well named, carry nothing unfinished and nothing of the machine they
// were written on, every test runs, and everything that core exports says what it is.

const file = (text: string, path = "core/time/a.ts"): ProjectFile => ({ path, text });

describe("the project", () => {
  it("has small files with short lines", () => {
    expect(faultsIn(projectFiles(/\.ts$/), sizeFaults)).toEqual([]);
  });

  it("names files in kebab-case", () => {
    expect(faultsIn(projectFiles(/\.ts$/), nameFaults)).toEqual([]);
  });

  it("has no leftovers", () => {
    const written = projectFiles(/\.(?:ts|md|json|ya?ml)$|^\.ci\/|^\.[a-z]+$|^LICENSE$/);
    expect(faultsIn(written, leftoverFaults)).toEqual([]);
  });

  it("says the goal of every test", () => {
    expect(faultsIn(projectFiles(/^test\/.*\.test\.ts$/), missingGoals)).toEqual([]);
  });

  it("runs every test", () => {
    expect(faultsIn(projectFiles(/^test\/.*\.ts$/), skippedTests)).toEqual([]);
  });

  it("documents everything that core exports", () => {
    expect(faultsIn(projectFiles(/^core\/.*\.ts$/), undocumentedExports)).toEqual([]);
  });
});

describe("sizeFaults", () => {
  it("counts the lines of a source and of a test", () => {
    expect(sizeFaults(file("a;\n".repeat(300)))).toEqual([]);
    expect(sizeFaults(file("a;\n".repeat(301)))).toEqual([
      "core/time/a.ts: 301 lines, 300 at most",
    ]);
    expect(sizeFaults(file("a;\n".repeat(400), "test/core/a.test.ts"))).toEqual([]);
    expect(sizeFaults(file("a;\n".repeat(401), "test/core/a.test.ts"))).toHaveLength(1);
  });

  it("measures lines in signs, and lets an address and a title be long", () => {
    expect(sizeFaults(file("é".repeat(100)))).toEqual([]);
    expect(sizeFaults(file(`a\n${"b".repeat(101)}`))).toEqual([
      "core/time/a.ts:2: 101 columns, 100 at most",
    ]);
    expect(sizeFaults(file(`// https://${"c".repeat(120)}`))).toEqual([]);
    expect(sizeFaults(file(`  it("${"d".repeat(120)}", () => {`))).toEqual([]);
    expect(sizeFaults(file(`  say("${"d".repeat(120)}");`))).toHaveLength(1);
  });
});

describe("nameFaults", () => {
  it.each(["core/time/bar-grid.ts", "test/core/a.test.ts", "vitest.config.ts", "core/a1/b-2.ts"])(
    "accepts %s",
    (path) => {
      expect(nameFaults(file("", path))).toEqual([]);
    },
  );

  it.each(["core/barGrid.ts", "core/bar_grid.ts", "core/Time/a.ts", "core/a-.ts", "core/a.b.ts"])(
    "refuses %s",
    (path) => {
      expect(nameFaults(file("", path))).toEqual([`${path}: not in kebab-case`]);
    },
  );
});

describe("leftoverFaults", () => {
  // Put together here, so that this file does not contain what it looks for.
  it.each([
    ["TO", "DO"],
    ["FIX", "ME"],
    ["XX", "X"],
    ["/wo", "rk/main"],
    ["/ho", "me/someone"],
    ["/tm", "p/a"],
    ["/Us", "ers/someone"],
    ["https://regis", "try.npmjs.org/a"],
  ])("finds %s%s", (first, second) => {
    expect(leftoverFaults(file(`a;\n// ${first}${second}`))).toHaveLength(1);
  });

  it.each(["todos", "a/work/b", "docs/home/", "./tmp/a", "a registry of packages"])(
    "lets %s pass",
    (text) => {
      expect(leftoverFaults(file(text))).toEqual([]);
    },
  );
});

describe("missingGoals", () => {
  it("finds a test without a goal", () => {
    expect(missingGoals(file("// Goal:\nit('a');", "test/a.test.ts"))).toHaveLength(1);
    expect(missingGoals(file("import 'a';\n\n// Goal: this.\n", "test/a.test.ts"))).toEqual([]);
  });
});

describe("skippedTests", () => {
  it.each(["only", "skip", "todo", "fails", "skipIf"])("finds %s", (name) => {
    const text = `\nit.${name}("works", () => {});`;
    expect(skippedTests(file(text, "test/a.test.ts"))).toEqual([
      `test/a.test.ts:2: a test that is left out: .${name}`,
    ]);
  });

  it("finds the short forms, and only in code", () => {
    expect(skippedTests(file("xit('a', f);"))).toHaveLength(1);
    expect(skippedTests(file("// it.only\nf('it.skip'); exit(1); a.onlyOnce;"))).toEqual([]);
  });
});

describe("undocumentedExports", () => {
  it.each([
    ["function", "export function a(): void {}"],
    ["generator", "export function* a() {}"],
    ["class", "export class a {}"],
    ["abstract class", "export abstract class a {}"],
    ["interface", "export interface a {}"],
    ["type", "export type a = 1;"],
    ["constant", "export const a = 1;"],
  ])("finds a %s without a docstring", (_kind, text) => {
    expect(undocumentedExports(file(`/* not one */\n${text}`))).toEqual([
      "core/time/a.ts:2: a has no docstring",
    ]);
    expect(undocumentedExports(file(`// not one\n${text}`))).toHaveLength(1);
    expect(undocumentedExports(file(`/** One. */\nconst b = 1;\n${text}`))).toHaveLength(1);
    expect(undocumentedExports(file(`/**\n * One.\n */\n${text}`))).toEqual([]);
  });

  it("asks once for overloads, and not for what is not exported", () => {
    const text =
      "/** One. */\nexport function a(b: 1): 1;\nexport function a(b: 2): 2;\nconst c = 1;";
    expect(undocumentedExports(file(text))).toEqual([]);
  });
});
