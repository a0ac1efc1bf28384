// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are what is tested.
import { describe, expect, it } from "vitest";
import { type ProjectFile, projectFiles } from "./project-files.ts";
import { impurities, TIME_GLOBALS, timeGlobals } from "./purity-rules.ts";

// Goal: nothing in core and sim can see the time, chance, the machine or its locale, and nothing in
// core waits, so that the same inputs give the same bytes everywhere. The same holds for what runs
// on Interactive Brokers but for its shell, and for sim but for its server on the network.

async function faultsOf(
  pattern: RegExp,
  rule: (file: ProjectFile) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  return (await Promise.all(projectFiles(pattern).map(rule))).flat();
}

describe("the project", () => {
  it.each([
    ["core", /^core\/.*\.ts$/],
    ["sim", /^sim\/(?!tws\/).*\.ts$/],
    ["adapters/kept", /^adapters\/kept\/.*\.ts$/],
    ["adapters/ib", /^adapters\/ib\/(?!stoqey\/).*\.ts$/],
  ])("is pure in %s", async (_area, pattern) => {
    expect(await faultsOf(pattern, impurities)).toEqual([]);
  });

  it("names the wall clock and real timers in adapters/system alone", async () => {
    expect(await faultsOf(/^adapters\/(?!system\/).*\.ts$/, timeGlobals)).toEqual([]);
  });
});

describe("impurities", () => {
  const found = (text: string, path = "core/time/a.ts") => impurities({ path, text });

  it.each([
    "Date.now();",
    "new Date();",
    "globalThis.Date.now();",
    "let at: Date;",
    "Math.random();",
    "const { random } = Math;",
    "Math['random']();",
    "Math.hypot(a, b);",
    "Math.E;",
    ..."exp expm1 log log1p log2 log10 pow sin cos tan asin acos atan atan2 sinh cosh tanh cbrt"
      .split(" ")
      .map((name) => `Math.${name}(a);`),
    "a ** 2;",
    "10 ** 2;",
    "1.2 ** 2;",
    "2 ** a;",
    "2 ** 0.5;",
    "2 ** 2 ** 2;",
    "a **= 2;",
    "setTimeout(f, 1);",
    "setInterval(f, 1);",
    "setImmediate(f);",
    "queueMicrotask(f);",
    "process.env;",
    "process?.env;",
    "Buffer.alloc(1);",
    "console.log(a);",
    "performance.now();",
    "crypto.randomUUID();",
    "fetch(a);",
    "new Intl.NumberFormat();",
    "structuredClone(a);",
    "new WeakRef(a);",
    "eval(a);",
    "require(a);",
    "window.a;",
    "import.meta.url;",
    "a.toLocaleString();",
    "a?.toLocaleUpperCase();",
    "a.localeCompare(b);",
    "for (const key in a) f(key);",
    "for (key in a) f(key);",
    "async function f() {}",
    "await f();",
    "Promise.resolve();",
    "let a: Promise<number>;",
    "`${Date.now()}`;",
  ])("finds %s", async (text) => {
    expect(await found(text)).not.toEqual([]);
  });

  it.each([
    "Math.sqrt(Math.abs(Math.min(a, b)));",
    "// Date.now()",
    'f("Date.now()", `Math.random()`, /Date/);',
    "a.process(b); a.fetch = 1; a.performance();",
    "interface A { fetch(range: B): void; process: C }",
    "class A { fetch() { return this.process; } }",
    "function f(process: A) { return process.b; }",
    "import { fetch } from './a.ts'; fetch(a);",
    "a.Date = b.Date;",
    "for (const each of a) f(each);",
    "if (a in b) f(a * b);",
    "1.5 * 2 ** 52 + 2 ** -72;",
    "new Map([[1, new Float64Array(2)]]);",
  ])("lets %s pass", async (text) => {
    expect(await found(text)).toEqual([]);
  });

  it("trusts powers of two, which are exact", () => {
    let power = 1;
    for (let exponent = 0; exponent < 1024; exponent += 1) {
      expect(Object.is(2 ** exponent, power) && Object.is(2 ** -exponent, 1 / power)).toBe(true);
      power *= 2;
    }
  });

  it("lets the simulation wait, and nothing else", async () => {
    expect(await found("async function f() { await Promise.resolve(); }", "sim/a.ts")).toEqual([]);
    expect(await found("async function f() { await fetch(a); }", "sim/a.ts")).toEqual([
      "sim/a.ts: fetch",
    ]);
  });

  it("says where and what", async () => {
    expect(await found("f();\na ** 2;\nMath.exp(a);")).toEqual([
      "core/time/a.ts: Math.exp",
      expect.stringMatching(/^core\/time\/a\.ts:2: the operator \*\*/),
    ]);
  });
});

describe("timeGlobals", () => {
  it.each(TIME_GLOBALS)("finds %s", async (name) => {
    const path = "adapters/csv/a.ts";
    expect(await timeGlobals({ path, text: `f(${name});` })).toEqual([`${path}: ${name}`]);
  });
});
