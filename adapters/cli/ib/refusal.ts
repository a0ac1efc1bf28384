import type { FeedFault } from "../../../core/feed/bar-source.ts";
import { BarlineError } from "../../../core/time/failure.ts";
import { ListedError } from "../terminal/mistakes.ts";

/** A fault of a gateway as the error that ends a command; a line each where it lists something. */
export function refusal({ code, message }: FeedFault, cure = ""): BarlineError {
  const [heading = "", ...lines] = message.split("\n");
  if (lines.length > 0) return new ListedError(code, heading, lines);
  return new BarlineError(code, message, cure === "" ? {} : { cure });
}
