/** A command of a document and the lines that it prints there. */
export interface Step {
  readonly command: string;
  readonly printed: readonly string[];
}

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a document, in order. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    text: match[2]!,
  }));
}

/** The commands of a console block: `$ ` begins one, and what it prints follows. */
export function stepsOf(consoleText: string): readonly Step[] {
  const [before, ...commands] = `\n${consoleText}`.split("\n$ ");
  if (before !== "") throw new Error(`a console block begins with no command: ${before}`);
  return commands.map((lines) => {
    const [command, ...printed] = lines.replace(/\n$/, "").split("\n");
    return { command: command!, printed };
  });
}

// They install and build, are the tests themselves, or take minutes and print times only.
const LEFT_OUT = ["npm ci", "npm test", "npm start", "npm run bench", "npm run bench:quick"];

/** Whether a command of a document is one that the test of the documents does not run. */
export function isLeftOut(command: string): boolean {
  return command.split("&&").every((part) => LEFT_OUT.includes(part.trim()));
}

/** Everything a document has to run, its scripts with a printed result among it. */
export function stepsOfDocument(
  markdown: string,
  writeScript: (text: string) => string,
): readonly Step[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap(({ language, text }, index) => {
    if (language === "console") return stepsOf(text).filter(({ command }) => !isLeftOut(command));
    const result = blocks[index + 1];
    if (language !== "js" || result?.language !== "text") return [];
    return [{ command: `node ${writeScript(text)}`, printed: linesOf(result.text) }];
  });
}

/** The lines of a text, whose last one may have a line feed at its end. */
export function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/**
 * Whether a command printed what its document says. A line of three points stands for any lines;
 * times and ports of the machine count as equal.
 */
export function isPrinted(expected: readonly string[], actual: readonly string[]): boolean {
  const parts = expected.map((line) =>
    line === "..." ? "(?:.*\\n)*?" : `${escaped(withoutChance(line))}\\n`,
  );
  const text = actual.map((line) => `${withoutChance(line)}\n`).join("");
  return new RegExp(`^${parts.join("")}$`).test(text);
}

function withoutChance(line: string): string {
  return (
    line
      .replace(/\b\d+ ms of this machine's time/, "some ms of this machine's time")
      .replace(/(?<=127\.0\.0\.1:)\d+/, "0")
      // All that is shown of the examples is older.
      .replace(/\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "some moment of these days")
  );
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Each option that a help text explains, with its dashes. */
export function optionsInHelp(help: string): readonly string[] {
  return [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1]!);
}

/** The names in the first column of the table that follows a heading. */
export function namesInTable(markdown: string, heading: string): readonly string[] {
  const section = markdown.split(`\n### ${heading}\n`)[1]?.split("\n#")[0];
  if (section === undefined) throw new Error(`there is no heading "${heading}"`);
  const cells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map((match) => match[1]!);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1]!));
}

/** The members of an interface, as its source declares them. */
export function membersOf(source: string, name: string): readonly string[] {
  const body = new RegExp(`^export interface ${name} \\{\\n([\\s\\S]*?)^\\}`, "m").exec(source);
  if (body === null) throw new Error(`there is no interface ${name}`);
  return [...body[1]!.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1]!);
}
