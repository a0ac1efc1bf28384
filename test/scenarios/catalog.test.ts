import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

// Goal: the table of scenarios and the tests agree: every scenario of the core and the feed has a
// test in each file that the table names, and no test has a number that the table does not send to
// its file.

const folder = new URL("./", import.meta.url);
const LATER = [29];
const ALL = Array.from({ length: 47 }, (_, index) => index + 1);

/** The numbers that the names of a file's tests begin with. */
function numbersIn(file: string): Set<number> {
  const source = readFileSync(new URL(file, folder), "utf8");
  return new Set([...source.matchAll(/\btest\(\s*["`](\d+): /g)].map((match) => Number(match[1])));
}

/** The rows of the table: each number and the files it names, none for what comes later. */
function rows(): { readonly number: number; readonly files: readonly string[] }[] {
  const table = readFileSync(new URL("README.md", folder), "utf8");
  return [...table.matchAll(/^\| *(\d+) \| .+ \| (.+) \|$/gm)].map((match) => ({
    number: Number(match[1]),
    files: [...match[2]!.matchAll(/\]\((\S+?)\)/g)].map((link) => link[1]!),
  }));
}

test("every number has its row, and exactly the later ones have no file", () => {
  expect(rows().map(({ number }) => number)).toEqual(ALL);
  const without = rows().filter(({ files }) => files.length === 0);
  expect(without.map(({ number }) => number)).toEqual(LATER);
});

test("the tests of the folder are those of the table", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".test.ts"));
  const found = files.flatMap((file) => [...numbersIn(file)].map((number) => `${number} ${file}`));
  expect(new Set(found.map((each) => Number.parseInt(each, 10))).size).toBe(
    ALL.length - LATER.length,
  );
  const named = rows().flatMap(({ number, files }) => files.map((file) => `${number} ${file}`));
  expect(found.sort()).toEqual(named.sort());
});
