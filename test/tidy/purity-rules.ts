import { transform } from "esbuild";
import { maskCode } from "./code-mask.ts";
import { type ProjectFile, place } from "./project-files.ts";

// What the language itself defines and what gives the same result on every machine. Left out on
// purpose: Date, Intl, Promise, WeakRef, FinalizationRegistry, Atomics, eval, Function, globalThis.
const PURE_GLOBALS = new Set(
  `Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error EvalError
  Float32Array Float64Array Infinity Int16Array Int32Array Int8Array Iterator JSON Map NaN Number
  Object RangeError ReferenceError RegExp Set String Symbol SyntaxError TypeError URIError
  Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet isFinite isNaN parseFloat
  parseInt undefined`.split(/\s+/),
);

// Exact, or rounded as IEEE 754 prescribes. The others may differ in the last bit between engines.
const EXACT_MATH = new Set(
  "abs ceil clz32 floor fround imul max min round sign sqrt trunc".split(" "),
);

// Beyond what this very Node has: module scope, browsers, and names of other versions.
const OTHER_GLOBALS = `Buffer EventSource Temporal WebSocket WorkerGlobalScope Storage __dirname
  __filename crypto document exports fetch global localStorage module navigator performance process
  require self sessionStorage setImmediate window`.split(/\s+/);

const BANNED_GLOBALS = [...Object.getOwnPropertyNames(globalThis), ...OTHER_GLOBALS].filter(
  (name) => /^[A-Za-z_$][\w$]*$/.test(name) && !PURE_GLOBALS.has(name) && name !== "Math",
);

/** The globals of time: only adapters/system may name them outside of tests and benchmarks. */
export const TIME_GLOBALS = [
  "Date",
  "performance",
  "setInterval",
  "setImmediate",
  "setTimeout",
  "queueMicrotask",
];

const MARK = "ambient$";

// Engines may round powers as they like; 2 to a whole number, written out, is exact in all of them.
const INEXACT_POWER = /(?<!(?<![\w.$)])2\s*)\*\*|\*\*(?!\s*-?\d+(?![\w.]|\s*\*\*))/g;

const SYNTAX: readonly (readonly [RegExp, string])[] = [
  [/(?<![.\w$#])Date\b/g, "Date, even as a type"],
  [INEXACT_POWER, "the operator **, whose last bit may differ between engines"],
  [/\bfor\s*\(\s*(?:(?:const|let|var)\s+)?[\w$]+\s+in\b/g, "for..in, whose order is not defined"],
  [/\.\s*(?:toLocale\w*|localeCompare)\b/g, "text that depends on the locale"],
  [/\bimport\s*\.\s*meta\b/g, "import.meta"],
];

const ASYNCHRONY: readonly (readonly [RegExp, string])[] = [
  [/(?<![.\w$#])(?:async|await)\b/g, "async and await: core is synchronous"],
  [/(?<![.\w$#])Promise(?:Like)?\b/g, "promises, even as a type: core is synchronous"],
];

/** What a file of core or sim uses although the same inputs must give the same bytes everywhere. */
export async function impurities(file: ProjectFile): Promise<readonly string[]> {
  const isCore = file.path.startsWith("core/");
  const globals = isCore ? BANNED_GLOBALS : BANNED_GLOBALS.filter((name) => name !== "Promise");
  const named = await globalsIn(file, [...globals, "Math"]);
  return [
    ...named
      .filter(({ name, member }) => name !== "Math" || !EXACT_MATH.has(member))
      .map(({ name, member }) => `${file.path}: ${name}${member === "" ? "" : `.${member}`}`),
    ...syntaxFaults(file, isCore ? [...SYNTAX, ...ASYNCHRONY] : SYNTAX),
  ];
}

/** The globals of time that a file names. */
export async function timeGlobals(file: ProjectFile): Promise<readonly string[]> {
  const named = await globalsIn(file, TIME_GLOBALS);
  return named.map(({ name }) => `${file.path}: ${name}`);
}

/**
 * Uses of the given globals, each with the member taken from it. A parser decides: esbuild replaces
 * a defined name only where no declaration of the file's own hides the global.
 */
async function globalsIn(
  file: ProjectFile,
  names: readonly string[],
): Promise<readonly { readonly name: string; readonly member: string }[]> {
  const define = Object.fromEntries(names.map((name) => [name, MARK + name]));
  const { code } = await transform(file.text, {
    loader: "ts",
    sourcefile: file.path,
    define,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, target: "es2023" } },
  });
  const uses = maskCode(code).matchAll(/ambient\$([\w$]+)(?:\s*\??\.\s*([\w$]+))?/g);
  return [...uses].map((match) => ({ name: match[1]!, member: match[2] ?? "" }));
}

function syntaxFaults(
  file: ProjectFile,
  rules: readonly (readonly [RegExp, string])[],
): readonly string[] {
  const code = maskCode(file.text);
  return rules.flatMap(([pattern, problem]) =>
    [...code.matchAll(pattern)].map(({ index }) => `${place(file, index)}: ${problem}`),
  );
}
