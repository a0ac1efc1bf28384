import type { Zone } from "../../../core/time/zone.ts";
import type { IbSession } from "../port/ib-event.ts";
import { dayOf, parseIbTime } from "../port/ib-time.ts";
import { type CalendarReport, closedDays } from "./hours-text.ts";
import { type SessionSpan, sessionsOf } from "./session-spans.ts";

/**
 * The sessions of a schedule that a gateway reports, on the wall clock of its zone. Several of one
 * trading day become one session with breaks; what cannot be read is left out.
 */
export function readSchedule(told: readonly IbSession[], zone: Zone): CalendarReport {
  const spans: SessionSpan[] = [];
  for (const { start, end, day } of told) {
    const [from, to, tradingDay] = [instantOn(start, zone), instantOn(end, zone), dayOf(day)];
    if (from !== undefined && to !== undefined && tradingDay !== undefined) {
      spans.push({ from, to, day: tradingDay });
    }
  }
  const sessions = sessionsOf(spans, zone);
  return { sessions, closed: closedDays(sessions) };
}

/** A hyphen without a zone means UTC elsewhere; in a schedule it is the wall clock of its zone. */
function instantOn(text: string, zone: Zone): number | undefined {
  const time = parseIbTime(text.replace("-", " "), () => zone);
  return time?.kind === "instant" ? time.at : undefined;
}
