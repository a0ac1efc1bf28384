import { BarlineError, fail } from "../../core/time/failure.ts";

/** What a reader of a message about damage can do. */
export const DAMAGE_CURE =
  'see what is affected with "barline bars verify", put it right with "barline bars repair"';

/** Throws: something in a store is not what was written. */
export function damaged(where: string, what: string): never {
  return fail("damaged-store", what, { where, cure: DAMAGE_CURE });
}

/** Does what throws `damaged-bytes` where bytes are not what was written, and says where it was. */
export function undamaged<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BarlineError) || error.code !== "damaged-bytes") throw error;
    throw new BarlineError("damaged-store", error.message, {
      where,
      cure: DAMAGE_CURE,
      cause: error,
    });
  }
}
