import { fail } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";

/** Refuses a range whose end, as given with `--to`, is not after its beginning. */
export function requireAscending(from: UnixMs | undefined, to: UnixMs | undefined): void {
  if (from === undefined || to === undefined || from < to) return;
  fail("invalid-option", `${formatInstant(to)} is not after --from ${formatInstant(from)}`, {
    where: "--to",
    cure: "give a later instant",
  });
}
