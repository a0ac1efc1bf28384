import type { CsvDialect } from "./csv-options.ts";

const CANDIDATES = [",", ";", "\t", "|"] as const;

/** The candidate that the first line has most of, outside quotes; a comma where it has none. */
export function detectDelimiter(block: Buffer): NonNullable<CsvDialect["delimiter"]> {
  const line = firstLine(block).replace(/"[^"]*"/g, "");
  let best: (typeof CANDIDATES)[number] = ",";
  let most = 0;
  for (const candidate of CANDIDATES) {
    const count = line.split(candidate).length - 1;
    if (count > most) {
      best = candidate;
      most = count;
    }
  }
  return best;
}

/** The first line with anything on it, of its first 64 KiB. */
function firstLine(block: Buffer): string {
  const text = block.toString("utf8", 0, 64 * 1024);
  return text.split(/[\r\n]/).find((line) => line.trim() !== "") ?? "";
}
