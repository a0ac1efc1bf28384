import { readFileSync, statSync } from "node:fs";
import type { z } from "zod";
import { fail } from "../../../core/time/failure.ts";
import { type JsonText, readJson } from "../terminal/json-text.ts";
import { type Mistake, mistaken } from "../terminal/mistakes.ts";
import { nearest } from "../terminal/nearest.ts";
import { expectedOf, LIVE_KEYS, LIVE_SCHEMA, type LiveConfig } from "./live-schema.ts";

/** A configuration is a page of text; what is larger is something else, such as a file of bars. */
const LARGEST_BYTES = 1 << 20;

/**
 * Reads and checks a configuration file. Throws `no-config`, `invalid-json`, or `invalid-config`
 * with every mistake at once, each with its place, what is expected, and the cure.
 */
export function readLiveConfig(file: string): LiveConfig {
  const json = readJson(textOf(file), file);
  return checkedConfig(json.value, file, (path) => whereabouts(file, json, path));
}

/** Where the value at a path was written, and which of two came first. */
export interface Whereabouts {
  readonly text: string;
  readonly order: number;
}

/**
 * A configuration that is what the schema says. Throws `invalid-config` with all mistakes.
 *
 * @param what was read, for the heading of several mistakes.
 * @param whereIs says where the value at a path stands.
 */
export function checkedConfig(
  value: unknown,
  what: string,
  whereIs: (path: readonly PropertyKey[]) => Whereabouts,
): LiveConfig {
  const checked = LIVE_SCHEMA.safeParse(value);
  if (checked.success) return checked.data;
  const mistakes = checked.error.issues
    .flatMap((issue) => mistakesOf(issue, value))
    .map((mistake) => ({ ...mistake, at: whereIs(mistake.path) }))
    .sort((a, b) => a.at.order - b.at.order)
    .map(({ at: { text }, problem, cure }) => ({ where: text, problem, cure }));
  throw mistaken("invalid-config", what, mistakes);
}

/** One configuration over another: what the upper one has not comes from the lower one. */
export function overlaid(upper: LiveConfig, lower: LiveConfig): LiveConfig {
  const param = { ...lower.run?.param, ...upper.run?.param };
  return {
    gateway: { ...lower.gateway, ...upper.gateway },
    contract: { ...lower.contract, ...upper.contract },
    series: { ...lower.series, ...upper.series },
    backfill: { ...lower.backfill, ...upper.backfill },
    live: { ...lower.live, ...upper.live },
    pacing: { ...lower.pacing, ...upper.pacing },
    reconnect: { ...lower.reconnect, ...upper.reconnect },
    log: { ...lower.log, ...upper.log },
    run: { ...lower.run, ...upper.run, param },
  };
}

function textOf(file: string): string {
  const where = file === "" ? "--config" : file;
  const cure = "give the path of a configuration file, such as examples/ib.json";
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return fail("no-config", "there is no such file", { where, cure });
  if (!found.isFile()) return fail("no-config", "this is not a file", { where, cure });
  if (found.size > LARGEST_BYTES) {
    return fail("no-config", "this is too large for a configuration", { where, cure });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const isText = code !== "ERR_ENCODING_INVALID_ENCODED_DATA";
    return fail("no-config", isText ? `it cannot be read (${code})` : "this is not text in UTF-8", {
      where,
      cure: isText ? "check who may read it" : "save it as UTF-8",
      cause: error,
    });
  }
}

function whereabouts(file: string, json: JsonText, path: readonly PropertyKey[]): Whereabouts {
  // What is missing has no place; what it is missing from has.
  let length = path.length;
  while (length > 0 && json.placeOf(path.slice(0, length)) === undefined) length -= 1;
  const { line, column } = json.placeOf(path.slice(0, length))!;
  const name = pathText(path);
  const text = `${file}:${line}:${column}${name === "" ? "" : `: ${name}`}`;
  return { text, order: line * LARGEST_BYTES + column };
}

/** What the schema found wrong, in our words. */
interface WrongValue extends Omit<Mistake, "where"> {
  readonly path: readonly PropertyKey[];
}

function mistakesOf(issue: z.core.$ZodIssue, value: unknown): readonly WrongValue[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key],
      problem: "there is no such key",
      cure: cureOfUnknown(path[0], key),
    }));
  }
  const [section, key] = path;
  const expected = key === undefined ? undefined : expectedOf(String(section), String(key));
  const name = path.length > 2 ? pathText(path.slice(0, 2)) : "it";
  return [
    {
      path,
      problem: `${shown(at(value, path))} is not allowed`,
      cure: `${name} must be ${expected ?? "an object, such as { ... }"}`,
    },
  ];
}

/** The key that was meant: one like it, or the same one in another section. */
function cureOfUnknown(section: PropertyKey | undefined, key: string): string {
  const sections = [...LIVE_KEYS.keys()];
  const here = section === undefined ? sections : (LIVE_KEYS.get(String(section)) ?? []);
  const close = nearest(key, here);
  if (close !== undefined) return `did you mean "${close}"?`;
  for (const [name, keys] of LIVE_KEYS) {
    const match = keys.find((each) => each === key) ?? nearest(key, keys);
    if (name !== section && match !== undefined) return `did you mean "${match}" of "${name}"?`;
  }
  return `there are ${here.join(", ")}`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) found = (found as Record<PropertyKey, unknown> | undefined)?.[key];
  return found;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) =>
      typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`,
    )
    .join("");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
