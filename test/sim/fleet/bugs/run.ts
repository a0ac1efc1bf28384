/**
 * `npm run sim:bugs`: lets a fleet with each of the planted bugs run until it is found, and prints
 * a table. Exits with 1 when one is not found in its time. `--match TEXT` picks those with the text
 * in name or file, `--seconds N` is the time of one core that each has, `--workers N` are looked
 * for at once, `--json` prints one object instead.
 */

import { parseArgs } from "node:util";
import { tableText } from "../../../../adapters/cli/terminal/talk.ts";
import { PLANTED_BUGS } from "../planted-bugs.ts";
import { type Bug, type Hunt, hunt } from "./hunt.ts";
import { PATCHED_BUGS } from "./patched-bugs.ts";

const { values } = parseArgs({
  options: {
    match: { type: "string", default: "" },
    seconds: { type: "string", default: "60" },
    workers: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const workers = Number(values.workers);
if (!(seconds > 0 && Number.isInteger(workers) && workers > 0)) {
  process.stderr.write("--seconds and --workers are numbers above 0\n");
  process.exit(2);
}

const all: readonly Bug[] = [...PATCHED_BUGS, ...PLANTED_BUGS];
const bugs = all.filter((bug) => `${bug.name} ${placeOf(bug)}`.includes(values.match));
const waiting = [...bugs];
const hunts: Hunt[] = [];
const work = async (): Promise<void> => {
  for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
    const done = await hunt(bug, seconds).catch((error: Error) => failed(bug, error));
    hunts.push(done);
    if (!values.json) process.stderr.write(`${rowOf(done).join("  ")}\n`);
  }
};
await Promise.all(Array.from({ length: workers }, work));

hunts.sort((a, b) => bugs.indexOf(a.bug) - bugs.indexOf(b.bug));
const times = hunts.map((each) => each.seconds).sort((a, b) => a - b);
const median = times[Math.floor(times.length / 2)] ?? 0;
const missed = hunts.filter(({ problem }) => problem === undefined);
process.stdout.write(values.json ? `${json()}\n` : `${text()}\n`);
process.exitCode = missed.length === 0 && hunts.length > 0 ? 0 : 1;

/** The file that is patched. */
function placeOf(bug: Bug): string {
  return "file" in bug ? bug.file : "a part is replaced";
}

/** What cannot even be tried is not found. */
function failed(bug: Bug, { message }: Error): Hunt {
  return { bug, seed: 0, seconds, problem: undefined, obstacle: message };
}

function rowOf({ bug, seed, seconds: took, problem, obstacle }: Hunt): string[] {
  const fault = bug.fault ?? "";
  const [number = ""] = /(?<=^\[)[\d,]+/.exec(problem ?? "") ?? [];
  const said = (problem ?? `NOT FOUND ${obstacle ?? ""}`.trim()).replace(/\n.*/s, "");
  return [bug.name, placeOf(bug), fault, `${seed}`, took.toFixed(1), number, said];
}

function text(): string {
  const heading = ["bug", "file", "fault", "seed", "seconds", "invariant", "what was seen"];
  const count = `${hunts.length - missed.length} of ${hunts.length} found`;
  const longest = times.at(-1) ?? 0;
  const span = `median ${median.toFixed(1)} s, longest ${longest.toFixed(1)} s`;
  return `${tableText([heading, ...hunts.map(rowOf)])}\n\n${count}; ${span}`;
}

function json(): string {
  const found = hunts.map(({ bug, seed, seconds: took, problem }) => {
    const { name, fault } = bug;
    const like = "like" in bug ? bug.like : undefined;
    return { name, file: placeOf(bug), fault, like, seed, seconds: took, problem };
  });
  return JSON.stringify({ median, missed: missed.length, bugs: found });
}
