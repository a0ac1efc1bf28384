import { oneLine } from "../terminal/report.ts";

/** What came of looking at one thing. */
export interface Finding {
  /** One word for what was looked at. */
  readonly check: string;
  /** `unknown`: it could not be looked at, or does not matter enough to stop a run. */
  readonly verdict: "fine" | "wrong" | "unknown";
  /** What was found, one line or several. */
  readonly text: string;
  /** What to do about it; absent where there is nothing to do. */
  readonly cure?: string;
  /** The same for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
}

const SIGNS: Readonly<Record<Finding["verdict"], string>> = {
  fine: "✓",
  wrong: "✗",
  unknown: "?",
};

/** A finding as a person reads it, with its cure below it. */
export function findingText({ check, verdict, text, cure }: Finding): string {
  const [first = "", ...more] = text.split("\n");
  const lines = [
    `${SIGNS[verdict]} ${check.padEnd(11)}${oneLine(first)}`,
    ...more.map((line) => `${INDENT}${line}`),
    ...(cure === undefined ? [] : [`${INDENT}→ ${oneLine(cure)}`]),
  ];
  return lines.join("\n");
}

const INDENT = " ".repeat(13);

/** Whether a run would work. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== "wrong");
}

/** The last line: whether a run would work. */
export function conclusionText(findings: readonly Finding[]): string {
  const wrong = findings.filter(({ verdict }) => verdict === "wrong").map(({ check }) => check);
  if (wrong.length === 0) return "A live run would work.";
  return `A live run would not work: mend ${wrong.join(", ")}.`;
}
