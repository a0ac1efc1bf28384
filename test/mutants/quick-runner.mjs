// A test runner for Stryker that keeps its process. Each mutant gets test files that are run anew,
// so nothing that one mutant left in a variable reaches the next.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { loadTestFiles } from "./test-files.mjs";
import { fullTitle, perform, testsDeclaredBy } from "./test-words.mjs";

/** A test that waits for longer waits for what will not come. */
const PATIENCE_MS = 10_000;

/** Where a process leaves how long each test took, for the one that takes its place. */
const TIMES = "test-times.json";

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

  async dryRun() {
    const tests = [];
    this.#shared.activeMutant = undefined;
    for (const { path, declareCounted } of this.#files) {
      this.#shared.currentTestId = undefined;
      for (const [index, test] of testsDeclaredBy(declareCounted).entries()) {
        const id = idOf(path, index);
        this.#shared.currentTestId = id;
        const began = performance.now();
        const failureMessage = await failureOf(test);
        const timeSpentMs = performance.now() - began;
        this.#times[id] = timeSpentMs;
        const common = { id, name: fullTitle(test), fileName: path, timeSpentMs };
        tests.push(
          failureMessage === undefined
            ? { ...common, status: SUCCESS }
            : { ...common, status: FAILED, failureMessage },
        );
      }
    }
    this.#shared.currentTestId = undefined;
    writeFileSync(TIMES, JSON.stringify(this.#times));
    return { status: "complete", tests, mutantCoverage: this.#shared.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, sandboxFileName, hitLimit }) {
    const source = relative(process.cwd(), sandboxFileName);
    const wanted = testFilter && new Set(testFilter);
    const files = this.#files.filter(({ sources }) => sources.has(source));
    const shared = this.#shared;
    Object.assign(shared, { hitCount: 0, hitLimit });
    let nrOfTests = 0;
    const killedBy = (id, failureMessage) => {
      if (shared.hitCount > hitLimit) return { status: "timeout", reason: "a loop without end" };
      return { status: "killed", killedBy: [id], failureMessage, nrOfTests };
    };
    // A file is declared when its first test is due: mostly that is the only file.
    const declared = new Map();
    for (const [id, file, index] of this.#inOrder(files, wanted)) {
      if (!declared.has(file)) {
        shared.activeMutant = mutantActivation === "static" ? activeMutant.id : undefined;
        try {
          declared.set(file, testsDeclaredBy(file.declare));
        } catch (error) {
          return killedBy(id, String(error));
        }
      }
      const test = declared.get(file)[index];
      if (test === undefined) return killedBy(id, "the test is not there any more");
      shared.activeMutant = activeMutant.id;
      nrOfTests += 1;
      const failure = await failureOf(test);
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

function idOf(path, index) {
  return `${path}#${index}`;
}

async function failureOf(test) {
  let timer;
  const ages = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("it takes too long")), PATIENCE_MS);
  });
  try {
    await Promise.race([perform(test), ages]);
    return undefined;
  } catch (error) {
    return String(error?.message ?? error);
  } finally {
    clearTimeout(timer);
  }
}

export const strykerPlugins = [{ kind: "TestRunner", name: "quick", injectableClass: QuickRunner }];
