import { importsOf, isRelative, packageOf, resolveImport } from "./imports.ts";
import { exists, type ProjectFile, place, readText } from "./project-files.ts";

// A floor of core may import itself and every floor before it.
const FLOORS = ["time", "codec", "market", "feed", "indicators", "trading", "journal", "engine"];

// Computing packages without I/O, time or randomness of their own.
const PURE_PACKAGES = ["@noble/hashes", "big.js"];
const SIMULATION_PACKAGES = [...PURE_PACKAGES, "pure-rand"];

const manifest = JSON.parse(readText("package.json")) as Record<string, Record<string, string>>;
const RUNTIME_PACKAGES = Object.keys(manifest.dependencies!);
const ALL_PACKAGES = [...RUNTIME_PACKAGES, ...Object.keys(manifest.devDependencies!)];

/** Every import of a file that points the wrong way, or nowhere. */
export function importFaults(file: ProjectFile): readonly string[] {
  return importsOf(file).flatMap(({ specifier, index }) => {
    const problem = importProblem(file.path, specifier);
    return problem === undefined ? [] : [`${place(file, index)}: ${problem}`];
  });
}

function importProblem(from: string, specifier: string | undefined): string | undefined {
  if (specifier === undefined) {
    return mayLoadAnything(from) ? undefined : "what it imports is computed at run time";
  }
  if (!isRelative(specifier)) {
    return mayUsePackage(from, specifier) ? undefined : `${specifier} may not be used here`;
  }
  const target = resolveImport(from, specifier);
  if (!mayImport(from, target)) return `${target} may not be imported from here`;
  return exists(target) ? undefined : `${target} does not exist`;
}

/** The command line loads strategies by name; a test does whatever it needs. */
function mayLoadAnything(from: string): boolean {
  return from.startsWith("adapters/cli/") || from.startsWith("test/");
}

function mayImport(from: string, to: string): boolean {
  const source = from.split("/");
  const target = to.split("/");
  const goes = (...areas: string[]): boolean => target.length > 1 && areas.includes(target[0]!);
  switch (source.length > 1 ? source[0] : "") {
    case "core":
      return goes("core") && mayClimb(source, target);
    case "sim":
      // The borders to Interactive Brokers and to the disk are served by the simulation as well.
      if (goes("core", "sim") || /^adapters\/(?:ib|store)\/port\//.test(to)) return true;
      // The fleet runs what runs live.
      if (source[1] !== "fleet") return false;
      return isPureAdapter(to) || /^adapters\/system\/(?:machine-time|even-clock)\.ts$/.test(to);
    case "adapters":
      if (source[1] === "cli") return goes("core", "adapters", "sim");
      // A kept run is put together from a gateway's feed and a store.
      if (source[1] === "kept" && goes("adapters") && isPureAdapter(to)) return true;
      return (
        goes("core") || (goes("adapters") && [source[1], "rows", "system"].includes(target[1]))
      );
    case "bench":
      return goes("core", "adapters", "sim", "bench");
    case "test":
      return goes("core", "adapters", "sim", "bench", "examples", "test");
    default:
      return false;
  }
}

/** What runs live and is simulated too: all but the shells around the libraries. */
function isPureAdapter(path: string): boolean {
  if (path.startsWith("adapters/kept/")) return true;
  if (path.startsWith("adapters/store/")) return !path.startsWith("adapters/store/lmdb/");
  return path.startsWith("adapters/ib/") && !path.startsWith("adapters/ib/stoqey/");
}

/** The door of core opens outwards: it may name every floor, and no floor may name it. */
function mayClimb(source: readonly string[], target: readonly string[]): boolean {
  const from = source.length === 2 ? FLOORS.length : FLOORS.indexOf(source[1]!);
  const to = target.length === 2 ? -1 : FLOORS.indexOf(target[1]!);
  if (source.length === 2 && source[1] !== "index.ts") return false;
  return from >= 0 && to >= 0 && to <= from;
}

function mayUsePackage(from: string, specifier: string): boolean {
  const name = packageOf(specifier);
  switch (from.includes("/") ? from.split("/")[0] : "") {
    case "core":
      return PURE_PACKAGES.includes(name);
    case "sim":
      // The server of the simulated gateway speaks to the network.
      if (from.startsWith("sim/tws/") && specifier.startsWith("node:")) return true;
      return SIMULATION_PACKAGES.includes(name);
    case "adapters":
      if (isPureAdapter(from)) return false;
      return specifier.startsWith("node:") || RUNTIME_PACKAGES.includes(name);
    case "examples":
      return name === "barline";
    default:
      return specifier.startsWith("node:") || ALL_PACKAGES.includes(name) || name === "barline";
  }
}

/** Circles of files that need each other while the program runs, each as the path round it. */
export function importCycles(files: readonly ProjectFile[]): readonly string[] {
  const graph = new Map(files.map((file) => [file.path, runtimeTargets(file)]));
  const cycles: string[] = [];
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const visit = (path: string): void => {
    if (state.get(path) === "open") {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    }
    if (state.has(path)) return;
    state.set(path, "open");
    trail.push(path);
    for (const target of graph.get(path) ?? []) visit(target);
    trail.pop();
    state.set(path, "done");
  };
  for (const path of graph.keys()) visit(path);
  return cycles;
}

/** What a file imports from the project itself; imports of types alone do not count. */
export function runtimeTargets(file: ProjectFile): readonly string[] {
  return importsOf(file)
    .filter(({ kind }) => kind !== "type")
    .flatMap(({ specifier }) =>
      specifier !== undefined && isRelative(specifier) ? [resolveImport(file.path, specifier)] : [],
    );
}
