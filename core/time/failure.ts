/** What a `BarlineError` carries beside its message. */
export interface FailureDetails {
  /** Where it happened: a file with line and column, a series, an option. */
  readonly where?: string;
  /** What the reader of the message can do about it. */
  readonly cure?: string;
  readonly cause?: unknown;
}

/**
 * An error of the world or of an argument: it has a stable code, says where, and says what to do.
 * A broken invariant of our own is not one of these; see `assert`.
 */
export class BarlineError extends Error {
  override readonly name = "BarlineError";
  readonly code: string;
  readonly where: string | undefined;
  readonly cure: string | undefined;

  constructor(code: string, problem: string, details: FailureDetails = {}) {
    const where = details.where === undefined ? "" : `${details.where}: `;
    const cure = details.cure === undefined ? "" : `; ${details.cure}`;
    super(
      `${where}${problem}${cure}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.where = details.where;
    this.cure = details.cure;
  }
}

/** Throws a `BarlineError`; typed `never` so that it can stand in an expression. */
export function fail(code: string, problem: string, details: FailureDetails = {}): never {
  throw new BarlineError(code, problem, details);
}

/** A broken invariant of Barline itself: always a bug of ours, never of the input. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** Halts the run when one of our own invariants does not hold, and names it. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant broken: ${invariant} (a bug in Barline)`);
}
