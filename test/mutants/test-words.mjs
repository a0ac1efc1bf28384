// The words of vitest that the tests of core and of adapters/ib use, for tests that are started
// thousands of times in one process. `expect` is vitest's own.

import { Script } from "node:vm";
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from "@vitest/expect";

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect);
Object.assign(expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
chai.expect.extend(expect, customMatchers);
expect.unreachable = (message) => chai.assert.fail(message);

let open = newSuite(undefined);
let found = [];

function newSuite(around) {
  return { around, beforeEach: [], afterEach: [], afterAll: [] };
}

/** Runs what declares tests, and gives them in their order. */
export function testsDeclaredBy(declare) {
  open = newSuite(undefined);
  found = [];
  declare();
  return found;
}

function describe(title, ...rest) {
  const before = open;
  open = { ...newSuite(before), title: textOf(title) };
  try {
    bodyOf(rest)();
  } finally {
    open = before;
  }
}

function it(title, ...rest) {
  found.push({ suite: open, title: textOf(title), body: bodyOf(rest) });
}

for (const word of [describe, it]) {
  word.each =
    (table) =>
    (title, ...rest) => {
      table.forEach((row, index) => {
        const cells = Array.isArray(row) ? row : [row];
        word(`${textOf(title)} #${index}`, () => bodyOf(rest)(...cells));
      });
    };
}

function textOf(title) {
  return typeof title === "function" ? title.name : title;
}

function bodyOf(rest) {
  return rest.find((each) => typeof each === "function");
}

const hook = (name) => (body) => void open[name].push(body);

/** What a test file gets when it imports vitest. */
export const words = {
  describe,
  expect,
  it,
  test: it,
  beforeEach: hook("beforeEach"),
  afterEach: hook("afterEach"),
  afterAll: hook("afterAll"),
};

/** The title of a test with those around it. */
export function fullTitle({ suite, title }) {
  const titles = [title];
  for (let each = suite; each?.title !== undefined; each = each.around) titles.unshift(each.title);
  return titles.join(" ");
}

/**
 * Runs a test with what comes before and after it. Rejects as soon as it fails, and when it loops
 * for longer than that.
 */
export async function perform({ suite, body }, mostMs) {
  const suites = [];
  for (let each = suite; each !== undefined; each = each.around) suites.unshift(each);
  for (const each of suites) for (const before of each.beforeEach) await before();
  try {
    await within(mostMs, body);
  } finally {
    for (const each of suites.reverse()) for (const after of each.afterEach) await after();
  }
}

const CALL = new Script("barlineMutants.call()");

/** Calls a function, and throws `ERR_SCRIPT_EXECUTION_TIMEOUT` when it does not return in time. */
export function within(mostMs, body) {
  let result;
  globalThis.barlineMutants = {
    call: () => {
      result = body();
    },
  };
  CALL.runInThisContext({ timeout: mostMs });
  return result;
}
