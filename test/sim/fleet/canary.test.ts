import { describe, expect, it } from "vitest";
import { type Bug, hunt } from "./bugs/hunt.ts";
import { patchedText } from "./bugs/patch.ts";
import { PATCHED_BUGS } from "./bugs/patched-bugs.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";

// Goal: the fleet sees. A handful of the mistakes that someone could make is planted in every test
// run, each where another part is looked at, and found within seconds; `npm run sim:bugs` does so
// with all of them. A fleet that finds nothing in these is blind.

const BUGS: readonly Bug[] = [...PATCHED_BUGS, ...PLANTED_BUGS];

/** Seconds of one core that each of the handful has. */
const SECONDS = 20;

const HANDFUL = [
  "a bar is doubled",
  "a revision bears the number of what it takes the place of",
  "what is decided goes out before it is durable",
  "a page that was cut short tells of all before it",
  "an order that filled still counts as under way",
];

describe("a planted bug", () => {
  it.each(HANDFUL)("is found: %s", async (name) => {
    const bug = BUGS.find((each) => each.name === name)!;
    const { problem } = await hunt(bug, SECONDS);
    expect(problem).toMatch(/^\[\d/);
  });

  it("is found where the run never comes to its end", async () => {
    const bug = PATCHED_BUGS.find(({ name }) => name.startsWith("a probe that is due"))!;
    const { problem } = await hunt(bug, SECONDS);
    expect(problem).toMatch(/^\[20\] time stands still/);
  });

  it("is not seen where there is none", async () => {
    const [some] = PATCHED_BUGS;
    const { problem, seed } = await hunt({ ...some!, replace: some!.find, fault: "none" }, 1);
    expect(problem).toBeUndefined();
    expect(seed).toBeGreaterThan(0);
  });
});

describe("the planted bugs", () => {
  it("are many, and each has a name of its own", () => {
    expect(PATCHED_BUGS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
  });

  it.each(PATCHED_BUGS)("fit the code: $name", (bug) => {
    expect(patchedText(bug)).toContain(bug.replace);
  });

  it("are refused by name where the code has become another", () => {
    const stale = { ...PATCHED_BUGS[0]!, find: "what never stood there" };
    expect(() => patchedText(stale)).toThrow(/is stale: core\/.* has 0 times/);
    const vague = { ...PATCHED_BUGS[0]!, find: "const" };
    expect(() => patchedText(vague)).toThrow(/is stale: core\/.* has \d\d+ times/);
  });

  it("are refused in a file that the fleet never loads", async () => {
    const file = "adapters/csv/delimiter.ts";
    const strange = { name: "strange", file, find: "export function", replace: "export  function" };
    await expect(hunt(strange, SECONDS)).rejects.toThrow("which the fleet never loads");
  });
});
