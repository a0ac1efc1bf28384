// A test runner for Stryker that keeps its process. Each mutant gets test files that are run anew,
// so nothing that one mutant left in a variable reaches the next.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { loadTestFiles } from "./test-files.mjs";
import { fullTitle, perform, testsDeclaredBy, within } from "./test-words.mjs";

/** A test that takes longer, and this often what it took at first, waits for what never comes. */
const PATIENCE_MS = 5_000;
const TIMES_AS_LONG = 5;

/** Where a process leaves how long each test took, for the one that takes its place. */
const TIMES = "test-times.json";

/** Long searches for what shorter ones find as well. Without them a mutant is done in half the time. */
const LONG = /on real prices|for the longest windows|on both sides of the edges|SMA\(260\)/;

/** The first run is not hurried. */
const FIRST_MS = 300_000;

const SUCCESS = 0;
const FAILED = 1;

class QuickRunner {
  static inject = ["options"];
  #options;
  /** What the mutants look at to learn which of them is meant. */
  #shared = {};
  #files = [];
  /** How long each test took at first: the quickest are asked first. */
  #times = {};

  constructor(options) {
    this.#options = options;
    globalThis.__stryker__ = this.#shared;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    this.#files = await loadTestFiles(this.#options.barlineTests);
    if (existsSync(TIMES)) this.#times = JSON.parse(readFileSync(TIMES, "utf8"));
  }

  /**
   * Once to learn which test passes which mutant, and once as a mutant is tried, for the times. What
   * is passed while a file declares its tests concerns each of them.
   */
  async dryRun() {
    const tests = [];
    this.#shared.activeMutant = undefined;
    for (const file of this.#files) {
      for (const declare of [file.declareCounted, () => file.declare("none")]) {
        this.#shared.currentTestId = file.path;
        for (const [index, test] of testsDeclaredBy(declare).entries()) {
          if (LONG.test(fullTitle(test))) continue;
          const id = `${file.path}#${index}`;
          this.#shared.currentTestId = id;
          const began = performance.now();
          const failure = await failureOf(test, FIRST_MS);
          const timeSpentMs = performance.now() - began;
          this.#times[id] = timeSpentMs;
          const common = { id, name: fullTitle(test), fileName: file.path, timeSpentMs };
          if (failure !== undefined) {
            tests.push({ ...common, status: FAILED, failureMessage: failure.message });
          } else if (declare !== file.declareCounted) tests.push({ ...common, status: SUCCESS });
        }
      }
    }
    writeFileSync(TIMES, JSON.stringify(this.#times));
    const { mutantCoverage } = this.#shared;
    for (const { id, fileName } of tests) {
      mutantCoverage.perTest[id] = sum(
        mutantCoverage.perTest[id],
        mutantCoverage.perTest[fileName],
      );
    }
    for (const { path } of this.#files) delete mutantCoverage.perTest[path];
    return { status: "complete", tests, mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, sandboxFileName, hitLimit }) {
    const source = relative(process.cwd(), sandboxFileName);
    const wanted = testFilter && new Set(testFilter);
    const files = this.#files.filter(({ sources }) => sources.has(source));
    const shared = this.#shared;
    Object.assign(shared, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    let nrOfTests = 0;
    const killedBy = (id, { code, message: failureMessage }) => {
      const isEndless = shared.hitCount > hitLimit || code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
      if (isEndless) return { status: "timeout", reason: failureMessage };
      return { status: "killed", killedBy: [id], failureMessage, nrOfTests };
    };
    // A file is declared when its first test is due: mostly that is the only file.
    const declared = new Map();
    for (const [id, file, index] of this.#inOrder(files, wanted)) {
      if (!declared.has(file)) {
        try {
          const declare = () => testsDeclaredBy(() => file.declare(activeMutant.id));
          declared.set(file, within(PATIENCE_MS, declare));
        } catch (error) {
          return killedBy(id, asError(error));
        }
      }
      const test = declared.get(file)[index];
      if (test === undefined) return killedBy(id, new Error("there is no such test any more"));
      nrOfTests += 1;
      const mostMs = PATIENCE_MS + Math.ceil(TIMES_AS_LONG * this.#times[id]);
      const failure = await failureOf(test, mostMs);
      if (failure !== undefined) return killedBy(id, failure);
    }
    return { status: "survived", nrOfTests };
  }

  #inOrder(files, wanted) {
    const paths = new Map(files.map((file) => [file.path, file]));
    return Object.entries(this.#times)
      .sort(([, one], [, other]) => one - other)
      .map(([id]) => [id, paths.get(id.split("#")[0]), Number(id.split("#")[1])])
      .filter(([id, file]) => file !== undefined && (wanted === undefined || wanted.has(id)));
  }
}

function sum(one = {}, other = {}) {
  const sums = { ...one };
  for (const [mutant, hits] of Object.entries(other)) sums[mutant] = (sums[mutant] ?? 0) + hits;
  return sums;
}

/** Why a test failed, if it did. */
async function failureOf(test, mostMs) {
  let timer;
  const ages = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("it takes too long")), mostMs);
  });
  try {
    await Promise.race([perform(test, mostMs), ages]);
    return undefined;
  } catch (error) {
    return asError(error);
  } finally {
    clearTimeout(timer);
  }
}

function asError(thrown) {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

export const strykerPlugins = [{ kind: "TestRunner", name: "quick", injectableClass: QuickRunner }];
