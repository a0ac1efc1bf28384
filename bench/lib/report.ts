/** One suite in figures and in words. */
export interface SuiteReport {
  readonly title: string;
  /** What was measured, and how to read it; a line each. */
  readonly notes: readonly string[];
  readonly heading: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly verdicts: readonly Verdict[];
  /** The figures themselves, for `--json`. */
  readonly figures: unknown;
}

/** Whether a goal is reached: for information, no figure of one machine is a test. */
export interface Verdict {
  readonly goal: string;
  /** What was measured, in words. */
  readonly measured: string;
  readonly holds: boolean;
}

/** The report as text for people, with a line feed at its end. */
export function formatReport(report: SuiteReport): string {
  const table = [report.heading, ...report.rows];
  const widths = report.heading.map((_, column) =>
    Math.max(...table.map((row) => (row[column] ?? "").length)),
  );
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
  const verdicts = report.verdicts.map(
    ({ goal, measured, holds }) => `${holds ? "holds" : "FAILS"}: ${goal} (${measured})`,
  );
  const separator = verdicts.length === 0 ? [] : [""];
  return [
    `== ${report.title}`,
    ...report.notes,
    "",
    ...lines,
    ...separator,
    ...verdicts,
    "",
    "",
  ].join("\n");
}
