import { Console } from "node:console";

/** Where what is said to people goes: standard error, so that data alone is on standard output. */
export class Talk {
  readonly isQuiet: boolean;
  readonly isTerminal: boolean;
  readonly #hide: (text: string) => string;
  #isLineOpen = false;

  /** @param hide changes every line before it is said: hides what must not be told. */
  constructor(isQuiet: boolean, hide: (text: string) => string = (text) => text) {
    this.isQuiet = isQuiet;
    this.#hide = hide;
    this.isTerminal = process.stderr.isTTY === true;
  }

  say(line: string): void {
    if (this.isQuiet) return;
    this.clearLine();
    process.stderr.write(`${this.#hide(line)}\n`);
  }

  /** Overwrites the line that stands; nothing where there is no terminal. */
  replaceLine(line: string): void {
    if (this.isQuiet || !this.isTerminal) return;
    // A line that wraps could not be overwritten.
    const width = (process.stderr.columns ?? 80) - 1;
    process.stderr.write(`\r\u001b[K${this.#hide(line).slice(0, width)}`);
    this.#isLineOpen = line !== "";
  }

  clearLine(): void {
    if (this.#isLineOpen) this.replaceLine("");
  }
}

/** What a strategy prints is talk as well, and would spoil the data on standard output. */
export function talkOnly(): void {
  globalThis.console = new Console(process.stderr, process.stderr);
}

/** A table of text with aligned columns; a column of numbers, below its heading, to the right. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const isNumber = (cell: string): boolean => /^[-+]?[\d,]+(\.\d+)?( ?%)?$/.test(cell);
  const shape = Array.from({ length: columns }, (_, column) => ({
    width: Math.max(...rows.map((row) => (row[column] ?? "").length)),
    isNumeric: rows.slice(1).every((row) => isNumber(row[column] ?? "")),
  }));
  const line = (row: readonly string[]): string =>
    shape
      .map(({ width, isNumeric }, column) => {
        const cell = row[column] ?? "";
        return isNumeric ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}
