import { SINCE } from "./versions.ts";

/** Beyond printable ASCII, and the sign that begins an escape. */
const UNSAFE = /[^ -[\]-~]/g;

/** Text for people as the wire takes it: ASCII, all else as `\u` and its UTF-16 unit. */
export function wireText(text: string, version: number): string {
  if (version < SINCE.asciiText) return text.replaceAll("\0", " ");
  return text.replace(UNSAFE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
