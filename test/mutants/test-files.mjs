// Test files with all that they import, each as one script that can be run again and again, from
// the start and without a new process: that costs some milliseconds instead of a second.

import { readFile } from "node:fs/promises";
import { builtinModules, createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { build } from "esbuild";
import { words } from "./test-words.mjs";

/** Of the draws of a law one in so many is made for each mutant, but not fewer than these. */
const SHARE_OF_RUNS = 8;
const FEWEST_RUNS = 12;
/** The same draws for every mutant, so that a score can be had again. */
const SEED = 20_240_307;

/** Stryker's counting of what is passed: of use in the first run alone, and slow. */
const COUNTING = /stryCov_9fa48\d*\("[^)]*\)/g;

/** Stryker's question whether a mutant is the one that is meant, in every place that has one. */
const CHOICE = /stryMutAct_9fa48\d*\("(\d+)"\)/g;

/**
 * The files as `{ path, sources, declare, declareCounted }`, in their order. `declare` runs a file
 * as it is with one mutant, which leaves nothing to ask elsewhere: that is as quick as the source.
 */
export async function loadTestFiles(paths) {
  const outside = new Map([["vitest", words]]);
  const { outputFiles, metafile } = await build({
    absWorkingDir: process.cwd(),
    entryPoints: paths,
    outdir: "mutants",
    outbase: ".",
    bundle: true,
    write: false,
    metafile: true,
    format: "iife",
    platform: "node",
    target: "node20",
    logLevel: "error",
    alias: { barline: "./core/index.ts" },
    plugins: [keepingPackagesOutside(outside), keepingPlaces],
  });
  const require = createRequire(import.meta.url);
  const outputs = Object.values(metafile.outputs);
  return outputFiles.map(({ text }, index) => {
    const { entryPoint, inputs } = outputs[index];
    const plain = text.replace(COUNTING, "0");
    const run = (code) => {
      const script = new Script(`(function (require, outside) {${code}\n})`, {
        filename: entryPoint,
      });
      script.runInThisContext()(require, outside);
    };
    return {
      path: entryPoint,
      sources: new Set(Object.keys(inputs)),
      declare: (mutant) =>
        run(plain.replace(CHOICE, (choice, each) => (each === mutant ? choice : "false"))),
      declareCounted: () => run(text),
    };
  });
}

/** Packages are loaded once, as Node loads them, and handed in. */
function keepingPackagesOutside(outside) {
  return {
    name: "packages",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[^.]/ }, ({ path, kind }) => {
        if (kind === "entry-point" || path === "barline") return undefined;
        if (path.startsWith("node:") || builtinModules.includes(path)) {
          return { path, external: true };
        }
        return { path, namespace: "package" };
      });
      onLoad({ filter: /./, namespace: "package" }, async ({ path }) => {
        if (!outside.has(path)) outside.set(path, adapted(path, await import(path)));
        const names = Object.keys(outside.get(path)).filter((name) => /^[\w$]+$/.test(name));
        const lines = names.map((name) =>
          name === "default"
            ? "export default given.default;"
            : `const ${name}$ = given[${JSON.stringify(name)}]; export { ${name}$ as ${name} };`,
        );
        const from = `const given = outside.get(${JSON.stringify(path)});`;
        return { contents: [from, ...lines].join("\n"), loader: "js" };
      });
    },
  };
}

/** Laws are tried on few draws: each is tried again for every mutant that it can see. */
function adapted(name, real) {
  if (name !== "fast-check") return real;
  const assert = (law, given = {}) => {
    const numRuns = Math.max(FEWEST_RUNS, Math.ceil((given.numRuns ?? 100) / SHARE_OF_RUNS));
    return real.assert(law, { seed: SEED, ...given, numRuns });
  };
  return { ...real, default: { ...real.default, assert }, assert };
}

/** What a file reads beside itself is found where the file is, and not where the script is. */
const keepingPlaces = {
  name: "places",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const place = JSON.stringify(pathToFileURL(path).href);
      return { contents: text.replaceAll("import.meta.url", place), loader: "ts" };
    });
  },
};
