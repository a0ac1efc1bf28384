import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type BuildFailure, build, type Plugin } from "esbuild";
import { fail } from "../../core/time/failure.ts";
import type { Parameters, Strategy } from "../../core/trading/strategy.ts";

/** Makes `barline` in a strategy mean this very Barline, wherever the strategy's file lies. */
const thisBarline: Plugin = {
  name: "this-barline",
  setup(bundler) {
    const doors: Readonly<Record<string, string>> = {
      barline: "../../core/index.js",
      "barline/csv": "../csv/index.js",
      "barline/sim": "../../sim/index.js",
      "barline/system": "../system/index.js",
    };
    bundler.onResolve({ filter: /^barline(\/.*)?$/ }, ({ path }) => {
      const door = doors[path];
      if (door === undefined) return { errors: [{ text: `Barline has no door "${path}"` }] };
      return { path: new URL(door, import.meta.url).href, external: true };
    });
  },
};

/** Loads a strategy from a TypeScript or JavaScript file whose default export it is. */
export async function loadStrategy(file: string): Promise<Strategy> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    fail("no-strategy", found === undefined ? "there is no such file" : "this is not a file", {
      where: file,
      cure: "give the path of a strategy, such as examples/sma-cross.ts",
    });
  }
  const code = await bundle(file);
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  const loaded = await import(url).catch((error: unknown) =>
    fail("strategy-threw", `it threw while it was loaded: ${textOf(error)}`, { where: file }),
  );
  return checked((loaded as { default?: unknown }).default, file);
}

async function bundle(file: string): Promise<string> {
  try {
    const result = await build({
      entryPoints: [resolve(file)],
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "inline",
      logLevel: "silent",
      plugins: [thisBarline],
    });
    return result.outputFiles[0]?.text ?? "";
  } catch (error) {
    const first = (error as Partial<BuildFailure>).errors?.[0];
    const place = first?.location;
    const where = place ? `${place.file}:${place.line}:${place.column + 1}` : file;
    return fail("strategy-unreadable", first?.text ?? textOf(error), {
      where,
      cure: "mend the strategy's source",
    });
  }
}

function checked(exported: unknown, file: string): Strategy {
  const strategy = exported as Partial<Strategy> | undefined;
  const isStrategy =
    typeof strategy?.name === "string" &&
    typeof strategy.setup === "function" &&
    typeof strategy.parameters === "object";
  if (!isStrategy) {
    fail("no-strategy", "its default export is not a strategy", {
      where: file,
      cure: "write `export default defineStrategy({ name, parameters, setup })`",
    });
  }
  return strategy as Strategy;
}

/** Reads `name=value` settings into the types of the strategy's parameters. */
export function parseParameters(strategy: Strategy, settings: readonly string[]): Parameters {
  const parsed: Record<string, number | string | boolean> = {};
  for (const setting of settings) {
    const equals = setting.indexOf("=");
    if (equals < 1) {
      fail("invalid-parameter", `"${setting}" is not a setting`, { cure: "write --param fast=20" });
    }
    const name = setting.slice(0, equals);
    parsed[name] = parsedAs(typeof strategy.parameters[name], name, setting.slice(equals + 1));
  }
  return parsed;
}

function parsedAs(kind: string, name: string, text: string): number | string | boolean {
  if (kind === "string" || kind === "undefined") return text;
  if (kind === "boolean" && (text === "true" || text === "false")) return text === "true";
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (kind === "number" && Number.isFinite(number)) return number;
  return fail("invalid-parameter", `parameter ${name} is "${text}"`, {
    cure: kind === "number" ? "give a number" : "give true or false",
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
