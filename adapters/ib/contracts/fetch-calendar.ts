import type { SessionScope } from "../../../core/market/series.ts";
import { formatDay } from "../../../core/time/instant.ts";
import { requireAtLeast } from "../../../core/time/requirement.ts";
import type { Zone } from "../../../core/time/zone.ts";
import type { IbContractDetails } from "../port/ib-contract.ts";
import type { IbEvent } from "../port/ib-event.ts";
import type { IbFault, IbLink } from "../session/ib-link.ts";
import { type HoursText, parseHoursText } from "./hours-text.ts";
import { ibZone } from "./ib-zone.ts";
import { PatientAsk } from "./patient-ask.ts";
import { ReportedCalendar } from "./reported-calendar.ts";
import { readSchedule } from "./reported-schedule.ts";
import { type Pending, patience, type ResolveOptions } from "./resolve-contract.ts";

/** What came of asking for a calendar. */
export type CalendarResult =
  | {
      readonly kind: "calendar";
      readonly calendar: ReportedCalendar;
      /**
       * `schedule`: past days as the exchange had them, and the next days; `hours-text`: only the
       * next days are reported, and the past is guessed from them.
       */
      readonly from: "schedule" | "hours-text";
      /** What is known and how, in a sentence. */
      readonly note: string;
    }
  | { readonly kind: "failed"; readonly fault: IbFault };

export interface CalendarOptions extends ResolveOptions {
  /** Which hours: the regular session's, or all. */
  readonly scope: SessionScope;
  /** How many days back to ask for; 1 or more. */
  readonly days: number;
}

type ScheduleEvent = Extract<IbEvent, { kind: "schedule" }>;

/** The most days that one request may name as days; more are asked for in years. */
const MOST_DAYS = 365;

/**
 * Asks for the exchange's sessions and makes a calendar of them and of the hours in the details.
 * `done` is called once, after this has returned.
 */
export function fetchCalendar(
  link: IbLink,
  details: IbContractDetails,
  options: CalendarOptions,
  done: (result: CalendarResult) => void,
): Pending {
  const { scope, days } = options;
  requireAtLeast("days", days, 1);
  let schedule: ScheduleEvent | undefined;
  const question = {
    kind: "schedule",
    contract: details.contract,
    end: "",
    duration: days <= MOST_DAYS ? `${days} D` : `${Math.ceil(days / MOST_DAYS)} Y`,
    useRegularHours: scope === "regular",
  } as const;
  return new PatientAsk(link, question, patience(options), {
    asked: () => {},
    event: (event) => {
      if (event.kind === "schedule") schedule = event;
      return event.kind === "schedule";
    },
    done: () => done(calendarOf(details, scope, schedule, "it named no session")),
    failed: (fault) => {
      // Without a link there is nothing to fall back on: it is no word about the schedule.
      if (fault.retry === "later") done({ kind: "failed", fault });
      else done(calendarOf(details, scope, undefined, fault.message));
    },
  });
}

/** The hours that contract details tell in words; undefined when their zone is unknown. */
export function hoursOfDetails(
  details: IbContractDetails,
  scope: SessionScope,
): HoursText | undefined {
  const zone = ibZone(details.timeZoneId);
  const text = scope === "regular" ? details.liquidHours : details.tradingHours;
  return zone === undefined ? undefined : parseHoursText(text, zone);
}

function calendarOf(
  details: IbContractDetails,
  scope: SessionScope,
  schedule: ScheduleEvent | undefined,
  why: string,
): CalendarResult {
  const zone = zoneOf(details, schedule);
  if (zone === undefined) return unknownZone(details, schedule);
  const { symbol, exchange } = details.contract;
  const name = `${symbol} at ${exchange}, ${scope} hours`;
  const hours = hoursOfDetails(details, scope);
  const report = schedule === undefined ? undefined : readSchedule(schedule.sessions, zone);
  const isReported = report !== undefined && report.sessions.length > 0;
  const first = isReported ? report : hours;
  if (first === undefined || first.sessions.length === 0) return noSessions(name, why);
  const from = isReported ? "schedule" : "hours-text";
  const calendar = new ReportedCalendar(name, zone, first, from);
  if (isReported && hours !== undefined) calendar.learn(hours, "hours-text");
  const known = `${formatDay(calendar.knownFrom)} to ${formatDay(calendar.knownTo)} are reported`;
  const reason = isReported ? "" : `there is no schedule (${why}); earlier days are guessed; `;
  const odd = hours === undefined ? [details.timeZoneId] : hours.unreadable;
  const unread = odd.length === 0 ? "" : `; not understood: ${odd.join(", ")}`;
  return { kind: "calendar", calendar, from, note: `${reason}${known}${unread}` };
}

function zoneOf(details: IbContractDetails, schedule: ScheduleEvent | undefined): Zone | undefined {
  return ibZone(schedule === undefined ? details.timeZoneId : schedule.timeZone);
}

function unknownZone(
  details: IbContractDetails,
  schedule: ScheduleEvent | undefined,
): CalendarResult {
  const name = schedule?.timeZone ?? details.timeZoneId;
  const message =
    `the gateway gives the hours of ${details.contract.symbol} in the zone "${name}", which is ` +
    "not known here; choose a calendar by name";
  return { kind: "failed", fault: { code: "unknown-zone", message, retry: "never" } };
}

function noSessions(name: string, why: string): CalendarResult {
  const message =
    `the gateway reports no session of ${name} (${why}); check whether the contract has expired, ` +
    "or choose a calendar by name";
  return { kind: "failed", fault: { code: "no-sessions", message, retry: "never" } };
}
