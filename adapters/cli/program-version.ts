import { existsSync, readFileSync } from "node:fs";

/** The version of the package, of its sources or of what was built of them. */
export function programVersion(): string {
  const places = ["../../package.json", "../../../package.json"];
  const urls = places.map((place) => new URL(place, import.meta.url));
  const url = urls.find((each) => existsSync(each))!;
  return (JSON.parse(readFileSync(url, "utf8")) as { readonly version: string }).version;
}
