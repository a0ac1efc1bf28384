// Mutants of a part of the sources, each run against the tests of that part: which of them no test
// notices. `npm run mutants -- core/indicators`, or one file. Prints the score and the survivors,
// keeps both and a report as JSON in the folder .mutants, and exits with 1 below the goal.

import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Percent of the mutants that tests must notice: what all results pass through needs the most. */
const GOALS = [
  { under: "core/feed", percent: 90 },
  { under: "core/indicators", percent: 90 },
  { under: "", percent: 80 },
];

/** Sockets, leaks and whole days: they take seconds, and see nothing that the others do not. */
const SLOW = /\/(?:over-tcp[^/]*|leaks|with-gateway)\.test\.ts$/;

const NOTICED = ["Killed", "Timeout"];
const MISSED = ["Survived", "NoCoverage"];

const scope = (process.argv[2] ?? "").replace(/\/$/, "");
if (scope === "" || !existsSync(join(ROOT, scope))) {
  process.stderr.write("usage: npm run mutants -- <folder or file of core or adapters>\n");
  process.exit(1);
}
const isFile = statSync(join(ROOT, scope)).isFile();
const folder = join(".mutants", scope);
mkdirSync(join(ROOT, folder), { recursive: true });
process.chdir(ROOT);

const mutants = await new Stryker({
  mutate: [isFile ? scope : `${scope}/**/*.ts`],
  plugins: [import.meta.resolve("./quick-runner.mjs")],
  testRunner: "quick",
  barlineTests: testFiles(join("test", isFile ? dirname(scope) : scope)),
  coverageAnalysis: "perTest",
  concurrency: 1,
  incremental: true,
  incrementalFile: join(folder, "incremental.json"),
  reporters: ["json", "progress-append-only"],
  jsonReporter: { fileName: join(folder, "report.json") },
  tempDirName: ".mutants/tmp",
  ignorePatterns: [".mutants", "coverage", "dist", "docs", "bench"],
  // What runs is what esbuild makes of the sources: no types are looked at.
  disableTypeChecks: false,
  warnings: { unknownOptions: false, slow: false },
  tsconfigFile: "none",
  // Loops without end are found by how often a mutant is passed; a busy machine ends no test.
  timeoutMS: 30_000,
  timeoutFactor: 2,
  allowEmpty: true,
  thresholds: { high: 95, low: 90, break: null },
}).runMutationTest();

const count = (states) => mutants.filter(({ status }) => states.includes(status)).length;
const noticed = count(NOTICED);
const all = noticed + count(MISSED);
const score = all === 0 ? 100 : (100 * noticed) / all;
const goal = GOALS.find(({ under }) => scope.startsWith(under)).percent;
const text = [
  `${scope}: ${score.toFixed(1)} % of ${all} mutants noticed, ${goal} % wanted`,
  ...mutants.filter(({ status }) => MISSED.includes(status)).map(line),
].join("\n");
process.stdout.write(`${text}\n`);
writeFileSync(join(folder, "survivors.txt"), `${text}\n`);
if (score < goal) process.exitCode = 1;

function testFiles(under) {
  return readdirSync(under, { recursive: true })
    .map((path) => join(under, path))
    .filter((path) => path.endsWith(".test.ts") && !SLOW.test(path))
    .sort();
}

/** `file:line: status, what stands there instead`, the lines of which are one. */
function line({ fileName, location, replacement, mutatorName, status }) {
  const at = `${relative(ROOT, fileName)}:${location.start.line}:${location.start.column}`;
  const instead = (replacement ?? "").replace(/\s+/g, " ").slice(0, 80);
  return `${at}: ${status}, ${mutatorName}: ${instead}`;
}
