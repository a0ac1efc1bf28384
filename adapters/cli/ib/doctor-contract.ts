import { BarGrid } from "../../../core/time/bar-grid.ts";
import { barSize } from "../../../core/time/bar-size.ts";
import { formatDay, formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TradingCalendar } from "../../../core/time/trading-calendar.ts";
import { localDay } from "../../../core/time/zone.ts";
import type { ContractRequest } from "../../ib/contracts/contract-request.ts";
import {
  type ContractResult,
  type ResolveOptions,
  resolveContract,
} from "../../ib/contracts/resolve-contract.ts";
import { type IbFeed, type IbFeedResult, openIbFeed } from "../../ib/ib-feed.ts";
import type { IbFeedSettings } from "../../ib/ib-feed-settings.ts";
import type { IbContractDetails } from "../../ib/port/ib-contract.ts";
import type { IbLink } from "../../ib/session/ib-link.ts";
import type { Finding } from "./findings.ts";
import type { LiveSettings } from "./live-settings.ts";

/** The one contract that is meant, or the list of those that could be. */
export function contractFinding(
  link: IbLink,
  wanted: ContractRequest,
  patience: ResolveOptions,
): Promise<readonly [Finding, IbContractDetails | undefined]> {
  const check = "contract";
  return new Promise((resolve) => {
    const told = (result: ContractResult): void => {
      switch (result.kind) {
        case "resolved":
          resolve([foundFinding(result.details), result.details]);
          break;
        case "ambiguous": {
          const candidates = result.candidates.map(({ contract, longName }) => {
            return { ...contract, longName };
          });
          const { message: text } = result;
          resolve([{ check, verdict: "wrong", text, details: { candidates } }, undefined]);
          break;
        }
        case "unknown":
          resolve([
            { check, verdict: "wrong", text: result.message, cure: result.cure },
            undefined,
          ]);
          break;
        case "failed":
          resolve([{ check, verdict: "wrong", text: result.fault.message }, undefined]);
          break;
      }
    };
    resolveContract(link, wanted, told, patience);
  });
}

function foundFinding(details: IbContractDetails): Finding {
  const { contract, longName, minTick } = details;
  const { symbol, secType, exchange, currency, conId, multiplier, lastTradeDate } = contract;
  const parts = [
    `${symbol} ${secType} at ${exchange} in ${currency}, conId ${conId}`,
    ...(longName === "" ? [] : [longName]),
    ...(lastTradeDate === "" ? [] : [`until ${lastTradeDate}`]),
    `price step ${minTick}`,
    ...(multiplier === "" || multiplier === "1" ? [] : [`${multiplier} ${currency} a point`]),
  ];
  return {
    check: "contract",
    verdict: "fine",
    text: parts.join("; "),
    details: { ...contract, longName, minTick },
  };
}

/** The hours that the gateway reports: its sessions today and next. */
export async function hoursFinding(
  link: IbLink,
  settings: LiveSettings,
  feedSettings: Partial<IbFeedSettings>,
): Promise<readonly [Finding, IbFeed | undefined]> {
  const result = await new Promise<IbFeedResult>((resolve) => {
    openIbFeed(link, settings, feedSettings, resolve);
  });
  const check = "hours";
  if (result.kind === "failed") {
    const { fault, cure } = result;
    const more = cure === "" ? {} : { cure };
    return [{ check, verdict: "wrong", text: fault.message, ...more }, undefined];
  }
  const { feed } = result;
  const { zone } = feed.calendar;
  const sessions = nextSessions(feed.calendar, link.clock.now());
  const lines = sessions.map(({ day, spans }) => `${day}: ${spans.join(", ")}`);
  return [
    {
      check,
      verdict: "fine",
      text: [`${settings.scope} hours in ${zone.name}; ${feed.calendarNote}`, ...lines].join("\n"),
      details: { zone: zone.name, note: feed.calendarNote, sessions },
    },
    feed,
  ];
}

interface SessionText {
  readonly day: string;
  readonly spans: readonly string[];
}

/** Today's session, if there is one, and the next one. */
function nextSessions(calendar: TradingCalendar, now: UnixMs): readonly SessionText[] {
  const today = localDay(calendar.zone, now);
  const days = new BarGrid(calendar, barSize("1d"), "clock");
  const slot = days.slotAt(now) ?? days.slotAtOrAfter(now);
  const next = slot && days.slotAtOrAfter(slot.closeTime);
  const found = [today];
  for (const each of [slot, next]) {
    const day = each && calendar.segmentAtOrAfter(each.openTime)?.day;
    if (day !== undefined && !found.includes(day)) found.push(day);
  }
  return found.slice(0, 2).map((day) => {
    const session = calendar.sessionOn(day);
    const spans = session?.segments.map(
      ({ from, to }) => `${formatInstant(from)} to ${formatInstant(to)}`,
    );
    return { day: formatDay(day), spans: spans ?? ["closed"] };
  });
}
