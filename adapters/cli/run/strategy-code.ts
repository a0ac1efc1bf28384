import { SourceMap } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildFailure, build, type Plugin } from "esbuild";
import { BarlineError, fail } from "../../../core/time/failure.ts";

/** Where code that was bundled is run from, as it stands in a stack. */
const BUNDLE = /data:text\/javascript;base64,[A-Za-z0-9+/=]+/g;

/** The strategy that was loaded: what the user calls its file, and the way back to its source. */
interface Loaded {
  readonly file: string;
  readonly map: SourceMap;
  /** The whole program, as it can be kept and loaded again wherever Barline is. */
  readonly code: string;
}

let loaded: Loaded | undefined;

/** Stands before the name of a door in a program that is kept. */
const DOOR_MARK = "barline-door:";

const DOORS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    barline: "../../../core/index.js",
    "barline/csv": "../../csv/index.js",
    "barline/ib": "../../ib/index.js",
    "barline/parquet": "../../parquet/index.js",
    "barline/sim": "../../../sim/index.js",
    "barline/sim/ib": "../../../sim/ib/index.js",
    "barline/sim/tws": "../../../sim/tws/index.js",
    "barline/store": "../../store/index.js",
    "barline/system": "../../system/index.js",
  }).map(([name, path]) => [name, new URL(path, import.meta.url).href]),
);

/** Makes `barline` in a strategy mean this very Barline, wherever the strategy's file lies. */
const thisBarline: Plugin = {
  name: "this-barline",
  setup(bundler) {
    bundler.onResolve({ filter: /^barline(\/.*)?$/ }, ({ path }) => {
      const door = DOORS.get(path);
      if (door === undefined) return { errors: [{ text: `Barline has no door "${path}"` }] };
      return { path: door, external: true };
    });
  },
};

/** Bundles a TypeScript or JavaScript file and runs it; gives what it exports. */
export async function importStrategy(file: string): Promise<Readonly<Record<string, unknown>>> {
  const { code, map } = await bundle(file);
  loaded = { file, map: new SourceMap(JSON.parse(map)), code: movable(code) };
  return importCode(code);
}

/** The program of the strategy that was loaded last. */
export function loadedCode(): string {
  return loaded?.code ?? "";
}

/** Runs a program that `loadedCode` gave, on this very Barline; gives what it exports. */
export async function importKeptCode(kept: string): Promise<Readonly<Record<string, unknown>>> {
  let code = kept;
  for (const [name, url] of DOORS) code = code.replaceAll(`"${DOOR_MARK}${name}"`, `"${url}"`);
  return importCode(code);
}

/** Where this Barline lies is no part of a strategy. */
function movable(code: string): string {
  let moved = code;
  for (const [name, url] of DOORS) moved = moved.replaceAll(`"${url}"`, `"${DOOR_MARK}${name}"`);
  return moved;
}

async function importCode(code: string): Promise<Readonly<Record<string, unknown>>> {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  return import(url);
}

async function bundle(file: string): Promise<{ readonly code: string; readonly map: string }> {
  const entry = resolve(file);
  try {
    const { outputFiles } = await build({
      entryPoints: [entry],
      // Equal sources give an equal program, wherever they are loaded from.
      absWorkingDir: dirname(entry),
      outdir: dirname(entry),
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "external",
      // The code is run from memory, and what it reads beside itself must still be found.
      define: { "import.meta.url": JSON.stringify(pathToFileURL(entry).href) },
      logLevel: "silent",
      plugins: [thisBarline],
    });
    const textOf = (ending: string): string =>
      outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
    return { code: textOf(".js"), map: textOf(".map") };
  } catch (error) {
    const first = (error as Partial<BuildFailure>).errors?.[0];
    const place = first?.location;
    const where = place ? `${shown(entry, place.file)}:${place.line}:${place.column + 1}` : file;
    return fail("strategy-unreadable", first?.text ?? String(error), {
      where,
      cure: "mend the strategy's source",
      cause: error,
    });
  }
}

/** A file beside the strategy as it is called from here. */
function shown(entry: string, file: string): string {
  return relative(process.cwd(), resolve(dirname(entry), file));
}

/** `strategy.ts:9:5`: where in the strategy's source an error was thrown; undefined elsewhere. */
export function placeInStrategy(error: unknown): string | undefined {
  if (loaded === undefined || !(error instanceof Error)) return undefined;
  const frame = /data:text\/javascript;base64,[A-Za-z0-9+/=]+:(\d+):(\d+)/.exec(error.stack ?? "");
  if (frame === null) return undefined;
  const { file, map } = loaded;
  const entry = map.findEntry(Number(frame[1]) - 1, Number(frame[2]) - 1);
  if (!("originalSource" in entry)) return undefined;
  const { originalSource, originalLine, originalColumn } = entry;
  const path = resolve(dirname(resolve(file)), pathOf(originalSource));
  const name = path === resolve(file) ? file : relative(process.cwd(), path);
  return `${name}:${originalLine + 1}:${originalColumn + 1}`;
}

function pathOf(source: string): string {
  return source.startsWith("file:") ? fileURLToPath(source) : source;
}

/** An error of the strategy's own making, with its place in front. */
export function strategyError(code: string, error: unknown, text: string): BarlineError {
  const where = placeInStrategy(error) ?? loaded?.file ?? "the strategy";
  let named = text;
  for (const [name, url] of DOORS) named = named.replaceAll(url, name);
  return new BarlineError(code, named, { where, cause: error });
}

/** A stack in which the bundle, thousands of characters long, has the strategy's name. */
export function withoutBundle(stack: string): string {
  return stack.replace(BUNDLE, loaded?.file ?? "strategy");
}
