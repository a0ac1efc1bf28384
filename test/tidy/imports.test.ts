import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { importCycles, importFaults, runtimeTargets } from "./import-rules.ts";
import { importsOf } from "./imports.ts";
import { faultsIn, type ProjectFile, projectFiles, ROOT } from "./project-files.ts";

// Goal: imports run one way, through the floors of core and from the adapters and the simulation
// into core, and never in a circle.

const file = (path: string, text: string): ProjectFile => ({ path, text });
const sources = () =>
  projectFiles(/^(?:core|adapters|sim|bench|test|examples)\/.*\.ts$|^[^/]+\.ts$/);

describe("the imports of the project", () => {
  it.each(["core", "adapters", "sim", "bench", "test", "examples"])("run one way in %s", (area) => {
    const files = projectFiles(new RegExp(`^${area}/.*\\.ts$`));
    expect(faultsIn(files, importFaults)).toEqual([]);
  });

  it("run one way in the configuration of the tools", () => {
    expect(faultsIn(projectFiles(/^[^/]+\.ts$/), importFaults)).toEqual([]);
  });

  it("form no circle", () => {
    expect(importCycles(sources())).toEqual([]);
  });

  it("are those that a parser finds", async () => {
    const files = sources();
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: files.map(({ path }) => path),
      bundle: true,
      write: false,
      metafile: true,
      outdir: "dist",
      format: "esm",
      platform: "node",
      packages: "external",
      logLevel: "silent",
    });
    for (const each of files) {
      const parsed = metafile.inputs[each.path]!.imports.filter(({ external }) => !external);
      const found = new Set(runtimeTargets(each));
      expect(new Set(parsed.map(({ path }) => path)), each.path).toEqual(found);
    }
  });
});

describe("importsOf", () => {
  const found = (text: string) =>
    importsOf(file("core/a.ts", text)).map(({ specifier, kind }) => `${kind} ${specifier}`);

  it.each([
    ['import { a } from "./a.ts";', "static ./a.ts"],
    ['import a, { b as c } from "./a.ts";', "static ./a.ts"],
    ['import * as a from "./a.ts";', "static ./a.ts"],
    ['import {\n  a,\n  type B,\n} from "./a.ts";', "static ./a.ts"],
    ['import "./a.ts";', "static ./a.ts"],
    ["import { a } from './a.ts';", "static ./a.ts"],
    ['import type { A } from "./a.ts";', "type ./a.ts"],
    ['import type from "./a.ts";', "static ./a.ts"],
    ['export { a } from "./a.ts";', "static ./a.ts"],
    ['export * from "./a.ts";', "static ./a.ts"],
    ['export * as a from "./a.ts";', "static ./a.ts"],
    ['export type { A } from "./a.ts";', "type ./a.ts"],
    ['const a = await import("./a.ts");', "dynamic ./a.ts"],
    ["const a = await import(name);", "dynamic undefined"],
    ['type A = import("./a.ts").A;', "dynamic ./a.ts"],
  ])("reads %s", (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  it("finds each of several", () => {
    const text =
      'import { a } from "./a.ts";\nexport function f() {}\nexport { b } from "./b.ts";\n';
    expect(found(text)).toEqual(["static ./a.ts", "static ./b.ts"]);
  });

  it.each([
    '// import "./a.ts"',
    `const a = 'import "./a.ts"'`,
    'a.import("./a.ts")',
    "important(a)",
  ])("is not taken in by %s", (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe("importFaults", () => {
  const allowed = (path: string, specifier: string) =>
    importFaults(file(path, `import type { A } from "${specifier}";`)).length === 0;

  it.each([
    ["core/market/a.ts", "../time/instant.ts"],
    ["core/time/a.ts", "./instant.ts"],
    ["core/index.ts", "./time/instant.ts"],
    ["core/feed/a.ts", "@noble/hashes/sha2.js"],
    ["core/trading/a.ts", "big.js"],
    ["adapters/csv/a.ts", "../../core/index.ts"],
    ["adapters/csv/a.ts", "node:fs"],
    ["adapters/csv/a.ts", "csv-parse"],
    ["adapters/csv/a.ts", "../rows/bar-rows.ts"],
    ["adapters/cli/a.ts", "../../core/time/instant.ts"],
    ["sim/a.ts", "../core/index.ts"],
    ["sim/ib/a.ts", "../../adapters/ib/port/ib-client.ts"],
    ["sim/fleet/a.ts", "../../adapters/ib/session/ib-session.ts"],
    ["sim/fleet/a.ts", "../../adapters/kept/keeping.ts"],
    ["adapters/kept/a.ts", "../ib/ib-feed.ts"],
    ["sim/tws/a.ts", "node:net"],
    ["adapters/ib/stoqey/a.ts", "@stoqey/ib"],
    ["adapters/ib/history/a.ts", "../port/ib-client.ts"],
    ["sim/a.ts", "pure-rand/generator/xoroshiro128plus"],
    ["bench/a.ts", "../core/index.ts"],
    ["bench/a.ts", "tinybench"],
    ["test/core/a.ts", "../../core/index.ts"],
    ["examples/a.ts", "barline"],
    ["examples/a.ts", "barline/csv"],
  ])("lets %s import %s", (path, specifier) => {
    expect(allowed(path, specifier)).toBe(true);
  });

  it.each([
    ["core/time/a.ts", "../market/bar.ts"],
    ["core/feed/a.ts", "../indicators/indicator.ts"],
    ["core/time/a.ts", "../index.ts"],
    ["core/stray.ts", "./time/instant.ts"],
    ["core/unknown/a.ts", "../time/instant.ts"],
    ["core/time/a.ts", "../../adapters/csv/index.ts"],
    ["core/time/a.ts", "../../test/tidy/imports.ts"],
    ["core/time/a.ts", "../../vitest.config.ts"],
    ["core/time/a.ts", "./missing.ts"],
    ["core/time/a.ts", "./instant.js"],
    ["core/time/a.ts", "node:fs"],
    ["core/time/a.ts", "fs"],
    ["core/time/a.ts", "csv-parse"],
    ["core/time/a.ts", "pure-rand"],
    ["adapters/csv/a.ts", "../cli/main.ts"],
    ["adapters/rows/a.ts", "../csv/index.ts"],
    ["adapters/csv/a.ts", "../../sim/index.ts"],
    ["adapters/csv/a.ts", "../../test/tidy/imports.ts"],
    ["adapters/csv/a.ts", "tinybench"],
    ["adapters/csv/a.ts", "not-installed"],
    ["adapters/cli/a.ts", "../../test/tidy/imports.ts"],
    ["sim/a.ts", "../adapters/csv/index.ts"],
    ["sim/ib/a.ts", "../../adapters/ib/session/ib-link.ts"],
    ["sim/fleet/a.ts", "../../adapters/ib/stoqey/index.ts"],
    ["sim/fleet/a.ts", "../../adapters/store/lmdb/open-lmdb-store.ts"],
    ["adapters/kept/a.ts", "../cli/main.ts"],
    ["adapters/kept/a.ts", "node:fs"],
    ["sim/ib/a.ts", "node:net"],
    ["adapters/ib/session/a.ts", "@stoqey/ib"],
    ["adapters/ib/session/a.ts", "node:net"],
    ["sim/a.ts", "../test/tidy/imports.ts"],
    ["sim/a.ts", "node:fs"],
    ["bench/a.ts", "../test/tidy/imports.ts"],
    ["examples/a.ts", "../core/index.ts"],
    ["examples/a.ts", "node:fs"],
    ["vitest.config.ts", "./core/index.ts"],
  ])("does not let %s import %s", (path, specifier) => {
    expect(allowed(path, specifier)).toBe(false);
  });

  it("lets the command line alone import what it computes", () => {
    expect(importFaults(file("adapters/cli/a.ts", "import(name)"))).toEqual([]);
    expect(importFaults(file("core/time/a.ts", "\nimport(name)"))).toEqual([
      "core/time/a.ts:2: what it imports is computed at run time",
    ]);
  });

  it("refuses to look at no file", () => {
    expect(() => faultsIn([], importFaults)).toThrow("proves nothing");
    expect(() => projectFiles(/^no-such-folder\//)).toThrow("proves nothing");
  });
});

describe("importCycles", () => {
  const a = file("core/a.ts", 'import { b } from "./b.ts";');
  const b = file("core/b.ts", 'export { c } from "./c.ts";');

  it("names the files of a circle in order", () => {
    expect(importCycles([a, b, file("core/c.ts", 'import { a } from "./a.ts";')])).toEqual([
      "core/a.ts -> core/b.ts -> core/c.ts -> core/a.ts",
    ]);
  });

  it("finds a file that imports itself", () => {
    expect(importCycles([file("core/a.ts", 'import { a } from "./a.ts";')])).toHaveLength(1);
  });

  it("lets types refer to each other", () => {
    expect(importCycles([a, b, file("core/c.ts", 'import type { A } from "./a.ts";')])).toEqual([]);
  });
});
