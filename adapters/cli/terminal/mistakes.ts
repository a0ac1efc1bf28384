import { BarlineError } from "../../../core/time/failure.ts";

/** Something that the user wrote and that cannot be, with the place where it stands. */
export interface Mistake {
  /** Where it stands: `ib.json:12:5`, or the option. */
  readonly where: string;
  readonly problem: string;
  readonly cure: string;
}

/** An error that takes several lines to tell. */
export class ListedError extends BarlineError {
  readonly heading: string;
  readonly lines: readonly string[];

  constructor(code: string, heading: string, lines: readonly string[]) {
    super(code, `${heading}: ${lines.join("; ")}`);
    this.heading = heading;
    this.lines = lines;
  }
}

/** All mistakes at once, so that nobody has to find them one by one; at least one. */
export function mistaken(code: string, what: string, mistakes: readonly Mistake[]): BarlineError {
  const [first] = mistakes;
  if (mistakes.length === 1) {
    const { where, problem, cure } = first!;
    return new BarlineError(code, problem, { where, cure });
  }
  const lines = mistakes.map(({ where, problem, cure }) => `${where}: ${problem}; ${cure}`);
  return new ListedError(code, `${what}: ${mistakes.length} mistakes`, lines);
}
