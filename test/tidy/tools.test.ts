import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectFiles, ROOT } from "./project-files.ts";

// Goal: a tool that finds nothing must have looked. In a copy of the project, every folder gets a
// file with a mistake of each kind, and the linter, the compiler and the search for dead code must
// name every one of them.

const AREAS = ["core/time", "adapters/csv", "sim", "bench/engine", "test/tidy"];
const PLANTED = AREAS.map((area) => `${area}/planted.ts`);
const MISTAKES = "/** Planted. */\nexport const planted: string = 1;\ndebugger;\n";

describe("the tools", { timeout: 60_000 }, () => {
  let copy = "";

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "barline-tools-"));
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    };
    for (const { path, text } of projectFiles(/\.(?:ts|json)$/)) write(path, text);
    for (const path of PLANTED) write(path, MISTAKES);
    // Used by a test alone: dead in production, alive otherwise.
    appendFileSync(join(copy, "core/time/instant.ts"), "\nexport const plantedForTests = 1;\n");
    const importing = 'import { plantedForTests } from "../core/time/instant.ts";';
    write("test/planted.test.ts", `${importing}\nplantedForTests.toFixed();\n`);
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "dir");
  });

  afterAll(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  function outputOf(tool: string, ...options: string[]): string {
    const entry = join(ROOT, "node_modules", ".bin", tool);
    const { status, stdout, stderr } = spawnSync(entry, options, { cwd: copy, encoding: "utf8" });
    expect(status, stderr).not.toBe(0);
    return stdout + stderr;
  }

  it("lint every folder", () => {
    const output = outputOf("biome", "lint", "--max-diagnostics=none", "--colors=off");
    const found = [...output.matchAll(/^(\S+planted\.ts):\d+:\d+ lint\/suspicious\/noDebugger/gm)];
    expect(found.map((match) => match[1]).sort()).toEqual([...PLANTED].sort());
  });

  it("check the types of every folder", () => {
    const output = outputOf("tsc", "-p", "tsconfig.json", "--pretty", "false");
    const found = [...output.matchAll(/^(\S+planted\.ts)\(\d+,\d+\): error TS2322/gm)];
    expect(found.map((match) => match[1]).sort()).toEqual([...PLANTED].sort());
  });

  it("search every folder for dead files", () => {
    const unused = [...deadCode().files].filter((path) => path.endsWith("/planted.ts"));
    expect(unused.sort()).toEqual([...PLANTED].sort());
  });

  it("search production for what tests alone use", () => {
    expect(deadCode().exports).not.toContain("plantedForTests");
    expect(deadCode("--production").exports).toContain("plantedForTests");
  });

  function deadCode(...options: string[]): { files: string[]; exports: string[] } {
    const output = outputOf("knip", "--reporter", "json", ...options);
    type Named = { readonly name: string }[];
    const report: { issues: { files: Named; exports: Named }[] } = JSON.parse(
      output.slice(output.indexOf('{"issues"'), output.lastIndexOf("}") + 1),
    );
    return {
      files: report.issues.flatMap(({ files }) => files.map(({ name }) => name)),
      exports: report.issues.flatMap((issue) => issue.exports.map(({ name }) => name)),
    };
  }
});
