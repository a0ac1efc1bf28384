import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  barline,
  barlines,
  type Ended,
  expectOneLine,
  HANGS_MS,
  IF_15M,
  SMA_CROSS,
  workFolder,
} from "./barline.ts";
import { checkTrace } from "./trace-checker.ts";

// Goal: whatever a strategy does, its author reads one line with the place in their own source.
// What throws while it runs is exit code 1; what could have been seen without running it is 2.

const file = workFolder();

function strategy(setup: string, onBar = "", parameters = "{}"): string {
  return `import { defineStrategy, sma } from "barline";

interface Kind { readonly of: string }

export default defineStrategy({
  name: "mine",
  parameters: ${parameters},
  setup(declare) {
    const average = declare.indicator(sma(5));
    ${setup}
    return {
      onBar(bar, trade) {
        ${onBar}
      },
    };
  },
});
`;
}

/** Lines 10 and 13 of such a strategy, where the first and the last argument stand. */
const SETUP = 10;
const ON_BAR = 13;

function backtest(path: string, ...options: readonly string[]) {
  return barline(["backtest", path, "--quiet", "--bars", IF_15M, ...options]);
}

type Fault = readonly [what: string, source: string, code: number, ...parts: string[]];

const FAULTS: readonly Fault[] = [
  ["is no TypeScript", "export default {{{\n", 2, ":1:17: ", "mend"],
  ["exports nothing", "export const x = 1;\n", 2, "default export", "write `export default"],
  ["is empty", "", 2, "default export"],
  ["exports a number", "export default 42;\n", 2, "default export"],
  ["imports what is not there", 'import "no-such-thing";\n', 2, ":1:8: ", "no-such-thing"],
  [
    "imports what Barline has not",
    'import { nothing } from "barline";\nexport default nothing;\n',
    2,
    "'barline'",
    "'nothing'",
  ],
  ["throws at import", "\nthrow new Error('early');\n", 1, ":2:7: ", "early"],
  ["throws no error at import", "throw 'a word';\n", 1, "a word"],
  ["throws in setup", strategy("throw new Error('set')"), 1, `:${SETUP}:11: `, "in setup: set"],
  ["asks for an impossible average", strategy("sma(-3);"), 2, `:${SETUP}:5: `, "SMA is -3; give"],
  [
    "gives no rules",
    "export default { name: 'x', parameters: {}, setup() {} };\n",
    2,
    "its setup gives no onBar; let setup return",
  ],
  [
    "decides later",
    "export default { name: 'x', parameters: {}, setup: () => ({ async onBar() {} }) };\n",
    2,
    "onBar is async",
  ],
  [
    "throws on a bar",
    strategy("let n = 0;", "n += 1; if (n === 100) throw new Error('one\\ntwo');"),
    1,
    `:${ON_BAR}:38: the strategy threw at 2023-12-12T05:15:00.000Z: one two`,
  ],
  [
    "throws in a function of its own",
    strategy("const fall = (): never => { throw new TypeError('deep'); };", "fall();"),
    1,
    `:${SETUP}:39: `,
    "deep",
  ],
  ["throws nothing at all", strategy("", "throw null;"), 1, "threw at 2023-12-04T03:00:00.000Z"],
  ["orders no number", strategy("", "trade.buy(NaN);"), 1, `:${ON_BAR}:15: `, "NaN"],
  ["recurses without end", strategy("const f = (): void => f();", "f();"), 1, "call stack"],
  ["has an infinite default", strategy("", "", "{ n: Infinity }"), 2, "parameter n is Infinity"],
];

/** Of these the program itself must not come to its end. */
const DEADLY_FAULTS: readonly Fault[] = [
  ["waits for ever", "await new Promise(() => {});\n", 1, "never comes"],
  ["leaves the program", strategy("", "process.exit(0);"), 1, "the strategy left"],
  [
    "throws when nobody listens",
    strategy("setTimeout(() => { throw new Error('late'); }, 0);"),
    1,
    `:${SETUP}:30: `,
    "late",
  ],
];

let ended: readonly Ended[];
beforeAll(async () => {
  ended = await barlines(
    file,
    FAULTS.map(([, source], at) => [
      "backtest",
      file(`s${at}.ts`, source),
      "--bars",
      IF_15M,
      "--quiet",
    ]),
  );
}, HANGS_MS);

describe("a strategy that", () => {
  it.each(FAULTS.map((fault, at) => [fault[0], at] as const))("%s", (_what, at) => {
    const [, , code, ...parts] = FAULTS[at]!;
    expectOneLine(ended[at]!, code, ...parts);
  });

  it.for(DEADLY_FAULTS)("%s", { timeout: HANGS_MS }, async ([what, source, code, ...parts]) => {
    expectOneLine(await backtest(file(`${what}.ts`, source)), code, ...parts);
  });
});

describe("a strategy", () => {
  it.for<[string, string, ...string[]]>([
    ["that is not there", file("nowhere.ts"), "nowhere.ts: there is no such file; give"],
    ["that is a directory", file("."), "not a file; give"],
    ["that is a device", "/dev/null", "not a file; give"],
    ["without a name", "", "the strategy: "],
  ])("%s", { timeout: HANGS_MS }, async ([, path, ...parts]) => {
    expectOneLine(await backtest(path), 2, ...parts);
  });

  it("whose trace breaks off leaves a whole one up to there", { timeout: HANGS_MS }, async () => {
    const path = file("crash.ts", strategy("let n = 0;", "n += 1; if (n > 99) throw Error('x');"));
    expectOneLine(await backtest(path, "--trace", file("crash.ndjson")), 1, "crash.ts:13:");
    const { bars, lines } = checkTrace(readFileSync(file("crash.ndjson"), "utf8"));
    expect(bars).toHaveLength(5 + 100);
    expect(lines.at(-2)).toMatchObject({ type: "state", to: "STOPPED", reason: "crashed: x" });
    expect(lines.at(-1)).toMatchObject({ type: "continuity", count: 105 });
  });

  it("that prints does not spoil the data", { timeout: HANGS_MS }, async () => {
    const path = file("talker.ts", strategy("console.log('hello');", ""));
    const { stdout, stderr, code } = await backtest(path, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ strategy: "mine", bars: 3_200 });
    expect(stderr).toBe("hello\n");
    expect(code).toBe(0);
  });

  it("can be plain JavaScript with modules beside it", { timeout: HANGS_MS }, async () => {
    file("beside.js", "export const name = 'beside';\n");
    const source =
      "import { readFileSync } from 'node:fs';\n" +
      "import { name } from './beside.js';\n" +
      "const self = readFileSync(new URL(import.meta.url), 'utf8');\n" +
      "const setup = () => ({ onBar() {} });\n" +
      "export default { name: name + self.length, parameters: {}, setup };\n";
    const { stdout } = await backtest(file("plain.mjs", source), "--json");
    expect(JSON.parse(stdout)).toMatchObject({ strategy: `beside${source.length}` });
  });

  it("takes parameters of its own types", { timeout: HANGS_MS }, async () => {
    const source = strategy(
      "",
      "if (trade.isReady) trade.signal(String(parameters.word) + parameters.flag + parameters.n);",
      "{ n: 1, word: 'a', flag: false }",
    ).replace("setup(declare)", "setup(declare, parameters)");
    const args = ["--param", "n=-2.5", "--param", "word=b=c", "--param", "flag=true"];
    const { stdout } = await backtest(file("typed.ts", source), ...args, "--trace", "-");
    expect(stdout).toContain('"parameters":{"n":-2.5,"word":"b=c","flag":true}');
    expect(stdout).toContain('"name":"b=ctrue-2.5"');
  });

  it("refuses parameters that it does not have, or not so", { timeout: HANGS_MS }, async () => {
    const refused = await barlines(
      file,
      PARAMETERS.map(([setting]) => [
        ...["backtest", SMA_CROSS, "--quiet", "--bars", IF_15M],
        ...["--param", setting],
      ]),
    );
    PARAMETERS.forEach(([, part], at) => {
      expectOneLine(refused[at]!, 2, part);
    });
  });
});

const PARAMETERS: readonly (readonly [setting: string, part: string])[] = [
  ["fast", "write --param fast=20"],
  ["nope=3", 'has no parameter "nope"; it has fast, slow, quantity'],
  ["__proto__=3", "it has fast, slow, quantity"],
  ["fast=x", '"x" is not a number'],
  ["fast=", '"" is not a number'],
  ["fast=Infinity", "give a finite number"],
  ["fast=0", "SMA is 0; give an integer"],
  ["slow=1e9", "SMA is 1000000000; give an integer"],
];
