import type { FeedEvent } from "../feed/feed-event.ts";
import type { RunInput } from "../journal/journal-record.ts";
import type { UnixMs } from "../time/instant.ts";

/**
 * Whether an input has to be durable by itself. Others, such as how far a backfill is, become so
 * with the next that has to: making something durable costs milliseconds, and a run that is taken
 * up again hears of them anew. The same holds of bars that wait for what is said after them; what
 * shows bars is worth it in any case.
 *
 * @param lastClose the close of the last bar that was kept: coverage up to it says nothing new.
 */
export function isWorthKeeping(input: RunInput, lastClose: UnixMs): boolean {
  if (input.kind !== "word") return true;
  const { word } = input;
  if (word.kind === "coverage") return word.range.to > lastClose;
  if (word.kind === "bars") return false;
  return word.kind !== "event" || isOfBars(word.event);
}

/** Whether an event says of bars what they are, or that there are none. */
function isOfBars(event: FeedEvent): boolean {
  return event.type === "revision" || (event.type === "gap" && event.outcome !== "suspected");
}
