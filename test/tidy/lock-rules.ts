/** What the check reads of package.json. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  /** Whether a package may run its install script: npm asks for a word on each that has one. */
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

/** What the check reads of package-lock.json, version 3. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Why `npm ci` could fail, warn, or depend on one registry. */
export function lockFaults(lock: LockFile, manifest: Manifest): readonly string[] {
  const root = lock.packages[""] ?? {};
  const installed = Object.entries(lock.packages).filter(([path]) => path !== "");
  if (installed.length === 0) return ["the lock file names no package"];
  const faults = installed.flatMap(([path, each]) => packageFaults(lock, path, each, manifest));
  for (const kind of ["dependencies", "devDependencies"] as const) {
    if (sorted(root[kind] ?? {}) !== sorted(manifest[kind])) {
      faults.push(`the ${kind} of package.json and of the lock file differ`);
    }
  }
  return faults;
}

function packageFaults(
  lock: LockFile,
  path: string,
  each: LockedPackage,
  manifest: Manifest,
): readonly string[] {
  const faults: string[] = [];
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  if (each.resolved !== undefined) faults.push(`${path} names the host it came from`);
  if (each.integrity === undefined) faults.push(`${path} has no checksum`);
  if (each.hasInstallScript === true && !(name in (manifest.allowScripts ?? {}))) {
    faults.push(`${path} has an install script that allowScripts says nothing of`);
  }
  // A package of another platform is optional to install, and still has to be in the lock file.
  for (const needed of Object.keys({ ...each.dependencies, ...each.optionalDependencies })) {
    if (!isLocked(lock, path, needed)) faults.push(`${path} needs ${needed}, which is not locked`);
  }
  return faults;
}

/** Looks where Node would look: in the package's own folder, then in those around it. */
function isLocked(lock: LockFile, path: string, needed: string): boolean {
  for (
    let folder = path;
    folder !== "";
    folder = folder.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, "")
  ) {
    if (`${folder}/node_modules/${needed}` in lock.packages) return true;
  }
  return `node_modules/${needed}` in lock.packages;
}

function sorted(record: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(record).sort());
}
